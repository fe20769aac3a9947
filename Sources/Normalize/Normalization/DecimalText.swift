import JSON

/// Decimal numbers written as text, exact to the last digit.
enum DecimalText {
    /// The value times 10^scale.
    ///
    /// - Returns: `nil` when the value is no plain decimal number, has digits beyond the scale that are not
    ///   zero, or more digits than the precision.
    static func unscaled(_ value: JSONElement, precision: Int, scale: Int) -> Int128? {
        switch value.kind {
        case .string: parse(value.quotedBytes, precision: precision, scale: scale)
        case .number: parse(value.raw, precision: precision, scale: scale)
        default: nil
        }
    }

    static func parse(_ text: UnsafeRawBufferPointer, precision: Int, scale: Int) -> Int128? {
        let isNegative = text.first == UInt8(ascii: "-")
        var magnitude: Int128 = 0
        var fractionDigits: Int?
        var digitCount = 0
        for byte in text.dropFirst(isNegative ? 1 : 0) {
            if byte == UInt8(ascii: "."), fractionDigits == nil, digitCount > 0 {
                fractionDigits = 0
                continue
            }
            guard (0x30...0x39).contains(byte) else { return nil }
            digitCount += 1
            if let digits = fractionDigits {
                guard digits < scale else {
                    if byte == UInt8(ascii: "0") { continue } else { return nil }
                }
                fractionDigits = digits + 1
            }
            guard let next = appended(byte, to: magnitude) else { return nil }
            magnitude = next
        }
        guard digitCount > 0, text.last != UInt8(ascii: ".") else { return nil }
        for _ in (fractionDigits ?? 0)..<scale {
            guard let next = appended(UInt8(ascii: "0"), to: magnitude) else { return nil }
            magnitude = next
        }
        guard magnitude < powerOfTen(precision) else { return nil }
        return isNegative ? -magnitude : magnitude
    }

    private static func appended(_ digit: UInt8, to magnitude: Int128) -> Int128? {
        let (tenfold, overflow) = magnitude.multipliedReportingOverflow(by: 10)
        let (sum, carry) = tenfold.addingReportingOverflow(Int128(digit - 0x30))
        return overflow || carry ? nil : sum
    }

    /// - Precondition: at most 38, the largest precision of a decimal.
    private static func powerOfTen(_ exponent: Int) -> Int128 {
        (0..<exponent).reduce(Int128(1)) { power, _ in power * 10 }
    }
}
