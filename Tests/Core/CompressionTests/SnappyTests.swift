import Compression
import Testing

private func decompress(_ input: [UInt8], limit: Int) throws(CompressionError) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: limit)
    let count = try output.withUnsafeMutableBytes { room in
        input.withUnsafeBytes { bytes in
            Result { () throws(CompressionError) in try Snappy.decompress(bytes, into: room) }
        }
    }.get()
    return Array(output.prefix(count))
}

struct `The Snappy codec` {
    struct Block: Sendable, CustomTestStringConvertible {
        let compressed: [UInt8]
        let content: [UInt8]
        var testDescription: String { "\(compressed.count) bytes for \(content.count)" }
    }

    // The first four by Arrow's binding of the library; the others hold the elements that it uses for larger blocks.
    @Test(arguments: [
        Block(compressed: [0], content: []),
        Block(
            compressed: [0x17, 0x14] + Array("hello ".utf8) + [0x42, 0x06, 0x00],
            content: Array("hello hello hello hello".utf8)),
        Block(
            compressed: [0x64, 0x00, 0x61, 0xFE, 0x01, 0x00, 0x8A, 0x01, 0x00],
            content: Array(repeating: 0x61, count: 100)),
        Block(compressed: [0x46, 0xF0, 0x45] + Array(0..<70), content: Array(0..<70)),
        Block(compressed: [0x08, 0x0C, 1, 2, 3, 4, 0x01, 0x04], content: [1, 2, 3, 4, 1, 2, 3, 4]),
        Block(compressed: [0x06, 0x08, 1, 2, 3, 0x0B, 0x03, 0, 0, 0], content: [1, 2, 3, 1, 2, 3]),
        Block(
            compressed: [0xAC, 0x02, 0xF4, 0x2B, 0x01] + Array(repeating: 7, count: 300),
            content: Array(repeating: 7, count: 300)),
    ])
    func `gives back the content`(_ block: Block) throws {
        #expect(try decompress(block.compressed, limit: block.content.count + 3) == block.content)
        #expect(try decompress(block.compressed, limit: block.content.count) == block.content)
        #expect(try block.compressed.withUnsafeBytes { try Snappy.decompress($0, limit: 1_000) } == block.content)
    }

    @Test func `stops at the limit`() {
        #expect(throws: CompressionError.tooLarge(limit: 99)) {
            try decompress([0x64, 0x00, 0x61, 0xFE, 0x01, 0x00, 0x8A, 0x01, 0x00], limit: 99)
        }
    }

    @Test(arguments: [[], [0x80], [0x05], [0x05, 0x10], [0x05, 0x10, 1, 2], [0x05, 0xF0], [0x08, 0x0C, 1, 2, 3, 4]])
    func `refuses what is cut off`(_ input: [UInt8]) {
        #expect(throws: CompressionError.cutOff) { try decompress(input, limit: 100) }
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        let input: [UInt8]
        let reason: String
        var testDescription: String { reason }
    }

    @Test(arguments: [
        Damage(input: [0x04, 0x01, 0x01], reason: "a copy from before the content"),
        Damage(input: [0x05, 0x00, 1, 0x01, 0x02], reason: "a copy from before the content"),
        Damage(input: [0x05, 0x00, 1, 0x01, 0x00], reason: "a copy from before the content"),
        Damage(input: [0x01, 0x04, 1, 2], reason: "more content than announced"),
        Damage(input: [0x02, 0x00, 1, 0xFE, 0x01, 0x00], reason: "more content than announced"),
        Damage(input: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], reason: "a content size of more than 32 bits"),
    ])
    func `refuses damage`(_ damage: Damage) {
        #expect(throws: CompressionError.damaged(damage.reason)) { try decompress(damage.input, limit: 50) }
    }

    @Test func `survives damage within the limit`() {
        let block: [UInt8] = [0x17, 0x14] + Array("hello ".utf8) + [0x42, 0x06, 0x00]

        for input in TestBytes.damaged(block, seed: 7) {
            let content = try? decompress(input, limit: 40)
            #expect((content?.count ?? 0) <= 40)
        }
    }
}

struct `A Zstandard decompressor` {
    private let decompressor = ZstdDecompressor()

    private func compress(_ input: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: ZstdCompressor.bound(ofByteCount: input.count)) { output, count in
            let compressor = ZstdCompressor(level: 1, windowLog: 17)
            count = input.withUnsafeBytes { compressor.compress($0, into: UnsafeMutableRawBufferPointer(output)) }
        }
    }

    private func decompress(_ input: [UInt8], limit: Int) throws(CompressionError) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: limit)
        let count = try output.withUnsafeMutableBytes { room in
            input.withUnsafeBytes { bytes in
                Result { () throws(CompressionError) in try decompressor.decompress(bytes, into: room) }
            }
        }.get()
        return Array(output.prefix(count))
    }

    @Test func `gives back one block after another`() throws {
        for count in [0, 1, 1_000, 70_000] {
            let input = TestBytes.repetitive(count: count, seed: 1)

            #expect(try decompress(compress(input), limit: count) == input)
            #expect(try decompress(compress(input) + compress(input), limit: count * 2 + 5) == input + input)
        }
    }

    @Test func `stops at the limit and at damage, and works afterwards`() throws {
        let input = TestBytes.repetitive(count: 5_000, seed: 2)
        let frame = compress(input)

        #expect(throws: CompressionError.tooLarge(limit: 4_999)) { try decompress(frame, limit: 4_999) }
        #expect(throws: CompressionError.cutOff) { try decompress(Array(frame.dropLast()), limit: 5_000) }
        #expect(throws: CompressionError.self) { try decompress([1, 2, 3, 4, 5, 6, 7, 8, 9], limit: 5_000) }
        for damaged in TestBytes.damaged(frame, seed: 3) { _ = try? decompress(damaged, limit: 6_000) }
        #expect(try decompress(frame, limit: 5_000) == input)
    }
}
