import NilusCore

/// What the bytes of a file or variable mean as a secret.
enum SecretText {
    /// The secret that the bytes hold, decoded from Base64 when only that looks right.
    ///
    /// - Postcondition: `bytes` is wiped.
    static func value(
        of bytes: inout ContiguousArray<UInt8>, in origin: SecretOrigin, looksRight: (SecretBytes) -> Bool
    ) throws(NilusError) -> Redacted<SecretBytes> {
        defer { bytes.withUnsafeMutableBytes { $0.wipe() } }
        let line = trimmingOneLineEnd(bytes)
        if line.isEmpty { throw .secretEmpty(origin) }
        if line.allSatisfy(isBlank) { throw .secretBlank(origin) }
        if line.contains(where: { $0 == 0x0A || $0 == 0x0D }) { throw .secretOfSeveralLines(origin) }
        let value = line.withUnsafeBytes { SecretBytes(copying: $0) }
        if !looksRight(value), var decoded = Base64.decode(line) {
            let plain = trimmingOneLineEnd(decoded).withUnsafeBytes { SecretBytes(copying: $0) }
            decoded.withUnsafeMutableBytes { $0.wipe() }
            if looksRight(plain) { return Redacted(plain) }
        }
        return Redacted(value)
    }

    /// The value of a key in `key=value` lines; the whole text may be in Base64.
    ///
    /// - Returns: `nil` when no line has the key.
    static func property(_ key: String, in content: ContiguousArray<UInt8>) -> ContiguousArray<UInt8>? {
        if let value = plainProperty(key, in: content[...]) { return value }
        guard var decoded = Base64.decode(trimmingOneLineEnd(content)) else { return nil }
        defer { decoded.withUnsafeMutableBytes { $0.wipe() } }
        return plainProperty(key, in: decoded[...])
    }

    private static func plainProperty(_ key: String, in content: ArraySlice<UInt8>) -> ContiguousArray<UInt8>? {
        for line in content.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            let start = line.drop(while: isBlank)
            guard let separator = start.firstIndex(of: UInt8(ascii: "=")),
                trimming(start[..<separator]).elementsEqual(key.utf8)
            else { continue }
            return unquoted(trimming(start[(separator + 1)...]))
        }
        return nil
    }

    private static func trimming(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }

    private static func unquoted(_ text: ArraySlice<UInt8>) -> ContiguousArray<UInt8> {
        guard text.count >= 2, let quote = text.first, quote == text.last, quote == 0x22 || quote == 0x27 else {
            return ContiguousArray(text)
        }
        return ContiguousArray(text.dropFirst().dropLast())
    }

    /// Without one line feed, or carriage return and line feed, at the end.
    private static func trimmingOneLineEnd(_ text: ContiguousArray<UInt8>) -> ArraySlice<UInt8> {
        guard text.last == 0x0A else { return text[...] }
        let line = text.dropLast()
        return line.last == 0x0D ? line.dropLast() : line
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}

/// Base64 with the standard alphabet (RFC 4648, section 4).
enum Base64 {
    /// Decodes a text, with or without padding.
    ///
    /// - Returns: `nil` when it holds another character or ends in the middle of a byte.
    static func decode(_ text: ArraySlice<UInt8>) -> ContiguousArray<UInt8>? {
        var digits = text
        while digits.last == UInt8(ascii: "="), text.count - digits.count < 2 { digits.removeLast() }
        guard digits.count % 4 != 1 else { return nil }
        var result = ContiguousArray<UInt8>()
        result.reserveCapacity(digits.count * 3 / 4 + 3)
        var bits: UInt32 = 0
        var bitCount = 0
        for digit in digits {
            guard let value = value(of: digit) else { return nil }
            bits = bits << 6 | value
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
            }
        }
        return result
    }

    private static func value(of digit: UInt8) -> UInt32? {
        switch digit {
        case 0x41...0x5A: UInt32(digit - 0x41)
        case 0x61...0x7A: UInt32(digit - 0x61 + 26)
        case 0x30...0x39: UInt32(digit - 0x30 + 52)
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
