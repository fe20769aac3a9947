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

    /// The values of a key in `key=value` lines, one for each line that has it; the whole text may be in Base64.
    static func properties(_ key: String, in content: ContiguousArray<UInt8>) -> [ContiguousArray<UInt8>] {
        let values = plainProperties(key, in: content[...])
        guard values.isEmpty, var decoded = Base64.decode(trimmingOneLineEnd(content)) else { return values }
        defer { decoded.withUnsafeMutableBytes { $0.wipe() } }
        return plainProperties(key, in: decoded[...])
    }

    private static func plainProperties(_ key: String, in content: ArraySlice<UInt8>) -> [ContiguousArray<UInt8>] {
        content.split { $0 == 0x0A || $0 == 0x0D }.compactMap { line in
            let start = line.drop(while: isBlank)
            guard let separator = start.firstIndex(of: UInt8(ascii: "=")),
                trimming(start[..<separator]).elementsEqual(key.utf8)
            else { return nil }
            return unquoted(trimming(start[(separator + 1)...]))
        }
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
