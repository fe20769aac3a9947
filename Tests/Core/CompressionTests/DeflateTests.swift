import Compression
import Testing

private func decompress(_ input: [UInt8], limit: Int) throws(CompressionError) -> [UInt8] {
    try input.withUnsafeBytes { bytes in
        Result { () throws(CompressionError) in try Deflate.decompress(bytes, limit: limit) }
    }.get()
}

private func gunzip(_ input: [UInt8], limit: Int) throws(CompressionError) -> [UInt8] {
    try input.withUnsafeBytes { bytes in
        Result { () throws(CompressionError) in try Gzip.decompress(bytes, limit: limit) }
    }.get()
}

struct `DEFLATE` {
    /// "hello hello hello hello" by zlib's Python binding, without a wrapper.
    private let hello: [UInt8] = [0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x57, 0xC8, 0x40, 0x27, 0x01]

    @Test func `has no header and no checksum`() throws {
        let text = Array("hello hello hello hello".utf8)

        #expect(text.withUnsafeBytes { Deflate.compress($0) } == hello)
        #expect(try decompress(hello, limit: 23) == text)
    }

    @Test(arguments: [0, 1, 16_384, 40_000])
    func `gives back what it was given`(_ count: Int) throws {
        for input in [TestBytes.repetitive(count: count, seed: 1), TestBytes.incompressible(count: count, seed: 2)] {
            let compressed = input.withUnsafeBytes { Deflate.compress($0, level: 1) }

            #expect(try decompress(compressed, limit: count) == input)
        }
    }

    @Test func `stops at the limit`() {
        #expect(throws: CompressionError.tooLarge(limit: 22)) { try decompress(hello, limit: 22) }
    }

    @Test func `ends with the stream, whatever follows`() throws {
        #expect(try decompress(hello + [1, 2, 3], limit: 100) == decompress(hello, limit: 100))
    }

    @Test func `refuses cut off and foreign bytes`() {
        #expect(throws: CompressionError.cutOff) { try decompress([], limit: 100) }
        #expect(throws: CompressionError.cutOff) { try decompress(Array(hello.dropLast()), limit: 100) }
        #expect(throws: CompressionError.damaged("invalid block type")) { try decompress([0xFF], limit: 100) }
    }

    @Test func `survives damage within the limit`() {
        let compressed = TestBytes.repetitive(count: 700, seed: 3).withUnsafeBytes { Deflate.compress($0) }

        for input in TestBytes.damaged(compressed, seed: 4) {
            let content = try? decompress(input, limit: 1_000)
            #expect((content?.count ?? 0) <= 1_000)
        }
    }
}

struct `A gzip file` {
    // "one " and "two" by Python's gzip module.
    private let one = hexBytes("1f8b0800000000000203cbcf4b5500004961ac2304000000")
    private let two = hexBytes("1f8b08000000000002032b29cf0700668aca1103000000")

    @Test func `members are read one after another`() throws {
        #expect(try gunzip(one, limit: 4) == Array("one ".utf8))
        #expect(try gunzip(one + two, limit: 7) == Array("one two".utf8))
    }

    @Test(arguments: [0, 1, 40_000]) func `holds what it was given`(_ count: Int) throws {
        let input = TestBytes.repetitive(count: count, seed: 1)

        let member = input.withUnsafeBytes { Gzip.compress($0) }

        #expect(member.starts(with: Gzip.magic))
        #expect(try gunzip(member, limit: count) == input)
        #expect(try gunzip(member + member, limit: 2 * count) == input + input)
    }

    @Test func `members together keep the limit`() {
        #expect(throws: CompressionError.tooLarge(limit: 6)) { try gunzip(one + two, limit: 6) }
    }

    @Test func `refuses what is cut off, foreign or follows`() {
        #expect(throws: CompressionError.cutOff) { try gunzip([], limit: 10) }
        #expect(throws: CompressionError.cutOff) { try gunzip(Array(one.dropLast()), limit: 10) }
        #expect(throws: CompressionError.damaged("incorrect header check")) { try gunzip(one + [1, 2], limit: 10) }
        #expect(throws: CompressionError.damaged("incorrect data check")) {
            try gunzip(one.dropLast(8) + [0, 0, 0, 0, 4, 0, 0, 0], limit: 10)
        }
    }

    @Test func `survives damage within the limit`() {
        for input in TestBytes.damaged(one + two, seed: 5) {
            let content = try? gunzip(input, limit: 50)
            #expect((content?.count ?? 0) <= 50)
        }
    }
}

private func hexBytes(_ text: String) -> [UInt8] {
    stride(from: 0, to: text.utf8.count, by: 2).compactMap { UInt8(text.dropFirst($0).prefix(2), radix: 16) }
}

struct `The CRC-32` {
    @Test func `is that of gzip`() {
        // The check value that catalogues of checksums list for this polynomial.
        let checksum = Array("123456789".utf8).withUnsafeBytes { CRC32.checksum(of: $0) }

        #expect(checksum == 0xCBF4_3926)
    }

    @Test func `continues over pieces`() {
        let first = Array("1234".utf8).withUnsafeBytes { CRC32.checksum(of: $0) }

        let whole = Array("56789".utf8).withUnsafeBytes { CRC32.checksum(of: $0, continuing: first) }

        #expect(whole == 0xCBF4_3926)
        #expect(CRC32.checksum(of: UnsafeRawBufferPointer(start: nil, count: 0), continuing: first) == first)
    }

    @Test func `of nothing is zero`() {
        #expect(CRC32.checksum(of: UnsafeRawBufferPointer(start: nil, count: 0)) == 0)
    }
}
