import Glibc

extension JSONElement {
    /// The first field with the given name, or `nil`.
    ///
    /// - Complexity: linear in the fields before it; to find several, walk ``fields`` once.
    package func field(_ name: String) -> JSONElement? {
        fields.first { $0.key.elementsEqual(name.utf8) }?.value
    }

    /// The value of a string with its escapes resolved; `nil` for other kinds and for half a surrogate pair.
    package var string: String? {
        guard kind == .string else { return nil }
        return JSONElement.unescaped(quotedBytes)
    }

    /// A key or string content as text, escapes resolved; `nil` when an escape names half a surrogate pair.
    package static func unescaped(_ bytes: UnsafeRawBufferPointer) -> String? {
        guard hasEscapes(bytes) else { return String(decoding: bytes, as: UTF8.self) }
        var resolved: [UInt8] = []
        guard JSONEscapes.resolve(bytes, into: &resolved) else { return nil }
        return String(decoding: resolved, as: UTF8.self)
    }

    /// Whether a key or string content must be unescaped before it is text.
    package static func hasEscapes(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let start = bytes.baseAddress else { return false }
        return memchr(start, Int32(UInt8(ascii: "\\")), bytes.count) != nil
    }

    package var boolean: Bool? {
        guard kind == .boolean else { return nil }
        return raw.first == UInt8(ascii: "t")
    }

    /// The value of a number that is written as an integer and fits 64 bits.
    package var integer: Int64? {
        guard kind == .number else { return nil }
        let digits = raw
        let isNegative = digits.first == UInt8(ascii: "-")
        var value: Int64 = 0
        for digit in digits.dropFirst(isNegative ? 1 : 0) {
            guard (0x30...0x39).contains(digit) else { return nil }
            let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
            // Built downwards, so that the smallest value fits too.
            let (next, underflow) = tenfold.subtractingReportingOverflow(Int64(digit - 0x30))
            guard !overflow, !underflow else { return nil }
            value = next
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }

    /// The nearest double of a number; `nil` for other kinds and beyond the range of doubles.
    package var double: Double? {
        guard kind == .number, let value = Double(String(decoding: raw, as: UTF8.self)), value.isFinite else {
            return nil
        }
        return value
    }

    /// The written form of any value, for messages and for lossless storage.
    package var rawText: String { String(decoding: raw, as: UTF8.self) }
}
