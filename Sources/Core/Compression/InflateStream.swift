import CZlib

/// One decompression with zlib, freed exactly once.
final class InflateStream {
    /// What surrounds the DEFLATE stream.
    enum Wrapper {
        case none, gzip

        /// zlib's way of naming the wrapper together with the largest window.
        var windowBits: Int32 {
            switch self {
            case .none: -MAX_WBITS
            case .gzip: MAX_WBITS + 16
            }
        }
    }

    // zlib keeps the address of the structure, so it must not move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let wrapper: Wrapper
    /// The input that zlib was not given yet; its counters hold 32 bits.
    private var rest: UnsafeRawBufferPointer

    init(wrapper: Wrapper, _ input: UnsafeRawBufferPointer) {
        self.wrapper = wrapper
        rest = input
        stream.initialize(to: z_stream())
        let status = zlib_inflate_init(stream, wrapper.windowBits)
        precondition(status == Z_OK, "zlib starts a decompression")
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    func readAll(limit: Int) throws(CompressionError) -> [UInt8] {
        try OutputBytes.collect(limit: limit) { room throws(CompressionError) in try read(into: room) }
    }

    private func read(into room: UnsafeMutableRawBufferPointer) throws(CompressionError) -> OutputBytes.Step {
        let lent = min(room.count, Int(UInt32.max))
        stream.pointee.next_out = room.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_out = UInt32(lent)
        while stream.pointee.avail_out > 0 {
            refill()
            let status = inflate(stream, Z_NO_FLUSH)
            let written = lent - Int(stream.pointee.avail_out)
            switch status {
            case Z_OK: continue
            case Z_STREAM_END:
                // What follows a bare stream is not this codec's: pyiceberg leaves three bytes in each Avro block.
                if wrapper == .none || isInputUsedUp { return .init(written: written, isAtEnd: true) }
                startNextMember()
            case Z_BUF_ERROR: throw .cutOff
            default: throw .damaged(reason(status))
            }
        }
        return .init(written: lent, isAtEnd: false)
    }

    private var isInputUsedUp: Bool { stream.pointee.avail_in == 0 && rest.isEmpty }

    private func refill() {
        guard stream.pointee.avail_in == 0 else { return }
        let piece = rest.prefix(Int(UInt32.max))
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: UnsafeRawBufferPointer(rebasing: piece).bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(piece.count)
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
    }

    private func startNextMember() {
        let status = inflateReset(stream)
        precondition(status == Z_OK, "zlib starts again")
    }

    private func reason(_ status: Int32) -> String {
        stream.pointee.msg.map { String(cString: $0) } ?? "zlib status \(status)"
    }
}
