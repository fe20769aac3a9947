/// Seconds since 1970 and the two forms in which people and HTTP write them.
enum UTCTime {
    /// The first second of June 2026.
    static let usualNow = 1_780_272_000

    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// The second as an HTTP `Date` header writes it.
    ///
    /// - SeeAlso: RFC 9110, section 5.6.7.
    static func httpDate(_ second: Int) -> String {
        let (days, rest) = second.quotientAndRemainder(dividingBy: 86_400)
        let date = civil(days)
        let time = [rest / 3600, rest / 60 % 60, rest % 60].map(twoDigits).joined(separator: ":")
        return "\(weekdays[days % 7]), \(twoDigits(date.day)) \(months[date.month - 1]) \(date.year) \(time) GMT"
    }

    /// Reads `2026-06-01T00:00:00Z` or seconds since 1970.
    static func parse(_ text: String) throws(OptionError) -> Int {
        if let second = Int(text), second > 0 { return second }
        let form = "0000-00-00T00:00:00Z"
        let hasForm = text.count == form.count && zip(text, form).allSatisfy { $1 == "0" ? $0.isNumber : $0 == $1 }
        let parts = text.split { !$0.isNumber }.compactMap { Int($0) }
        guard hasForm, parts.count == 6, (1970...9999).contains(parts[0]), (1...12).contains(parts[1]) else {
            throw OptionError("'\(text)' is not a time of the form 2026-06-01T00:00:00Z")
        }
        let days = days(year: parts[0], month: parts[1], day: parts[2])
        let date = civil(days)
        guard date.month == parts[1], date.day == parts[2], parts[3] < 24, parts[4] < 60, parts[5] < 60 else {
            throw OptionError("'\(text)' names a day or an hour that does not exist")
        }
        return days * 86_400 + parts[3] * 3600 + parts[4] * 60 + parts[5]
    }

    /// The date of a day since 1970, by counting 400-year cycles from the first of March of the year 0.
    private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func days(year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let yearOfEra = shiftedYear % 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return shiftedYear / 400 * 146_097 + dayOfEra - 719_468
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
