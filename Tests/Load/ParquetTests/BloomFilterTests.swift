import NilusCore
import Records
import SeededRandom
import Testing

@testable import Parquet

struct `XXH64` {
    private func hash(_ text: String) -> UInt64 {
        Array(text.utf8).withUnsafeBytes { XXHash64.hash($0) }
    }

    // By the reference implementation, seed 0.
    @Test(
        arguments: [
            ("", 0xEF46_DB37_51D8_E999), ("a", 0xD24E_C4F1_A98C_6E5B), ("abc", 0x44BC_2CF5_AD77_0999),
            ("Nobody inspects the spammish repetition", 0xFBCE_A83C_8A37_8BF1),
        ] as [(String, UInt64)])
    func `is that of the reference implementation`(_ text: String, _ expected: UInt64) {
        #expect(hash(text) == expected)
    }

    @Test func `of a number is that of its bytes`() {
        let bytes: [UInt8] = [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]

        #expect(XXHash64.hash(Int64(-2)) == bytes.withUnsafeBytes { XXHash64.hash($0) })
        #expect(XXHash64.hash(Int32(-2)) == bytes.dropLast(4).withUnsafeBytes { XXHash64.hash($0) })
    }
}

struct `A split block filter` {
    private func hashes(_ count: Int, seed: UInt64) -> [UInt64] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { _ in random.next() }
    }

    private func built(_ hashes: [UInt64]) -> SplitBlockFilter? {
        var builder = BlockFilterBuilder()
        for hash in hashes { builder.insert(hash) }
        return builder.finish()
    }

    @Test func `sets one bit in each word of one block`() {
        var filter = SplitBlockFilter(blockCount: 4)

        let isNew = filter.insert(0x8000_0000_0000_0001)
        let isNewAgain = filter.insert(0x8000_0000_0000_0001)

        #expect(isNew && !isNewAgain)
        // The upper half chooses the third of four blocks, the lower one the top five bits of each salt.
        let salts: [UInt8] = [0x47, 0x44, 0x88, 0xA2, 0x70, 0x2D, 0x9E, 0x5C]
        let words = salts.map { UInt32(1) << UInt32($0 >> 3) }
        let block = words.flatMap { word in withUnsafeBytes(of: word.littleEndian, Array.init) }
        #expect(filter.bytes == Array(repeating: 0, count: 64) + block + Array(repeating: 0, count: 32))
        #expect(filter.bytes.withUnsafeBytes(SplitBlockFilter.init) == filter)
    }

    @Test(arguments: [1, 25, 26, 1_000, 40_000, 131_071, 131_073])
    func `has every value and few others, in the bytes that its values need`(_ count: Int) throws {
        let filter = try #require(built(hashes(count, seed: 1)))

        let isComplete = hashes(count, seed: 1).allSatisfy(filter.mayContain)
        let mistakes = hashes(10_000, seed: 2).count(where: filter.mayContain)

        #expect(isComplete)
        #expect(mistakes < 300)
        #expect(filter.byteCount >= count * 10 / 8 && filter.byteCount <= max(32, count * 20 / 8))
        #expect(filter.blockCount.nonzeroBitCount == 1)
    }

    @Test func `is as large as different values need, however often they come`() {
        let values = hashes(100, seed: 3)
        let repeated = (0..<140_000).map { values[$0 % 100] }

        #expect(built(repeated) == built(values))
    }

    @Test func `takes two mebibytes at most while it is built`() {
        var builder = BlockFilterBuilder()

        var largest = 0
        for hash in hashes(140_000, seed: 4) {
            builder.insert(hash)
            largest = max(largest, builder.allocatedBytes)
        }

        #expect(largest <= 2 * 1_024 * 1_024)
    }

    @Test func `is none without values, and starts again after each row group`() {
        var builder = BlockFilterBuilder()
        let none = builder.finish()
        builder.insert(1)
        let first = builder.finish()
        builder.insert(2)
        let second = builder.finish()

        #expect(none == nil)
        #expect(first?.mayContain(1) == true && second?.mayContain(1) == false)
        #expect(builder.finish() == nil)
    }
}

struct `Bloom filters of a file` {
    private let column = ParquetColumn(name: "c0", type: .text, fieldID: 1, hasBloomFilter: true)

    /// A file of texts `<group> <row>` in row groups.
    private func file(groups: Int, rows: Int) throws -> [UInt8] {
        let output = TestOutput()
        let writer = ParquetFileWriter(
            columns: [column], options: .test(), scratch: ParquetScratch(), output: output.write)
        for group in 0..<groups {
            let values = (0..<rows).map { TestValue?.some(.text("\(group) \($0)")) }
            try writer.append(ColumnBatch([.text], [values]))
            try writer.flushRowGroup()
        }
        _ = try writer.finish()
        return output.bytes
    }

    private func probe(_ filter: ParquetBloomFilter?, _ text: String) -> Bool? {
        filter.map { filter in Array(text.utf8).withUnsafeBytes { filter.mayContain($0) } }
    }

    @Test func `tell which row group may have a value`() async throws {
        let reader = try await ParquetFileReader(ParquetInput(name: "f", try file(groups: 3, rows: 100)))

        for group in 0..<3 {
            let filter = try await reader.bloomFilter(of: column, inRowGroup: group)
            #expect((0..<100).allSatisfy { probe(filter, "\(group) \($0)") == true })
            #expect((0..<100).count { probe(filter, "\(group + 1) \($0)") == true } < 10)
        }
    }

    @Test func `are where no one asked for them not at all`() async throws {
        let output = TestOutput()
        let writer = ParquetFileWriter([.text, .long], to: output)
        try writer.append(ColumnBatch([.text, .long], [["a"], [1]]))
        _ = try writer.finish()
        let reader = try await ParquetFileReader(ParquetInput(name: "f", output.bytes))

        #expect(try await reader.bloomFilter(of: testColumns([.text])[0], inRowGroup: 0) == nil)
        let missing = ParquetColumn(name: "other", type: .text, fieldID: 77)
        #expect(try await reader.bloomFilter(of: missing, inRowGroup: 0) == nil)
    }

    @Test func `leave the values of the file as they were`() async throws {
        let bytes = try file(groups: 2, rows: 50)

        let values = try await readRows(bytes, [column])

        #expect(values[0].count == 100)
        #expect(values[0][99] == "1 49")
    }

    @Test func `survive damage`() async throws {
        var random = SplitMix64(seed: 1)
        let bytes = try file(groups: 1, rows: 40)
        var answers = 0
        for _ in 0..<400 {
            let input = ParquetInput(name: "f", bytes.mutated(using: &random))
            do {
                _ = try await ParquetFileReader(input).bloomFilter(of: column, inRowGroup: 0)
                answers += 1
            } catch let error as NilusError {
                #expect(error.message.hasPrefix("cannot read "))
            }
        }
        #expect(answers > 0)
    }

    private func numbers(_ type: FieldType, _ values: [TestValue?]) async throws -> ParquetBloomFilter {
        let output = TestOutput()
        let column = ParquetColumn(name: "c0", type: type, fieldID: 1, hasBloomFilter: true)
        let writer = ParquetFileWriter(
            columns: [column], options: .test(), scratch: ParquetScratch(), output: output.write)
        try writer.append(ColumnBatch([type], [values]))
        _ = try writer.finish()
        let reader = try await ParquetFileReader(ParquetInput(name: "f", output.bytes))
        return try #require(try await reader.bloomFilter(of: column, inRowGroup: 0))
    }

    @Test func `know numbers of every width`() async throws {
        for type in [FieldType.int, .long, .date, .timestamp, .timestampWithZone] {
            let filter = try await numbers(type, [-7, nil, 40_000])

            #expect(filter.mayContain(Int64(-7)) && filter.mayContain(Int64(40_000)))
            #expect(!filter.mayContain(Int64(8)) && !filter.mayContain(Int64.max))
        }
        for precision in [9, 18, 30] {
            let filter = try await numbers(
                .decimal(precision: precision, scale: 2), [.decimal(-7), nil, .decimal(40_000)])

            #expect(filter.mayContain(Int128(-7)) && filter.mayContain(Int128(40_000)))
            #expect(!filter.mayContain(Int128(8)) && !filter.mayContain(Int128.max))
        }
    }
}
