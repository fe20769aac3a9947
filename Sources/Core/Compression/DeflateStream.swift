import CZlib

/// One compression with zlib, freed exactly once.
final class DeflateStream {
    // zlib keeps the address of the structure, so it must not move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

    init(wrapper: InflateStream.Wrapper, level: Int) {
        precondition((0...9).contains(level), "zlib's levels are 0 to 9")
        stream.initialize(to: z_stream())
        let status = zlib_deflate_init(stream, Int32(level), wrapper.windowBits)
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
