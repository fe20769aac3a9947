import NilusCore
import Parquet
import Records
import SeededRandom
import Testing

struct `A Parquet file` {
    @Test func `without rows is complete`() throws {
        let output = TestOutput()
        let writer = ParquetFileWriter([.text, .long], to: output)

        let summary = try writer.finish()

        let file = FileReader(output.bytes)
        #expect(file.columns.map(\.name) == ["c0", "c1"])
        #expect(file.metadata[3] == .integer(0))
        #expect(file.rowGroups.isEmpty)
        #expect(summary.rowCount == 0)
        #expect(summary.byteCount == output.bytes.count)
        #expect(summary.footerByteCount == output.bytes.count - 4)
        #expect(summary.splitOffsets == [])
        #expect(summary.columns.map(\.valueCount) == [0, 0])
        #expect(summary.columns.allSatisfy { $0.lowerBound == nil && $0.upperBound == nil })
    }

    @Test func `leaves further columns of a batch out`() throws {
        let output = TestOutput()
        let writer = ParquetFileWriter([.long], to: output)

        try writer.append(ColumnBatch([.long, .text], [[1, 2], ["a", "b"]]))
        _ = try writer.finish()

        let file = FileReader(output.bytes)
        #expect(file.columns.count == 1)
        #expect(try file.values(of: 0) == [.number(1), .number(2)])
    }

    @Test func `takes JSON text where text is declared, and the reverse`() throws {
        let output = TestOutput()
        let writer = ParquetFileWriter([.json, .text], to: output)

        try writer.append(ColumnBatch([.text, .json], [["{}"], ["[]"]]))
        let summary = try writer.finish()

        #expect(summary.columns[0].lowerBound == nil)
        #expect(summary.columns[1].lowerBound == .bytes([0x5B, 0x5D], isExact: true))
    }

    @Test func `begins a row group where the bytes or the rows are reached`() throws {
        let rows = ColumnBatch([.long], [(0..<100).map { TestValue.integer($0 * 7_919) }])
        let output = TestOutput()
        let writer = ParquetFileWriter([.long], options: .test { $0.rowGroupRowLimit = 250 }, to: output)

        for _ in 0..<7 { try writer.append(rows) }
        try writer.flushRowGroup()
        try writer.flushRowGroup()
        let summary = try writer.finish()

        let file = FileReader(output.bytes)
        #expect(file.rowGroups.map { $0[3]?.integer } == [300, 300, 100])
        #expect(summary.splitOffsets == file.rowGroups.map { $0[5]?.integer })
        #expect(summary.rowCount == 700)
        #expect(try file.values(of: 0).count == 700)
    }

    @Test func `holds no more than its row group, however many rows come`() throws {
        let output = TestOutput()
        let limit = 60_000
        let types: [FieldType] = [.text, .text, .long]
        let writer = ParquetFileWriter(
            types,
            options: .test {
                $0.rowGroupBytes = limit; $0.pageBytes = 8_192; $0.dictionaryBytes = 4_096
            },
            to: output)
        var random = SplitMix64(seed: 1)
        var largest = 0

        for _ in 0..<20 {
            let rows = 0..<100
            let values: [[TestValue?]] = [
                rows.map { _ in .text(String((0..<6).map { _ in random.next() }.description)) },
                rows.map { _ in ["usd", "eur", nil][random.below(3)] },
                rows.map { _ in .integer(Int64(bitPattern: random.next())) },
            ]
            try writer.append(ColumnBatch(types, values))
            largest = max(largest, writer.bufferedBytes)
            #expect(writer.bufferedEncodedBytes < limit)
            #expect(writer.bufferedEncodedBytes <= writer.bufferedBytes)
        }
        let summary = try writer.finish()

        #expect(summary.splitOffsets.count > 1)
        #expect(largest < limit + 3 * 3 * 8_192)
    }

    @Test func `gives its pages' memory back with the row group`() throws {
        let writer = ParquetFileWriter([.text], to: TestOutput())
        let text = TestValue.text(String(repeating: "x", count: 300_000))
        try writer.append(ColumnBatch([.text], [[text]]))
        let before = writer.bufferedBytes

        try writer.flushRowGroup()

        #expect(before >= 300_000)
        #expect(writer.bufferedEncodedBytes == 0)
        #expect(writer.bufferedBytes < 1_000)
    }

    @Test func `holds next to nothing for columns without values`() throws {
        let types = Array(repeating: FieldType.text, count: 60)
        let batch = ColumnBatch(types, [])
        for _ in 0..<10_000 { _ = batch.addRow() }
        let writer = ParquetFileWriter(types, to: TestOutput())

        for _ in 0..<10 { try writer.append(batch) }
        let buffered = writer.bufferedBytes
        let summary = try writer.finish()

        // Five finished pages of 20,000 rows for each column, and the list of them.
        #expect(buffered < 60 * 1_024)
        #expect(summary.columns.allSatisfy { $0.nullCount == 100_000 && $0.valueCount == 100_000 })
        #expect(summary.byteCount < 60 * 700)
    }

    @Test func `has the same bytes alone and beside another that shares its scratch`() throws {
        let words: [TestValue?] = (0..<300).map { ["usd", "eur", nil, "jpy"][$0 * $0 % 4] }
        let texts: [TestValue?] = (0..<300).map { .text("text \($0 * 7_919)") }
        let scratch = ParquetScratch()
        let outputs = (0..<3).map { _ in TestOutput() }
        let writers = outputs.enumerated().map { number, output in
            ParquetFileWriter(
                columns: [ParquetColumn(name: "c", type: .text, fieldID: 1)],
                options: .test { $0.pageBytes = 500 }, scratch: number == 2 ? ParquetScratch() : scratch,
                output: output.write)
        }

        for _ in 0..<3 {
            try writers[0].append(ColumnBatch([.text], [words]))
            try writers[1].append(ColumnBatch([.text], [texts]))
            try writers[2].append(ColumnBatch([.text], [words]))
        }
        for writer in writers { _ = try writer.finish() }

        #expect(outputs[0].bytes == outputs[2].bytes)
        #expect(try FileReader(outputs[0].bytes).values(of: 0).count == 900)
        #expect(try FileReader(outputs[1].bytes).values(of: 0).compactMap(\.self).count == 900)
    }

    @Test func `counts what it has written`() throws {
        let output = TestOutput()
        let writer = ParquetFileWriter([.long], to: output)
        #expect(writer.bytesWritten == 0)

        try writer.append(ColumnBatch([.long], [[1, 2, nil]]))
        #expect(writer.rowCount == 3)
        #expect(writer.bytesWritten == 0)

        try writer.flushRowGroup()
        #expect(writer.bytesWritten == output.bytes.count)
        #expect(try writer.finish().byteCount == output.bytes.count)
    }
}

struct `A Parquet writer refuses` {
    private func error(_ types: [FieldType], required: Bool = false, _ values: [[TestValue?]]) -> NilusError? {
        #expect(throws: NilusError.self) { try fileOf(types, values, required: required) }
    }

    @Test func `a row without a value where one is required`() {
        let refused = error([.long, .text], required: true, [[1, 2, 3], ["a", "b", nil]])

        #expect(refused?.code == .schemaConflict)
        #expect(refused?.message == "cannot write row 2 of column 'c1': it has no value; the table requires one")
    }

    @Test func `a value that its column cannot hold`() {
        let refused = error([.int], [[nil, 1, 2_147_483_648]])

        #expect(refused?.code == .schemaConflict)
        #expect(
            refused?.message
                == "cannot write row 2 of column 'c0': 2147483648 does not fit; the table's type is 'int'")
        #expect(error([.decimal(precision: 5, scale: 2)], [[.decimal(100_000)]])?.code == .schemaConflict)
        #expect(error([.decimal(precision: 20, scale: 2)], [[.decimal(-100_000_000_000_000_000_000)]]) != nil)
    }

    @Test func `batches of another shape`() {
        let writer = ParquetFileWriter([.long, .text], to: TestOutput())

        let fewer = #expect(throws: NilusError.self) { try writer.append(ColumnBatch([.long], [[1]])) }
        let other = #expect(throws: NilusError.self) {
            try writer.append(ColumnBatch([.long, .double], [[1], [1.5]]))
        }

        #expect(
            fewer?.message
                == "cannot go on: a batch of 1 columns came to a file of 2; this is a defect of nilus, report it")
        #expect(
            other?.message
                == "cannot go on: column 'c1' of type 'string' got values of 'double'; "
                + "this is a defect of nilus, report it")
        #expect(other?.code == .internalDefect)
    }

    @Test func `to go on after an error of its output`() throws {
        let output = TestOutput()
        output.byteLimit = 10
        let writer = ParquetFileWriter([.long], to: output)
        try writer.append(ColumnBatch([.long], [[1]]))

        #expect(throws: OutputRefused()) { try writer.finish() }
        let second = #expect(throws: NilusError.self) { try writer.finish() }

        #expect(second?.code == .internalDefect)
    }

    @Test func `to go on after the end`() throws {
        let writer = ParquetFileWriter([.long], to: TestOutput())
        _ = try writer.finish()

        #expect(throws: NilusError.self) { try writer.append(ColumnBatch([.long], [[1]])) }
        #expect(throws: NilusError.self) { try writer.flushRowGroup() }
    }
}
