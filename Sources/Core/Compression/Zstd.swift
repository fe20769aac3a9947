import CZstd

/// The Zstandard codec (RFC 8878) for reading; ``ZstdCompressor`` writes it.
package enum Zstd {
    /// The largest window a frame may ask for, as a power of two of bytes: the 8 MiB that RFC 8878,
    /// section 3.1.1.1.2, recommends.
    static let largestWindowLog: Int32 = 23

    /// Decompresses one frame or several in a row.
    ///
    /// - Parameters:
    ///   - input: the frames.
    ///   - limit: upper bound in bytes of the content; what the frames claim is not trusted.
    /// - Returns: the content of all frames.
    /// - Throws: `CompressionError` for damaged or oversized input.
    package static func decompress(_ input: UnsafeRawBufferPointer, limit: Int) throws(CompressionError) -> [UInt8] {
        let stream = ZstdStream()
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        return try OutputBytes.collect(limit: limit) { room throws(CompressionError) in
            try stream.read(&source, into: room)
        }
    }
}

/// A decompression context, freed exactly once.
private final class ZstdStream {
    private let context: OpaquePointer
    /// Whether the latest frame is complete.
    private var isFrameComplete = false

    init() {
        guard let context = ZSTD_createDCtx() else { preconditionFailure("no memory for a Zstandard context") }
        self.context = context
        let result = ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Zstd.largestWindowLog)
        precondition(ZSTD_isError(result) == 0, "Zstandard accepts the window limit")
    }

    deinit { ZSTD_freeDCtx(context) }

    func read(
        _ source: inout ZSTD_inBuffer, into room: UnsafeMutableRawBufferPointer
    ) throws(CompressionError) -> OutputBytes.Step {
        var target = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
        // A full target may leave more content in the context; an unfilled one means the input ran out.
        while target.pos < target.size {
            if source.pos == source.size, isFrameComplete { return .init(written: target.pos, isAtEnd: true) }
            let before = (source.pos, target.pos)
            let hint = ZSTD_decompressStream(context, &target, &source)
            guard ZSTD_isError(hint) == 0 else {
                throw .damaged(String(cString: ZSTD_getErrorName(hint)).lowercased())
            }
            isFrameComplete = hint == 0
            guard isFrameComplete || (source.pos, target.pos) != before else { throw .cutOff }
        }
        return .init(written: target.pos, isAtEnd: source.pos == source.size && isFrameComplete)
    }
}
