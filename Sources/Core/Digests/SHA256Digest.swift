/// The 32 bytes of a SHA-256 digest, or of a code made with it.
///
/// Four words rather than an array, so that a digest for each row allocates nothing.
///
/// - SeeAlso: FIPS 180-4, section 6.2
package struct SHA256Digest: Sendable, Hashable {
    /// The size in bytes.
    package static let byteCount = 32

    // Big-endian words in the order of the bytes.
    private let words: [4 of UInt64]

    /// Takes over the 32 bytes that `fill` writes.
    init(filledBy fill: (UnsafeMutablePointer<UInt8>) -> Void) {
        words = withUnsafeTemporaryAllocation(byteCount: Self.byteCount, alignment: 8) { buffer in
            let bytes = buffer.bindMemory(to: UInt8.self)
            guard let base = bytes.baseAddress else { preconditionFailure("a temporary allocation has an address") }
            fill(base)
            return InlineArray {
                UInt64(bigEndian: UnsafeRawPointer(base).load(fromByteOffset: $0 * 8, as: UInt64.self))
            }
        }
    }

    /// The 32 bytes in order.
    package var bytes: [UInt8] {
        (0..<Self.byteCount).map { UInt8(truncatingIfNeeded: words[$0 / 8] >> UInt64(56 - $0 % 8 * 8)) }
    }

    /// The digest as 64 lower-case hexadecimal digits.
    package var hexText: String {
        String(unsafeUninitializedCapacity: Self.byteCount * 2) { buffer in
            writeHex(into: UnsafeMutableRawBufferPointer(buffer))
            return buffer.count
        }
    }

    /// Fills the buffer with the first lower-case hexadecimal digits of the digest.
    ///
    /// - Precondition: the buffer has room for at most 64 digits.
    package func writeHex(into buffer: UnsafeMutableRawBufferPointer) {
        precondition(buffer.count <= Self.byteCount * 2, "a SHA-256 digest has 64 hexadecimal digits")
        for position in 0..<buffer.count {
            let digit = UInt8(truncatingIfNeeded: words[position / 16] >> UInt64(60 - position % 16 * 4)) & 0x0F
            buffer[position] = digit < 10 ? 0x30 + digit : 0x61 - 10 + digit
        }
    }

    package static func == (left: SHA256Digest, right: SHA256Digest) -> Bool {
        left.words.indices.allSatisfy { left.words[$0] == right.words[$0] }
    }

    package func hash(into hasher: inout Hasher) {
        // A digest is evenly distributed already.
        hasher.combine(words[0])
    }
}

extension SHA256Digest: CustomStringConvertible {
    package var description: String { hexText }
}
