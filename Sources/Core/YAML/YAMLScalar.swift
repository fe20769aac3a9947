/// The text of a scalar and how it was written, which decides its type.
///
/// Quoted and block texts are text. Plain ones resolve by the core schema of YAML 1.2 (section
/// 10.3.2): `yes`, `no`, `on`, `off` and dates stay text, `012` is twelve, `0o14` is octal.
package struct YAMLScalar: Sendable, Equatable {
    /// The type a scalar resolves to.
    package enum Kind: Sendable, Equatable {
        case null
        case boolean(Bool)
        /// A whole number of any size; ``YAMLScalar/integer`` tells whether it fits 64 bits.
        case integer
        case float
        case text
    }

    /// The text, escapes and folding resolved.
    package let text: String
    /// Whether it was written without quotes and not as a block.
    package let isPlain: Bool
    /// Whether the text stands on one line of the file exactly as it is here.
    package let isVerbatim: Bool

    /// A scalar from its parts.
    package init(_ text: String, isPlain: Bool, isVerbatim: Bool = false) {
        self.text = text
        self.isPlain = isPlain
        self.isVerbatim = isVerbatim
    }

    /// The type by the core schema.
    package var kind: Kind {
        guard isPlain else { return .text }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .boolean(true)
        case "false", "False", "FALSE": return .boolean(false)
        default: break
        }
        if CoreSchema.isInteger(text) { return .integer }
        return CoreSchema.isFloat(text) ? .float : .text
    }

    /// The value of a whole number that fits 64 bits; `nil` for other kinds and larger numbers.
    package var integer: Int64? {
        guard kind == .integer else { return nil }
        if text.hasPrefix("0o") { return Int64(text.dropFirst(2), radix: 8) }
        if text.hasPrefix("0x") { return Int64(text.dropFirst(2), radix: 16) }
        return Int64(text)
    }

    /// The nearest double of a finite number; `nil` for other kinds, infinities and NaN.
    package var number: Double? {
        switch kind {
        case .integer: integer.map(Double.init) ?? Double(text)
        case .float: CoreSchema.isFinite(text) ? Double(text).flatMap { $0.isFinite ? $0 : nil } : nil
        default: nil
        }
    }
}

/// The patterns of the core schema, YAML 1.2.2 section 10.3.2.
enum CoreSchema {
    /// Whole numbers: `[-+]?[0-9]+`, `0o[0-7]+`, `0x[0-9a-fA-F]+`.
    static func isInteger(_ text: String) -> Bool {
        var rest = Substring(text).utf8
        if text.hasPrefix("0o") { return isFilled(rest.dropFirst(2)) { (0x30...0x37).contains($0) } }
        if text.hasPrefix("0x") { return isFilled(rest.dropFirst(2), with: isHexadecimal) }
        rest = withoutSign(rest)
        return isFilled(rest, with: isDigit)
    }

    /// Floats: `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, infinities and NaN.
    static func isFloat(_ text: String) -> Bool {
        switch text {
        case ".nan", ".NaN", ".NAN": return true
        default: break
        }
        let unsigned = withoutSign(Substring(text).utf8)
        switch String(Substring(unsigned)) {
        case ".inf", ".Inf", ".INF": return true
        default: return isDecimal(unsigned)
        }
    }

    static func isFinite(_ text: String) -> Bool {
        isDecimal(withoutSign(Substring(text).utf8))
    }

    private static func isDecimal(_ text: Substring.UTF8View) -> Bool {
        let whole = text.prefix(while: isDigit)
        var rest = text[whole.endIndex...]
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix(while: isDigit)
            guard !whole.isEmpty || !fraction.isEmpty else { return false }
            rest = rest[fraction.endIndex...]
        } else if whole.isEmpty {
            return false
        }
        guard let marker = rest.first else { return true }
        guard marker | 0x20 == UInt8(ascii: "e") else { return false }
        return isFilled(withoutSign(rest.dropFirst()), with: isDigit)
    }

    private static func withoutSign(_ text: Substring.UTF8View) -> Substring.UTF8View {
        guard let first = text.first, first == UInt8(ascii: "+") || first == UInt8(ascii: "-") else { return text }
        return text.dropFirst()
    }

    private static func isFilled(_ text: Substring.UTF8View, with isAllowed: (UInt8) -> Bool) -> Bool {
        !text.isEmpty && text.allSatisfy(isAllowed)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x61...0x66).contains(byte | 0x20)
    }
}
