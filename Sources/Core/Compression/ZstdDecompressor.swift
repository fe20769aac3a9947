import CZstd

/// Decompresses one block of bytes after another with one Zstandard context.
///
/// For content whose size is known: it goes straight into memory of the caller, which is also all that
/// matches can reach back into, so that no window is allocated. It is not `Sendable`.
package final class ZstdDecompressor {
    private let context: OpaquePointer

    /// Creates a decompressor.
    package init() {
        guard let context = ZSTD_createDCtx() else { preconditionFailure("no memory for a Zstandard context") }
        self.context = context
    }

    deinit { ZSTD_freeDCtx(context) }

    /// Decompresses one frame or several in a row.
    ///
    /// - Returns: the size of the content in bytes.
    /// - Throws: `CompressionError` for damaged input and for content larger than the output.
    package func decompress(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(CompressionError) -> Int {
        let size = ZSTD_decompressDCtx(
            context, output.baseAddress, output.count, input.baseAddress, input.count)
        guard ZSTD_isError(size) != 0 else { return size }
        switch ZSTD_getErrorCode(size) {
        case ZSTD_error_dstSize_tooSmall: throw .tooLarge(limit: output.count)
        case ZSTD_error_srcSize_wrong: throw .cutOff
        default: throw .damaged(String(cString: ZSTD_getErrorName(size)).lowercased())
        }
    }
}
