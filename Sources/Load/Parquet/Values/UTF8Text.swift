/// The arithmetic of characters (Unicode scalars) in UTF-8 bytes.
///
/// Nothing here trusts the bytes to be UTF-8: whatever they are, the results keep the order of bytes.
enum UTF8Text {
    private static let longestScalar = 4

    /// The bytes of the first characters.
    static func prefix(of text: UnsafeRawBufferPointer, characters limit: Int) -> UnsafeRawBufferPointer {
        // No character is shorter than a byte.
        guard text.count > limit else { return text }
        let longest = min(text.count, limit * longestScalar)
        var characters = 0
        for position in 0..<longest where !isContinuation(text[position]) {
            if characters == limit { return UnsafeRawBufferPointer(rebasing: text[..<position]) }
            characters += 1
        }
        return UnsafeRawBufferPointer(rebasing: text[..<longest])
    }

    /// The shortest text above every text that begins with the given bytes, changed as far at the end
    /// as possible; `nil` when there is none.
    static func successor(of bytes: [UInt8]) -> [UInt8]? {
        var rest = bytes[...]
        while let start = rest.lastIndex(where: { !isContinuation($0) }) {
            if let next = scalar(rest[start...]).flatMap(following) {
                return Array(rest[..<start]) + Array(UTF8.encode(next) ?? .init())
            }
            rest = rest[..<start]
        }
        return nil
    }

    private static func scalar(_ bytes: ArraySlice<UInt8>) -> Unicode.Scalar? {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        guard case .scalarValue(let scalar) = decoder.decode(&iterator), UTF8.width(scalar) == bytes.count else {
            return nil
        }
        return scalar
    }

    private static func following(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        // Surrogates are no characters: U+E000 comes after U+D7FF.
        scalar.value == 0xD7FF ? Unicode.Scalar(0xE000) : Unicode.Scalar(scalar.value + 1)
    }

    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
