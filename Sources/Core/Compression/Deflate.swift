/// The DEFLATE codec without header and checksum, as Avro containers use it.
///
/// - SeeAlso: RFC 1951
package enum Deflate {
    /// Compresses the input as a whole.
    ///
    /// - Parameters:
    ///   - input: the bytes to compress.
    ///   - level: from 0 (stored) to 9 (smallest).
    /// - Returns: one stream, complete.
    package static func compress(_ input: UnsafeRawBufferPointer, level: Int = 6) -> [UInt8] {
        DeflateStream(wrapper: .none, level: level).compress(input)
    }

    /// Decompresses the stream that the input begins with; what follows it is not looked at.
    ///
    /// - Parameters:
    ///   - input: the compressed stream.
    ///   - limit: upper bound in bytes of the content.
    /// - Returns: the content.
    /// - Throws: `CompressionError` for damaged, cut off or oversized input.
    package static func decompress(_ input: UnsafeRawBufferPointer, limit: Int) throws(CompressionError) -> [UInt8] {
        try InflateStream(wrapper: .none, input).readAll(limit: limit)
    }
}

/// The gzip codec.
///
/// - SeeAlso: RFC 1952
package enum Gzip {
    /// The bytes with which every member begins.
    package static let magic: [UInt8] = [0x1F, 0x8B]

    /// Compresses the input as a whole.
    ///
    /// - Parameters:
    ///   - input: the bytes to compress.
    ///   - level: from 0 (stored) to 9 (smallest).
    /// - Returns: one member, without a name and a time, so that equal bytes give equal bytes.
    package static func compress(_ input: UnsafeRawBufferPointer, level: Int = 6) -> [UInt8] {
        DeflateStream(wrapper: .gzip, level: level).compress(input)
    }

    /// Decompresses one member or several in a row.
    ///
    /// - Parameters:
    ///   - input: the members; nothing may follow them.
    ///   - limit: upper bound in bytes of the content of all members.
    /// - Returns: the content of all members.
    /// - Throws: `CompressionError` for damaged, cut off or oversized input.
    package static func decompress(_ input: UnsafeRawBufferPointer, limit: Int) throws(CompressionError) -> [UInt8] {
        try InflateStream(wrapper: .gzip, input).readAll(limit: limit)
    }
}
