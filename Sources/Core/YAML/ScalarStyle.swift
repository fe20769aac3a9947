/// How a scalar is written so that every YAML reader gives back what was meant.
enum ScalarStyle {
    /// A text, plain where that is safe, else in double quotes.
    static func text(_ text: String) -> String {
        isSafePlain(text) ? text : quoted(text)
    }

    /// A JSON number in a form that readers of YAML 1.1 take for a number too: `1e3` becomes `1.0e+3`.
    static func number(_ text: String) -> String {
        guard CoreSchema.isInteger(text) || CoreSchema.isFloat(text) else { return quoted(text) }
        guard let marker = text.firstIndex(where: { $0 == "e" || $0 == "E" }) else { return text }
        let mantissa = text[..<marker]
        let exponent = text[text.index(after: marker)...]
        let isSigned = exponent.hasPrefix("+") || exponent.hasPrefix("-")
        return mantissa + (mantissa.contains(".") ? "" : ".0") + "e" + (isSigned ? "" : "+") + exponent
    }

    /// Whether a text can stand without quotes in block context, as text.
    private static func isSafePlain(_ text: String) -> Bool {
        if isLongWord(text) { return true }
        let scalars = Array(text.unicodeScalars)
        guard let first = scalars.first, let last = scalars.last, canBegin(first, before: scalars.dropFirst().first)
        else { return false }
        if first == " " || last == " " || last == ":" { return false }
        // The marks between documents, in case the text stands alone at the begin of a line.
        if ["---", "..."].contains(where: { text == $0 || text.hasPrefix($0 + " ") }) { return false }
        for (scalar, next) in zip(scalars, scalars.dropFirst()) {
            if scalar == ":", next == " " { return false }
            if scalar == " ", next == "#" { return false }
        }
        guard scalars.allSatisfy({ escape(for: $0) == nil }) else { return false }
        return YAMLScalar(text, isPlain: true).kind == .text && !LegacyTypes.isTyped(text)
    }

    /// Whether a text is a word that no type is written as, which is seen at a glance and true of most keys and values.
    private static func isLongWord(_ text: String) -> Bool {
        // Numbers and dates do not begin with a letter, and of the words for types `false` is the longest.
        guard let first = text.utf8.first, isLetter(first), text.utf8.count > 5 else { return false }
        return text.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_") }
    }

    /// Whether a byte is an ASCII letter.
    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// Whether a plain text may begin with a character: no indicator, or one that text follows.
    ///
    /// - SeeAlso: YAML 1.2.2, section 7.3.3, `ns-plain-first`.
    private static func canBegin(_ first: Unicode.Scalar, before next: Unicode.Scalar?) -> Bool {
        switch first {
        case "-", "?", ":": next.map { $0 != " " } ?? false
        case ",", "[", "]", "{", "}", "#", "&", "*", "!", "|", ">", "'", "\"", "%", "@", "`": false
        default: true
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            default: result += escape(for: scalar) ?? String(scalar)
            }
        }
        return result + "\""
    }

    /// The escape of a character that cannot stand in a text as it is; `nil` for all others.
    private static func escape(for scalar: Unicode.Scalar) -> String? {
        switch scalar.value {
        case 0x09: "\\t"
        case 0x0A: "\\n"
        case 0x0D: "\\r"
        case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x1_0000...: nil
        case ...0xFF: "\\x" + hexadecimal(scalar.value, digits: 2)
        default: "\\u" + hexadecimal(scalar.value, digits: 4)
        }
    }

    private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
