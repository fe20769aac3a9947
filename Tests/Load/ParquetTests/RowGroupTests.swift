import Parquet
import Records
import Testing

struct `Each row group` {
    /// Writes each list of values as a row group of its own.
    private func file(_ type: FieldType, _ groups: [[TestValue?]]) throws -> FileReader {
        let output = TestOutput()
        let writer = ParquetFileWriter([type], to: output)
        for values in groups {
            try writer.append(ColumnBatch([type], [values]))
            try writer.flushRowGroup()
        }
        _ = try writer.finish()
        return FileReader(output.bytes)
    }

    /// For each row group, whether each of its pages is a dictionary.
    private func dictionaries(_ file: FileReader) throws -> [[Bool]] {
        try file.chunks(of: 0).map { try file.pages(of: $0).map(\.isDictionary) }
    }

    @Test func `has a dictionary of its own`() throws {
        let file = try file(.text, [["a", "b", "a", "b"], ["b", "c", "b", "c"]])

        let bodies = try file.chunks(of: 0).map { try file.pages(of: $0)[0].body }
        #expect(bodies[0] == [1, 0, 0, 0, 0x61, 1, 0, 0, 0, 0x62])
        #expect(bodies[1] == [1, 0, 0, 0, 0x62, 1, 0, 0, 0, 0x63])
    }

    @Test func `has bounds and counts of its own`() throws {
        let file = try file(.long, [[5, nil, 5, 5], [2, 2, 2, nil, nil], [9]])

        let statistics = file.chunks(of: 0).map { $0[12] }
        #expect(statistics.map { $0?[3] } == [.integer(1), .integer(2), .integer(0)])
        #expect(statistics.map { $0?[5]?.binary?.first } == [5, 2, 9])
        #expect(statistics.map { $0?[6]?.binary?.first } == [5, 2, 9])
    }

    @Test func `decides by its own values whether a dictionary pays`() throws {
        let words: [TestValue?] = Array(repeating: "word", count: 500)
        let names: [TestValue?] = (0..<20).map { .text("name \($0)") }

        #expect(try dictionaries(file(.text, [words, names, words])) == [[true, false], [false], [true, false]])
    }

    @Test func `gives a dictionary less time where one was useless before`() throws {
        let unique: [TestValue?] = (0..<130).map { .integer($0) }
        let repeated: [TestValue?] = unique + Array(repeating: 7, count: 1_000)

        #expect(try dictionaries(file(.long, [repeated])) == [[true, false]])
        #expect(try dictionaries(file(.long, [unique, repeated])) == [[false], [false]])
    }

    @Test func `leaves little memory behind when its file rests`() throws {
        let rows: [TestValue?] = (0..<5_000).map { .text("value \($0 % 700)") }
        let (output, same) = (TestOutput(), TestOutput())
        let writer = ParquetFileWriter([.text, .long], to: output)
        let other = ParquetFileWriter([.text, .long], to: same)

        for _ in 0..<3 {
            let batch = ColumnBatch([.text, .long], [rows, (0..<5_000).map { .integer($0) }])
            try writer.append(batch)
            try writer.rest()
            try other.append(batch)
            try other.flushRowGroup()
            #expect(writer.bufferedBytes < 4_096)
            #expect(other.bufferedBytes > 40_000)
        }

        _ = try writer.finish()
        _ = try other.finish()
        #expect(output.bytes == same.bytes)
    }
}
