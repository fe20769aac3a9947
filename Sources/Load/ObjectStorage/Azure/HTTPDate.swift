import NilusCore

/// Moments as HTTP writes them: `Fri, 26 Jun 2015 23:39:12 GMT`.
///
/// - SeeAlso: RFC 9110, section 5.6.7
enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    static func text(of moment: Timestamp) -> String {
        let dayNumber = moment.seconds.flooredQuotient(by: 86_400)
        let day = CivilDay(daysSinceEpoch: dayNumber)
        // The epoch was a Thursday.
        let weekday = Int(dayNumber - dayNumber.flooredQuotient(by: 7) * 7)
        let time = Timestamp(microseconds: moment.seconds * 1_000_000).description.dropFirst(11).dropLast()
        let ofMonth = day.day < 10 ? "0\(day.day)" : "\(day.day)"
        return "\(days[weekday]), \(ofMonth) \(months[Int(day.month) - 1]) \(day.year) \(time) GMT"
    }

    /// - Returns: `nil` when the text is no such moment.
    static func moment(_ text: String) -> Timestamp? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])),
            parts[1].count == 2, parts[3].count == 4
        else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp(iso8601: "\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
    }
}
