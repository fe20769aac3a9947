import Compression
import Testing

struct `Zstandard` {
    private let compressor = ZstdCompressor(level: 1, windowLog: 17)

    private func compress(_ input: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: ZstdCompressor.bound(ofByteCount: input.count)) { output, count in
            count = input.withUnsafeBytes { compressor.compress($0, into: UnsafeMutableRawBufferPointer(output)) }
        }
    }

    private func decompress(_ input: [UInt8], limit: Int) throws(CompressionError) -> [UInt8] {
        try input.withUnsafeBytes { bytes in
            Result { () throws(CompressionError) in try Zstd.decompress(bytes, limit: limit) }
        }.get()
    }

    @Test(arguments: [0, 1, 100, 16_383, 16_384, 16_385, 40_000])
    func `gives back what it was given, one block after another`(_ count: Int) throws {
        for input in [TestBytes.repetitive(count: count, seed: 1), TestBytes.incompressible(count: count, seed: 2)] {
            #expect(try decompress(compress(input), limit: count) == input)
        }
    }

    @Test func `makes repetitive bytes small and keeps its context`() {
        let input = TestBytes.repetitive(count: 65_536, seed: 3)

        let first = compress(input)
        let allocated = compressor.allocatedBytes
        let second = compress(input)

        #expect(first.count < input.count / 3)
        #expect(second == first)
        #expect(compressor.allocatedBytes == allocated)
    }

    @Test func `reads several frames in a row`() throws {
        let frames = compress(Array("one ".utf8)) + compress([]) + compress(Array("two".utf8))

        #expect(try decompress(frames, limit: 7) == Array("one two".utf8))
    }

    @Test(arguments: [0, 1, 16_384, 99_999])
    func `stops at the limit`(_ limit: Int) {
        let frame = compress(TestBytes.repetitive(count: 100_000, seed: 4))

        #expect(throws: CompressionError.tooLarge(limit: limit)) { try decompress(frame, limit: limit) }
    }

    @Test func `refuses no input, cut off and foreign bytes`() {
        let frame = compress(Array("hello".utf8))

        #expect(throws: CompressionError.cutOff) { try decompress([], limit: 10) }
        #expect(throws: CompressionError.cutOff) { try decompress(Array(frame.dropLast()), limit: 10) }
        #expect(throws: CompressionError.cutOff) { try decompress(frame + frame.prefix(3), limit: 10) }
        #expect(throws: CompressionError.damaged("unknown frame descriptor")) {
            try decompress(Array("plain text".utf8), limit: 10)
        }
    }

    @Test func `refuses a window larger than 8 MiB`() {
        // RFC 8878: magic number, a descriptor without content size, a window of 2^24 bytes, an empty last block.
        let frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 14 << 3, 0x01, 0x00, 0x00]

        #expect(throws: CompressionError.damaged("frame requires too much memory for decoding")) {
            try decompress(frame, limit: 10)
        }
    }

    @Test func `survives damage within the limit`() {
        let frame = compress(TestBytes.repetitive(count: 700, seed: 5))

        for input in TestBytes.damaged(frame, seed: 6) {
            let content = try? decompress(input, limit: 1_000)
            #expect((content?.count ?? 0) <= 1_000)
        }
    }
}
