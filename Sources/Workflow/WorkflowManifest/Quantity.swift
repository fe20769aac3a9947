import NilusCore

/// A Kubernetes quantity, read exactly: no value passes through a floating point number.
///
/// - SeeAlso: k8s.io/apimachinery, pkg/api/resource, "Quantity": a decimal number with a suffix out of
///   `n u m k M G T P E`, `Ki Mi Gi Ti Pi Ei`, or a decimal exponent.
struct Quantity {
    /// Why a text is no quantity.
    enum Problem: Error, Equatable {
        case malformed
        case notPositive
        case tooLarge
    }

    /// The number without its point.
    private let digits: Int128
    /// The power of ten that `digits` is multiplied with.
    private let powerOfTen: Int
    /// The power of two that `digits` is multiplied with.
    private let powerOfTwo: Int

    /// More digits than this cannot matter: the largest result has 19, the smallest suffix is 10⁻⁹.
    private static let maximumDigits = 30
    private static let maximumExponent = 99

    init(_ text: String) throws(Problem) {
        var rest = Substring(text)
        let isNegative = rest.hasPrefix("-")
        if isNegative || rest.hasPrefix("+") { rest = rest.dropFirst() }
        let whole = rest.prefix(while: Self.isDigit)
        rest = rest[whole.endIndex...]
        var fraction = Substring()
        if rest.hasPrefix(".") {
            fraction = rest.dropFirst().prefix(while: Self.isDigit)
            rest = rest[fraction.endIndex...]
        }
        guard !whole.isEmpty || !fraction.isEmpty, let scale = Self.scale(of: rest) else { throw .malformed }
        let significant = (whole + fraction).drop { $0 == "0" }
        guard !isNegative, !significant.isEmpty else { throw .notPositive }
        guard significant.count <= Self.maximumDigits, let digits = Int128(significant) else { throw .tooLarge }
        self.digits = digits
        powerOfTen = scale.ten - fraction.count
        powerOfTwo = scale.two
    }

    /// The value in units of 10 to the power `-decimals`, rounded up as Kubernetes does.
    func value(decimals: Int) throws(Problem) -> Int {
        var result = digits
        for _ in 0..<powerOfTwo { result = try Self.product(result, 2) }
        let power = powerOfTen + decimals
        if power >= 0 {
            for _ in 0..<power { result = try Self.product(result, 10) }
        } else {
            // Dividing by ten step by step, each rounded up, equals one division rounded up.
            for _ in 0..<(-power) { result = (result + 9) / 10 }
        }
        guard let value = Int(exactly: result) else { throw .tooLarge }
        return value
    }

    private static func product(_ left: Int128, _ right: Int128) throws(Problem) -> Int128 {
        let (product, overflow) = left.multipliedReportingOverflow(by: right)
        guard !overflow else { throw .tooLarge }
        return product
    }

    private static func scale(of suffix: Substring) -> (ten: Int, two: Int)? {
        if let power = decimalSuffixes[String(suffix)] { return (power, 0) }
        if let power = binarySuffixes[String(suffix)] { return (0, power) }
        guard suffix.hasPrefix("e") || suffix.hasPrefix("E"), let exponent = exponent(suffix.dropFirst()) else {
            return nil
        }
        return (exponent, 0)
    }

    private static func exponent(_ text: Substring) -> Int? {
        let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text
        guard !digits.isEmpty, digits.allSatisfy(isDigit) else { return nil }
        return Int(text).map { min(max($0, -maximumExponent), maximumExponent) }
    }

    private static let decimalSuffixes = [
        "n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18,
    ]
    private static let binarySuffixes = ["Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60]

    private static func isDigit(_ character: Character) -> Bool {
        character.isASCII && character.isNumber
    }
}

extension Quantity {
    /// What a misspelled quantity of bytes probably means: `128MB` is `128Mi`.
    static func byteSuggestion(for text: String) -> String? {
        let number = text.prefix { isDigit($0) || $0 == "." }
        let unit = text[number.endIndex...].drop { $0 == " " }.lowercased()
        let suffix: String? =
            switch unit {
            case "kb", "kib", "ki", "kbyte": "Ki"
            case "m", "mb", "mib", "mi", "mbyte": "Mi"
            case "g", "gb", "gib", "gi", "gbyte": "Gi"
            case "t", "tb", "tib", "ti": "Ti"
            default: nil
            }
        guard let suffix, (try? Quantity(String(number))) != nil else { return nil }
        return number + suffix
    }
}
