import CZstd

/// Compresses one block of bytes after another with one Zstandard context.
///
/// The context's tables are allocated at the first block and kept, so that it pays to share a
/// compressor among all columns of a file. It is not `Sendable`: one thread uses it at a time.
package final class ZstdCompressor {
    private let context: OpaquePointer

    /// Creates a compressor.
    ///
    /// - Parameters:
    ///   - level: Zstandard's compression level, from -131072 (fastest) to 22 (smallest).
    ///   - windowLog: the power of two of the bytes that matches may reach back and that readers must keep.
    package init(level: Int, windowLog: Int) {
        guard let context = ZSTD_createCCtx() else { preconditionFailure("no memory for a Zstandard context") }
        self.context = context
        set(ZSTD_c_compressionLevel, level)
        set(ZSTD_c_windowLog, windowLog)
    }

    deinit { ZSTD_freeCCtx(context) }

    /// Returns the room that compressing `count` bytes may need at worst, in bytes.
    package static func bound(ofByteCount count: Int) -> Int {
        ZSTD_compressBound(count)
    }

    /// Compresses the input into one frame that tells its content size.
    ///
    /// - Precondition: the output has room for ``bound(ofByteCount:)`` of the input's size.
    /// - Returns: the size of the frame in bytes.
    package func compress(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Int {
        precondition(output.count >= Self.bound(ofByteCount: input.count), "the output has room for the worst case")
        let size = ZSTD_compress2(context, output.baseAddress, output.count, input.baseAddress, input.count)
        precondition(ZSTD_isError(size) == 0, "Zstandard compresses whatever it is given")
        return size
    }

    /// The memory of the context, in bytes.
    package var allocatedBytes: Int { ZSTD_sizeof_CCtx(context) }

    private func set(_ parameter: ZSTD_cParameter, _ value: Int) {
        let result = ZSTD_CCtx_setParameter(context, parameter, Int32(clamping: value))
        precondition(ZSTD_isError(result) == 0, "Zstandard accepts the compression settings")
    }
}
