extension Timestamp {
    /// Reads an ISO 8601 date or date-time: `2026-01-31`, `2026-01-31T12:00:00Z`, `2026-01-31 12:00:00.5+02:00`.
    ///
    /// A date alone is its midnight; a time without an offset is UTC.
    ///
    /// - Returns: `nil` when the text is neither or names no real moment.
    package init?(iso8601 text: String) {
        var reader = DigitReader(text)
        guard let day = reader.day() else { return nil }
        let midnight = day.daysSinceEpoch * 86_400_000_000
        if reader.isAtEnd {
            self.init(microseconds: midnight)
            return
        }
        guard reader.skip(anyOf: "Tt "), let time = reader.timeOfDay(), let offset = reader.offset(), reader.isAtEnd
        else { return nil }
        self.init(microseconds: midnight + time - offset)
    }
}

/// Reads fixed-width numbers and separators from the front of a text.
private struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = Substring(text).utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(anyOf characters: String) -> Bool {
        guard let first = rest.first, characters.utf8.contains(first) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(digits: Int) -> Int64? {
        let head = rest.prefix(digits)
        guard head.count == digits, head.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        rest.removeFirst(digits)
        return head.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    mutating func day() -> CivilDay? {
        guard let year = number(digits: 4), skip(anyOf: "-"), let month = number(digits: 2), skip(anyOf: "-"),
            let day = number(digits: 2)
        else { return nil }
        return CivilDay(year: year, month: month, day: day)
    }

    /// Microseconds since midnight.
    mutating func timeOfDay() -> Int64? {
        guard let hour = number(digits: 2), hour < 24, skip(anyOf: ":"), let minute = number(digits: 2), minute < 60
        else { return nil }
        var seconds: Int64 = 0
        var fraction: Int64 = 0
        if skip(anyOf: ":") {
            guard let second = number(digits: 2), second < 60 else { return nil }
            seconds = second
            if skip(anyOf: ".,") {
                guard let microseconds = microsecondFraction() else { return nil }
                fraction = microseconds
            }
        }
        return (hour * 3_600 + minute * 60 + seconds) * 1_000_000 + fraction
    }

    private mutating func microsecondFraction() -> Int64? {
        var value: Int64 = 0
        var digits = 0
        while let digit = number(digits: 1) {
            if digits < 6 { value = value * 10 + digit }
            digits += 1
        }
        guard digits > 0 else { return nil }
        return (digits..<6).reduce(value) { result, _ in result * 10 }
    }

    /// Microseconds to subtract; zero for `Z` and for nothing at all.
    mutating func offset() -> Int64? {
        if isAtEnd || skip(anyOf: "Zz") { return 0 }
        let isEast = rest.first == UInt8(ascii: "+")
        guard skip(anyOf: "+-"), let hours = number(digits: 2), hours <= 14 else { return nil }
        _ = skip(anyOf: ":")
        let minutes = isAtEnd ? 0 : number(digits: 2)
        guard let minutes, minutes < 60 else { return nil }
        return (hours * 60 + minutes) * 60_000_000 * (isEast ? 1 : -1)
    }
}
