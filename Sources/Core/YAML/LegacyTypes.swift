/// What a reader of YAML 1.1 takes for something other than text, beyond the core schema of 1.2.
///
/// - SeeAlso: yaml.org/type: bool, int, float, timestamp, merge, value (2005).
enum LegacyTypes {
    static func isTyped(_ text: String) -> Bool {
        if words.contains(text.lowercased()) || text == "<<" || text == "=" { return true }
        return isNumber(text) || isTimestamp(text)
    }

    /// Words for booleans and null, in lower case; other letter cases count as well.
    private static let words: Set<String> = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]

    /// Integers with underscores, in base 2, 8, 16 or 60, and floats.
    private static func isNumber(_ text: String) -> Bool {
        var rest = Substring(text)
        if rest.hasPrefix("+") || rest.hasPrefix("-") { rest = rest.dropFirst() }
        if rest.hasPrefix("0b") { return isFilled(rest.dropFirst(2), from: "01_") }
        if rest.hasPrefix("0x") { return isFilled(rest.dropFirst(2), from: "0123456789abcdefABCDEF_") }
        let isFraction = rest.hasPrefix(".")
        guard isFraction || rest.first.map(isDigit) ?? false else { return false }
        rest = rest.drop { isDigit($0) || $0 == "_" }
        while rest.hasPrefix(":") {
            let digits = rest.dropFirst().prefix(while: isDigit)
            guard (1...2).contains(digits.count) else { return false }
            rest = rest[digits.endIndex...]
        }
        if rest.hasPrefix(".") { rest = rest.drop { isDigit($0) || $0 == "_" || $0 == "." } }
        return rest.isEmpty || isExponent(rest)
    }

    private static func isExponent(_ text: Substring) -> Bool {
        guard text.hasPrefix("e") || text.hasPrefix("E") else { return false }
        let power = text.dropFirst()
        guard power.hasPrefix("+") || power.hasPrefix("-") else { return false }
        return isFilled(power.dropFirst(), from: "0123456789")
    }

    /// `2026-01-31`, or with a time after `T` or spaces.
    private static func isTimestamp(_ text: String) -> Bool {
        let parts = text.split(separator: "-", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[0].allSatisfy(isDigit),
            (1...2).contains(parts[1].count), parts[1].allSatisfy(isDigit)
        else { return false }
        let day = parts[2].prefix(while: isDigit)
        guard (1...2).contains(day.count) else { return false }
        let time = parts[2][day.endIndex...]
        guard let separator = time.first else { return true }
        return "Tt ".contains(separator) && isFilled(time.dropFirst(), from: "0123456789:.+-Zz ")
    }

    private static func isFilled(_ text: Substring, from characters: String) -> Bool {
        !text.isEmpty && text.allSatisfy(characters.contains)
    }

    private static func isDigit(_ character: Character) -> Bool {
        character.isASCII && character.isNumber
    }
}
