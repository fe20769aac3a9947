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

    /// The integer that a number with a fraction or an exponent stands for; `nil` when it stands for none, or a larger one.
    static func integer(_ text: UnsafeRawBufferPointer) -> Int64? {
        let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 | 0x20 == UInt8(ascii: "e") }
        var digits = parts[0].filter { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "-") }
        var zeros = parts[0].firstIndex(of: UInt8(ascii: ".")).map { $0 + 1 - parts[0].endIndex } ?? 0
        while digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            zeros += 1
        }
        guard !digits.isEmpty else { return 0 }
        guard let exponent = parts.count == 1 ? 0 : Int(String(decoding: parts[1], as: UTF8.self)),
            // More zeros than this make every number too large; so the exponent cannot overflow below.
            exponent.magnitude <= text.count + 18
        else { return nil }
        zeros += exponent
        guard (0...18).contains(zeros) else { return nil }
        let sign = text.first == UInt8(ascii: "-") ? "-" : ""
        return Int64(sign + String(decoding: digits, as: UTF8.self) + String(repeating: "0", count: zeros))
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
