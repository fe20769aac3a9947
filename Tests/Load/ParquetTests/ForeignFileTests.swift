import NilusCore
import Parquet
import Records
import SeededRandom
import Testing

/// Small files that pyarrow and Spark wrote; `record-others.py` and `record-spark.py` beside them tell how.
struct `Files of other writers` {
    static let names = [
        "pyarrow-v1-snappy", "pyarrow-v1-plain", "pyarrow-v2-deltas", "pyarrow-v2-gzip", "spark-v1-snappy",
        "spark-v2-plain",
    ]

    private static let types: [(String, FieldType)] = [
        ("text", .text), ("word", .text), ("long", .long), ("int", .int), ("flag", .boolean), ("double", .double),
        ("decimal", .decimal(precision: 30, scale: 2)), ("required", .text),
    ]

    private var columns: [ParquetColumn] {
        Self.types.enumerated().map { position, column in
            ParquetColumn(name: column.0, type: column.1, fieldID: Int32(900 + position))
        }
    }

    private func file(_ name: String) throws -> [UInt8] {
        let folder = #filePath.dropLast("Load/ParquetTests/ForeignFileTests.swift".count) + "Golden/Parquet"
        return Array(try Files.read("\(folder)/\(name).parquet", limit: 1_000_000))
    }

    /// The values of a row, as the recording program made them.
    private func row(_ row: Int) -> [TestValue?] {
        let number = Int64(row)
        let required = TestValue.text("id_" + String(String(10_000 + row).dropFirst()))
        guard row % 5 != 4 else { return [nil, nil, nil, nil, nil, nil, nil, required] }
        return [
            .text("text \(row / 3)"), .text("word \(row % 3)"), .integer(number * number * 1_000_003 - 5_000),
            .integer(row % 2 == 1 ? Int64(Int32.max) - number : Int64(Int32.min) + number),
            .integer(row % 3 == 0 ? 1 : 0), .double(Double(row) / 8 - 3),
            .decimal(Int128(row) * 100_000_000_000_000_000_000 - 7), required,
        ]
    }

    @Test(arguments: names)
    func `are read`(_ name: String) async throws {
        var limits = ParquetReadLimits()
        limits.requestBytes = 100
        limits.batchRows = 17

        let values = try await readRows(try file(name), columns, limits: limits)

        for position in columns.indices {
            #expect(values[position] == (0..<200).map { row($0)[position] })
        }
    }

    @Test(arguments: ["spark-v1-snappy", "spark-v2-plain"])
    func `have Bloom filters that are understood`(_ name: String) async throws {
        let reader = try await ParquetFileReader(ParquetInput(name: name, try file(name)))
        let filter = try #require(try await reader.bloomFilter(of: columns[7], inRowGroup: 0))

        func mayContain(_ text: String) -> Bool { Array(text.utf8).withUnsafeBytes { filter.mayContain($0) } }
        #expect(
            (0..<200).allSatisfy {
                row($0)[7].map { if case .text(let id) = $0 { mayContain(id) } else { false } } == true
            })
        #expect((0..<200).count { mayContain("other \($0)") } < 20)
    }

    /// Damage ends in an error that names the file, or in values; it never traps and always ends.
    @Test(arguments: names, UInt64(0)..<2)
    func `survive damage`(_ name: String, _ seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let bytes = try file(name)
        for _ in 0..<50 { try await read(bytes.mutated(using: &random)) }
    }

    @Test(arguments: names)
    func `survive being cut off`(_ name: String) async throws {
        let bytes = try file(name)
        for count in stride(from: 0, to: bytes.count, by: 797) { try await read(Array(bytes.prefix(count))) }
        // With a sound footer but without some bytes before it.
        for start in stride(from: 4, to: bytes.count - 2_000, by: 797) {
            try await read(Array(bytes[..<start] + bytes[(start + 97)...]))
        }
    }

    private func read(_ bytes: [UInt8]) async throws {
        do {
            _ = try await readRows(bytes, columns)
        } catch let error as NilusError {
            #expect(error.message.contains("Parquet file 'test.parquet'"))
            #expect(error.code == .sinkRefused || error.code == .schemaConflict)
        }
    }
}

struct `Our own files` {
    @Test(arguments: UInt64(0)..<4)
    func `survive damage`(_ seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let types: [FieldType] = [.long, .text, .boolean, .double, .decimal(precision: 30, scale: 2)]
        let output = TestOutput()
        let writer = ParquetFileWriter(types, options: .test { $0.pageRowLimit = 40 }, to: output)
        let numbers = (0..<100).map { $0 % 4 == 0 ? nil : TestValue.integer(Int64($0 % 7)) }
        let texts = (0..<100).map { TestValue?.some(.text("text \($0)")) }
        let doubles = (0..<100).map { TestValue?.some(.double(Double($0))) }
        let decimals = (0..<100).map { TestValue?.some(.decimal(Int128($0))) }
        let flags = (0..<100).map { TestValue?.some(.integer(Int64($0 % 2))) }
        try writer.append(ColumnBatch(types, [numbers, texts, flags, doubles, decimals]))
        _ = try writer.finish()

        var refused = 0
        for _ in 0..<100 {
            do {
                _ = try await readRows(output.bytes.mutated(using: &random), testColumns(types))
            } catch let error as NilusError {
                #expect(error.message.contains("Parquet file 'test.parquet'"))
                refused += 1
            }
        }
        // Nearly every damage is seen: pages carry checksums.
        #expect(refused > 60)
    }
}
