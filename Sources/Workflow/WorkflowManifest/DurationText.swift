/// Durations such as `60s`, `5m`, `1h30m`; a bare number is seconds.
enum DurationText {
    /// Longest duration that is accepted: a year.
    private static let maximumMilliseconds: Int64 = 366 * 86_400_000
    private static let units: [String: Int64] = [
        "ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000,
    ]

    /// Reads whole numbers with their units, one after another.
    ///
    /// - Returns: `nil` when the text is anything else, or longer than a year.
    static func parse(_ text: String) -> Duration? {
        if let seconds = Int64(text), (0...(maximumMilliseconds / 1_000)).contains(seconds) { return .seconds(seconds) }
        var rest = Substring(text)
        var total: Int64 = 0
        repeat {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            let unit = rest[digits.endIndex...].prefix { $0.isLetter }
            guard let count = Int64(digits), count <= maximumMilliseconds, let factor = units[String(unit)] else {
                return nil
            }
            total += count * factor
            guard total <= maximumMilliseconds else { return nil }
            rest = rest[unit.endIndex...]
        } while !rest.isEmpty
        return .milliseconds(total)
    }
}
