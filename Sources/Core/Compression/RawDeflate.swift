import CZlib

/// The deflate format without a wrapper (RFC 1951), as Avro blocks hold it.
package enum RawDeflate {
    /// The largest window, without zlib's header and checksum.
    private static let windowBits: Int32 = -15
    private static let chunkBytes = 65_536

    /// Decompresses a complete deflate stream of at most `limit` bytes.
    ///
    /// Bytes after the end of the stream are ignored: pyiceberg leaves three of zlib's checksum there.
    ///
    /// - Throws: `CompressionError` when the bytes are no complete stream, or hold more than `limit` bytes.
    package static func inflate(_ bytes: [UInt8], limit: Int) throws(CompressionError) -> [UInt8] {
        var stream = z_stream()
        guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw CompressionError("no memory for a deflate stream")
        }
        defer { inflateEnd(&stream) }
        return try run(&stream, over: bytes, limit: limit) { CZlib.inflate(&$0, Z_NO_FLUSH) }
    }

    /// Compresses bytes at zlib's default level.
    package static func deflate(_ bytes: [UInt8]) throws(CompressionError) -> [UInt8] {
        var stream = z_stream()
        let status = deflateInit2_(
            &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw CompressionError("no memory for a deflate stream") }
        defer { deflateEnd(&stream) }
        return try run(&stream, over: bytes, limit: .max) { CZlib.deflate(&$0, Z_FINISH) }
    }

    private static func run(
        _ stream: inout z_stream, over bytes: [UInt8], limit: Int, step: (inout z_stream) -> Int32
    ) throws(CompressionError) -> [UInt8] {
        guard let length = UInt32(exactly: bytes.count) else {
            throw CompressionError("more than 4 GiB in one deflate stream")
        }
        var input = bytes
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: chunkBytes)
        var status = Z_OK
        input.withUnsafeMutableBufferPointer { source in
            stream.next_in = source.baseAddress
            stream.avail_in = length
            repeat {
                let count = chunk.withUnsafeMutableBufferPointer { target in
                    stream.next_out = target.baseAddress
                    stream.avail_out = UInt32(target.count)
                    status = step(&stream)
                    return target.count - Int(stream.avail_out)
                }
                output.append(contentsOf: chunk[..<count])
            } while status == Z_OK && output.count <= limit
        }
        guard output.count <= limit else { throw CompressionError("more than \(limit) bytes in a deflate stream") }
        guard status == Z_STREAM_END else { throw CompressionError("a deflate stream is damaged or cut short") }
        return output
    }
}
