/// The 32 bytes of a SHA-256 digest, or of a code made with it.
///
/// Four words rather than an array, so that a digest for each row allocates nothing.
///
/// - SeeAlso: FIPS 180-4, section 6.2
package struct SHA256Digest: Sendable, Hashable {
    /// The size in bytes.
    package static let byteCount = 32

    // The bytes as they lie in memory.
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    /// Takes over the 32 bytes that `fill` writes.
    @inline(__always)
    init(filledBy fill: (UnsafeMutableRawPointer) -> Void) {
        withUnsafeMutablePointer(to: &words) { fill($0) }
    }

    /// The 32 bytes in order.
    package var bytes: [UInt8] { withBytes(Array.init) }

    /// The digest as 64 lower-case hexadecimal digits.
    package var hexText: String {
        String(unsafeUninitializedCapacity: Self.byteCount * 2) { buffer in
            let digits = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: Self.byteCount * 2)
            writeHex(into: digits)
            return digits.count
        }
    }

    /// Fills the buffer with the first lower-case hexadecimal digits of the digest.
    ///
    /// - Precondition: the buffer has room for at most 64 digits.
    package func writeHex(into buffer: UnsafeMutableRawBufferPointer) {
        precondition(buffer.count <= Self.byteCount * 2, "a SHA-256 digest has 64 hexadecimal digits")
        withBytes { bytes in
            for position in 0..<buffer.count {
                let byte = bytes[position >> 1]
                let digit = position & 1 == 0 ? byte >> 4 : byte & 0x0F
                buffer[position] = digit &+ (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
            }
        }
    }

    package static func == (left: SHA256Digest, right: SHA256Digest) -> Bool {
        left.words == right.words
    }

    package func hash(into hasher: inout Hasher) {
        // A digest is evenly distributed already.
        hasher.combine(words.0)
    }

    @inline(__always)
    private func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(of: words, body)
    }
}

extension SHA256Digest: CustomStringConvertible {
    package var description: String { hexText }
}
