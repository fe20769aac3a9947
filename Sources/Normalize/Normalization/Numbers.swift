import JSON

/// Reads JSON numbers without losing any of their value.
enum Numbers {
    /// The integer a number stands for, also when it is written `1.0` or `1e3`.
    static func integer(_ value: JSONElement) -> Int64? {
        if let integer = value.integer { return integer }
        guard value.kind == .number, hasFractionOrExponent(value) else { return nil }
        return DecimalText.integer(value.raw)
    }

    /// The double nearest to a number; `nil` for an integer that a double cannot hold exactly.
    static func double(_ value: JSONElement) -> Double? {
        guard value.kind == .number, let double = value.double else { return nil }
        guard !hasFractionOrExponent(value) else { return double }
        guard let integer = value.integer, Int64(exactly: double) == integer else { return nil }
        return double
    }

    /// Microseconds from whole seconds since the epoch.
    static func microseconds(_ value: JSONElement) -> Int64? {
        guard let seconds = integer(value) else { return nil }
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        return overflow ? nil : product
    }

    private static func hasFractionOrExponent(_ value: JSONElement) -> Bool {
        value.raw.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
    }
}
