import CZlib
import NIOCore

/// Compresses answers as gzip.
enum Gzip {
    /// The fastest level: the simulator must not become the bottleneck.
    private static let level: Int32 = 1
    /// Window size of 32 KiB with a gzip header.
    private static let windowBits: Int32 = 15 + 16

    /// The compressed bytes; `nil` when zlib has no memory.
    ///
    /// - SeeAlso: zlib.h, `deflateInit2`.
    static func compressed(_ bytes: UnsafeBufferPointer<UInt8>) -> ByteBuffer? {
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        guard
            deflateInit2_(&stream, level, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK
        else { return nil }
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, UInt(bytes.count)))
        var buffer = ByteBuffer()
        var isDone = false
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { target in
            stream.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
            stream.avail_in = UInt32(bytes.count)
            stream.next_out = target.bindMemory(to: UInt8.self).baseAddress
            stream.avail_out = UInt32(target.count)
            isDone = deflate(&stream, Z_FINISH) == Z_STREAM_END
            return Int(stream.total_out)
        }
        return isDone ? buffer : nil
    }
}
