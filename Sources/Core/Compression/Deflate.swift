import CZlib

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
        precondition((0...9).contains(level), "zlib's levels are 0 to 9")
        return DeflateStream(level: level).compress(input)
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

/// The gzip codec, for reading.
///
/// - SeeAlso: RFC 1952
package enum Gzip {
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

/// One compression with zlib, freed exactly once.
private final class DeflateStream {
    // zlib keeps the address of the structure, so it must not move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

    init(level: Int) {
        stream.initialize(to: z_stream())
        let status = zlib_deflate_init(stream, Int32(level), -MAX_WBITS)
        precondition(status == Z_OK, "zlib starts a compression")
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    func compress(_ input: UnsafeRawBufferPointer) -> [UInt8] {
        guard let inputCount = UInt32(exactly: input.count) else { preconditionFailure("zlib takes less than 4 GiB") }
        let worstCase = Int(deflateBound(stream, UInt(input.count)))
        return [UInt8](unsafeUninitializedCapacity: worstCase) { output, count in
            stream.pointee.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
            stream.pointee.avail_in = inputCount
            stream.pointee.next_out = output.baseAddress
            stream.pointee.avail_out = UInt32(clamping: output.count)
            let status = deflate(stream, Z_FINISH)
            precondition(status == Z_STREAM_END, "zlib compresses into the room of its own worst case")
            count = Int(stream.pointee.total_out)
        }
    }
}
