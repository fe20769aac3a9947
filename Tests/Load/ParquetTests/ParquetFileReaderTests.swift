import NilusCore
import Records
import Testing

@testable import Parquet

struct `A reader of a file` {
    private func bytes(_ types: [FieldType], _ groups: [[[TestValue?]]], required: Bool = false) throws -> [UInt8] {
        let output = TestOutput()
        let writer = ParquetFileWriter(types, required: required, to: output)
        for values in groups {
            try writer.append(ColumnBatch(types, values))
            try writer.flushRowGroup()
        }
        _ = try writer.finish()
        return output.bytes
    }

    private func reader(_ bytes: [UInt8]) async throws -> ParquetFileReader {
        try await ParquetFileReader(ParquetInput(name: "a.parquet", bytes))
    }

    private func message(_ action: () async throws -> Void) async -> String? {
        await (#expect(throws: NilusError.self) { try await action() })?.line
    }

    @Test func `tells what is in it`() async throws {
        let reader = try await reader(bytes([.long, .text], [[[1, 2], ["a", nil]], [[3], ["b"]]]))

        #expect(reader.rowCount == 3)
        #expect(reader.createdBy == "test version 1")
        #expect(reader.columns.map(\.name) == ["c0", "c1"])
        #expect(reader.columns.map(\.fieldID) == [1, 2])
        #expect(reader.columns.map(\.type) == [.long, .text])
        #expect(reader.rowGroups.map(\.firstRow) == [0, 2])
        #expect(reader.rowGroups.map(\.rowCount) == [2, 1])
    }

    @Test func `reads columns in any order, and none where the file has none`() async throws {
        let bytes = try bytes([.long, .text], [[[1, nil], ["a", "b"]]])
        let later = ParquetColumn(name: "later", type: .double, fieldID: 9)

        let values = try await readRows(bytes, testColumns([.long, .text]).reversed() + [later])

        #expect(values == [["a", "b"], [1, nil], [nil, nil]])
    }

    @Test func `finds a column by its id, whatever its name is`() async throws {
        let bytes = try bytes([.long, .text], [[[1], ["a"]]])

        let renamed = ParquetColumn(name: "new name", type: .long, fieldID: 1)
        let namesake = ParquetColumn(name: "c0", type: .long, fieldID: 5)

        #expect(try await readRows(bytes, [renamed, namesake]) == [[1], [nil]])
    }

    @Test func `reads single row groups, each with its position`() async throws {
        let reader = try await reader(bytes([.long], [[[1, 2]], [[3, 4, 5]], [[6]]]))
        let batches = try reader.batches(of: testColumns([.long]), inRowGroups: [2, 0])

        var found: [Int?: [TestValue?]] = [:]
        while let firstRow = try await batches.next() {
            found[firstRow] = batches.batch.columns[0].testValues(rowCount: batches.batch.rowCount)
        }

        #expect(found == [5: [6], 0: [1, 2]])
    }

    @Test func `widens numbers`() async throws {
        let types: [FieldType] = [.int, .float, .decimal(precision: 9, scale: 2), .timestamp, .json]
        let bytes = try bytes(types, [[[-7], [1.5], [.decimal(-250)], [12], ["{}"]]])
        let wider: [FieldType] = [.long, .double, .decimal(precision: 38, scale: 2), .timestampWithZone, .text]

        #expect(try await readRows(bytes, testColumns(wider)) == [[-7], [1.5], [.decimal(-250)], [12], ["{}"]])
    }

    @Test(arguments: [
        (FieldType.long, FieldType.int, "INT64"), (.double, .float, "DOUBLE"), (.text, .long, "BYTE_ARRAY, string"),
        (.decimal(precision: 9, scale: 2), .decimal(precision: 8, scale: 2), "INT32, decimal(9, 2)"),
        (.decimal(precision: 9, scale: 2), .decimal(precision: 9, scale: 3), "INT32, decimal(9, 2)"),
        (.date, .timestamp, "INT32, date"), (.boolean, .long, "BOOLEAN"),
    ])
    func `refuses to narrow`(_ stored: FieldType, _ wanted: FieldType, _ words: String) async throws {
        let reader = try await reader(bytes([stored], [[[nil]]]))

        let error = #expect(throws: NilusError.self) { try reader.batches(of: testColumns([wanted])) }

        #expect(error?.code == .schemaConflict)
        #expect(
            error?.line
                == "cannot read column 'c0' of Parquet file 'a.parquet': it is of type \(words); the table's type is '\(wanted)'"
        )
    }

    private static let shared: [(FieldType, ParquetBound, TestValue)] = [
        (.long, .integer(-7), -7), (.boolean, .integer(1), 1), (.date, .integer(19_000), 19_000),
        (.double, .double(0.5), 0.5), (.decimal(precision: 9, scale: 2), .decimal(-250), .decimal(-250)),
        (.text, .bytes(Array("eur".utf8), isExact: true), "eur"),
    ]

    @Test(arguments: shared)
    func `fills a column that only the place of the file tells`(
        _ type: FieldType, _ value: ParquetBound, _ expected: TestValue
    ) async throws {
        let stored = try bytes([.long], [[[1, 2, 3]], [[4]]])
        let wanted = ParquetColumn(name: "place", type: type, fieldID: 9, isRequired: true)
        let reader = try await ParquetFileReader(
            ParquetInput(name: "a.parquet", stored), lookup: ParquetFieldLookup(sharedValues: [9: value]))

        let batches = try reader.batches(of: [wanted] + testColumns([.long]))
        var found: [[TestValue?]] = [[], []]
        while try await batches.next() != nil {
            for (number, column) in batches.batch.columns.enumerated() {
                found[number] += column.testValues(rowCount: batches.batch.rowCount)
            }
        }

        #expect(found == [[expected, expected, expected, expected], [1, 2, 3, 4]])
        #expect(
            try reader.statistics(of: wanted, inRowGroup: 0)
                == ParquetChunkStatistics(nullCount: 0, lowerBound: value, upperBound: value))
    }

    @Test func `believes a file about its own columns, and no place about values of another type`() async throws {
        let stored = try bytes([.long], [[[1]]])
        let lookup = ParquetFieldLookup(sharedValues: [1: .integer(5), 8: nil, 9: .integer(5)])
        let reader = try await ParquetFileReader(ParquetInput(name: "a.parquet", stored), lookup: lookup)

        let batches = try reader.batches(
            of: testColumns([.long]) + [ParquetColumn(name: "null", type: .text, fieldID: 8)])
        _ = try await batches.next()
        let error = #expect(throws: NilusError.self) {
            try reader.batches(of: [ParquetColumn(name: "place", type: .text, fieldID: 9)])
        }

        #expect(batches.batch.columns.map { $0.testValues(rowCount: 1) } == [[1], [nil]])
        #expect(
            error?.line == "cannot read column 'place' of Parquet file 'a.parquet': it is not there; the place of the "
                + "file tells a value of another type than 'string'")
    }

    @Test func `refuses to be without what is required`() async throws {
        let bytes = try bytes([.long], [[[1, 2]], [[3, nil]]])

        let missing = await message {
            _ = try await readRows(bytes, [ParquetColumn(name: "id", type: .text, fieldID: 9, isRequired: true)])
        }
        let gap = await message { _ = try await readRows(bytes, testColumns([.long], required: true)) }

        #expect(
            missing
                == "cannot read column 'id' of Parquet file 'test.parquet': it is not there; the table requires it")
        #expect(
            gap
                == "cannot read column 'c0' of Parquet file 'test.parquet': row 3 has no value; the table requires one")
    }

    @Test func `tells counts and bounds of each row group`() async throws {
        let bytes = try bytes(
            [.long, .text, .double, .json],
            [
                [[5, nil, -5], ["b", "a", nil], [.double(.nan), 1.5, 0.0], ["{}", nil, nil]],
                [[nil], ["c"], [nil], [nil]],
            ])
        let reader = try await reader(bytes)
        let columns = testColumns([.long, .text, .double, .json])

        let statistics = try (0..<2).map { group in try columns.map { try reader.statistics(of: $0, inRowGroup: group) }
        }

        func text(_ text: String) -> ParquetBound { .bytes(Array(text.utf8), isExact: true) }
        #expect(
            statistics[0] == [
                .init(nullCount: 1, lowerBound: .integer(-5), upperBound: .integer(5)),
                .init(nullCount: 1, lowerBound: text("a"), upperBound: text("b")),
                .init(nullCount: 0, lowerBound: .double(-0.0), upperBound: .double(1.5)),
                .init(nullCount: 2, lowerBound: nil, upperBound: nil),
            ])
        #expect(
            statistics[1] == [
                .init(nullCount: 1, lowerBound: nil, upperBound: nil),
                .init(nullCount: 0, lowerBound: text("c"), upperBound: text("c")),
                .init(nullCount: 1, lowerBound: nil, upperBound: nil),
                .init(nullCount: 1, lowerBound: nil, upperBound: nil),
            ])
        let missing = ParquetColumn(name: "later", type: .long, fieldID: 9)
        #expect(
            try reader.statistics(of: missing, inRowGroup: 0)
                == .init(nullCount: 3, lowerBound: nil, upperBound: nil))
    }

    @Test func `asks for the footer, then for the chunks it reads`() async throws {
        let bytes = try bytes([.text, .text], [[Array(repeating: "a", count: 9), (0..<9).map { .text("x\($0)") }]])
        let requests = Requests()
        let input = ParquetInput(name: "f", byteCount: bytes.count) { range in
            await requests.add(range)
            return Array(bytes[range])
        }

        let batches = try await ParquetFileReader(input).batches(of: [testColumns([.text, .text])[1]])
        while try await batches.next() != nil {}

        let asked = await requests.ranges
        #expect(asked.count == 2)
        #expect(asked.first == 0..<bytes.count)
        #expect((asked.last?.count ?? 0) < bytes.count / 3)
    }

    @Test func `refuses storage that gives fewer bytes`() async throws {
        let input = ParquetInput(name: "f", byteCount: 100) { range in Array(repeating: 0, count: range.count - 1) }

        #expect(
            await message { _ = try await ParquetFileReader(input) }
                == "cannot read Parquet file 'f': it has 99 bytes where 100 were to be read; check the file with the engine that wrote it"
        )
    }

    struct NoFile: Sendable, CustomTestStringConvertible {
        let text: String
        let found: String
        var testDescription: String { found }
    }

    @Test(arguments: [
        NoFile(text: "", found: "it has only 0 bytes"),
        NoFile(text: "PAR1PAR1", found: "it has only 8 bytes"),
        NoFile(text: "hello, this is a text", found: "it has no 'PAR1' at its end"),
        NoFile(text: "PARE\0\0\0\0PARE", found: "it has an encrypted footer"),
        NoFile(text: "PAR1\u{1}\0\0\0PAR1", found: "it has a footer of 1 bytes in 12"),
        NoFile(text: "PAR1\0\0\0\0PAR1", found: "its footer has an end inside a structure"),
        NoFile(text: "PAR1\0\u{1}\0\0\0PAR1", found: "its footer has no schema"),
    ])
    func `refuses what is no file`(_ file: NoFile) async {
        #expect(
            await message { _ = try await reader(Array(file.text.utf8)) }
                == "cannot read Parquet file 'a.parquet': \(file.found); check the file with the engine that wrote it")
    }

    @Test func `keeps to its limits`() async throws {
        let texts = (0..<20).map { TestValue?.some(.text(String(repeating: "\($0)", count: 1_000))) }
        let bytes = try bytes([.text], [[texts]])

        var limits = ParquetReadLimits()
        limits.footerBytes = 50
        let footer = await message { _ = try await ParquetFileReader(ParquetInput(name: "f", bytes), limits: limits) }
        limits = ParquetReadLimits()
        limits.pageBytes = 10_000
        let page = await message { _ = try await readRows(bytes, testColumns([.text]), limits: limits) }

        #expect(
            footer == "cannot read Parquet file 'f': it has a footer of 151 B, more than 50 B; "
                + "check the file with the engine that wrote it")
        #expect(
            page == "cannot read Parquet file 'test.parquet': column 'c0', page at byte 4, has 29.4 KiB, more than "
                + "9.8 KiB; check the file with the engine that wrote it")
    }

    @Test(arguments: [1, 500])
    func `makes batches small where texts are large`(_ distinct: Int) async throws {
        let texts = (0..<500).map { TestValue?.some(.text(String(repeating: "x", count: 998 + $0 % distinct % 3))) }
        let bytes = try bytes([.text], [[texts]])
        var limits = ParquetReadLimits()
        limits.batchBytes = 10_000
        let reader = try await ParquetFileReader(ParquetInput(name: "f", bytes), limits: limits)
        let batches = try reader.batches(of: testColumns([.text]))

        var largest = 0
        var batchCount = 0
        while try await batches.next() != nil {
            largest = max(largest, batches.batch.columns[0].textBytes.count)
            batchCount += 1
        }

        #expect(largest <= 10_100)
        #expect((50...70).contains(batchCount))
    }
}

/// The ranges that were read, in order.
private actor Requests {
    private(set) var ranges: [Range<Int>] = []

    func add(_ range: Range<Int>) { ranges.append(range) }
}
