import Parquet
import Records
import SeededRandom
import Testing

/// Random batches, written with random sizes, are read back by the tests' own reader and by the room's.
struct `Random batches` {
    private static let types: [FieldType] = [
        .boolean, .int, .long, .float, .double, .date, .timestamp, .timestampWithZone, .text, .json,
        .decimal(precision: 7, scale: 2), .decimal(precision: 15, scale: 2), .decimal(precision: 30, scale: 9),
    ]

    @Test(arguments: UInt64(0)..<25)
    func `come back as they were`(_ seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let types = (0..<(1 + random.below(5))).map { _ in random.one(of: Self.types) }
        let output = TestOutput()
        let writer = ParquetFileWriter(types, options: sizes(&random), to: output)
        let shapes = types.map { ($0, random.one(of: [0, 1, 5, 10]), random.one(of: [1, 3, 1_000])) }
        var expected = types.map { _ in [TestValue?]() }

        for _ in 0..<random.below(6) {
            let rowCount = random.below(300)
            let values = shapes.map { type, share, distinct in
                (0..<rowCount).map { _ in random.below(10) < share ? value(type, distinct, &random) : nil }
            }
            try writer.append(ColumnBatch(types, values))
            for column in values.indices { expected[column] += values[column] }
        }
        let summary = try writer.finish()

        let file = FileReader(output.bytes)
        #expect(summary.rowCount == expected[0].count)
        for (column, type) in types.enumerated() {
            let fixed = file.columns[column].fixedByteCount
            #expect(try file.values(of: column) == expected[column].map { $0.map { stored($0, type, fixed) } })
        }
        #expect(try await readRows(output.bytes, testColumns(types), limits: limits(&random)) == expected)
    }

    private func sizes(_ random: inout SplitMix64) -> ParquetOptions {
        .test { options in
            options.pageBytes = random.one(of: [1, 30, 1_000, 65_536])
            options.pageRowLimit = random.one(of: [1, 9, 100, 20_000])
            options.dictionaryBytes = random.one(of: [0, 50, 32_768])
            options.rowGroupBytes = random.one(of: [100, 5_000, 8_000_000])
        }
    }

    private func limits(_ random: inout SplitMix64) -> ParquetReadLimits {
        var limits = ParquetReadLimits()
        limits.requestBytes = random.one(of: [1, 100, 5_000, 1_000_000])
        limits.batchRows = random.one(of: [1, 7, 1_000])
        limits.batchBytes = random.one(of: [1, 50, 1_000_000])
        return limits
    }

    private func value(_ type: FieldType, _ distinct: Int, _ random: inout SplitMix64) -> TestValue {
        let number = Int64(random.below(distinct)) &* 0x1357_9BDF &- 3
        switch type.storage {
        case .integers: return .integer(type == .boolean ? number & 1 : Int64(Int32(truncatingIfNeeded: number)))
        case .doubles: return .double(Double(Float(number) / 8))
        case .decimals: return .decimal(Int128(number % 10_000_000))
        case .text: return .text(String(repeating: "é\(number) ", count: abs(Int(number)) % 5))
        }
    }

    private func stored(_ value: TestValue, _ type: FieldType, _ fixedByteCount: Int?) -> StoredValue {
        switch value {
        case .integer(let number): return .number(number)
        case .double(let number):
            return .number(
                type == .float ? Int64(Float(number).bitPattern) : Int64(bitPattern: number.bitPattern))
        case .decimal(let number):
            guard let fixedByteCount else { return .number(Int64(number)) }
            return .bytes(withUnsafeBytes(of: number.bigEndian) { Array($0.suffix(fixedByteCount)) })
        case .text(let text): return .bytes(Array(text.utf8))
        }
    }
}
