import Iceberg
import Records
import Testing

struct `Bounds of columns` {
    struct Case: Sendable, CustomTestStringConvertible {
        let value: SingleValue
        let type: FieldType
        let bytes: [UInt8]?
        var testDescription: String { "\(type) \(value)" }
    }

    @Test(arguments: [
        Case(value: .integer(1), type: .boolean, bytes: [1]),
        Case(value: .integer(-2), type: .int, bytes: [0xFE, 0xFF, 0xFF, 0xFF]),
        Case(value: .integer(2_147_483_648), type: .int, bytes: nil),
        Case(value: .integer(258), type: .long, bytes: [2, 1, 0, 0, 0, 0, 0, 0]),
        Case(value: .integer(19_000), type: .date, bytes: [0x38, 0x4A, 0, 0]),
        Case(value: .integer(-1), type: .timestamp, bytes: Array(repeating: 0xFF, count: 8)),
        Case(value: .integer(1), type: .timestampWithZone, bytes: [1, 0, 0, 0, 0, 0, 0, 0]),
        Case(value: .double(1.5), type: .float, bytes: [0, 0, 0xC0, 0x3F]),
        Case(value: .double(1.5), type: .double, bytes: [0, 0, 0, 0, 0, 0, 0xF8, 0x3F]),
        Case(value: .double(.nan), type: .double, bytes: nil),
        Case(value: .decimal(0), type: .decimal(precision: 9, scale: 2), bytes: [0]),
        Case(value: .decimal(1_420), type: .decimal(precision: 9, scale: 2), bytes: [5, 0x8C]),
        Case(value: .decimal(128), type: .decimal(precision: 9, scale: 2), bytes: [0, 0x80]),
        Case(value: .decimal(-128), type: .decimal(precision: 9, scale: 2), bytes: [0x80]),
        Case(value: .decimal(-129), type: .decimal(precision: 9, scale: 2), bytes: [0xFF, 0x7F]),
        Case(value: .decimal(-1), type: .decimal(precision: 38, scale: 12), bytes: [0xFF]),
        Case(value: .text(Array("iceberg".utf8)), type: .text, bytes: Array("iceberg".utf8)),
        Case(value: .text(Array("{}".utf8)), type: .json, bytes: nil),
        Case(value: .integer(1), type: .text, bytes: nil),
    ])
    func `are written as the specification shows`(_ example: Case) {
        #expect(example.value.bytes(of: example.type) == example.bytes)
        #expect(example.value.lowerBound(of: example.type) == example.bytes)
        #expect(example.value.upperBound(of: example.type) == example.bytes)
    }

    struct Text: Sendable, CustomTestStringConvertible {
        let text: String
        let lower: String
        let upper: String?
        var testDescription: String { text }
    }

    @Test(arguments: [
        Text(text: "", lower: "", upper: ""),
        Text(text: "0123456789abcdef", lower: "0123456789abcdef", upper: "0123456789abcdef"),
        Text(text: "0123456789abcdefg", lower: "0123456789abcdef", upper: "0123456789abcdeg"),
        Text(text: "ééééééééééééééééz", lower: "éééééééééééééééé", upper: "éééééééééééééééê"),
        Text(text: "0123456789abcde\u{D7FF}z", lower: "0123456789abcde\u{D7FF}", upper: "0123456789abcde\u{E000}"),
        Text(text: "0123456789abcde\u{10FFFF}z", lower: "0123456789abcde\u{10FFFF}", upper: "0123456789abcdf"),
        Text(
            text: String(repeating: "\u{10FFFF}", count: 17), lower: String(repeating: "\u{10FFFF}", count: 16),
            upper: nil),
    ])
    func `of long texts are cut so that they still bound`(_ example: Text) {
        let value = SingleValue.text(Array(example.text.utf8))

        #expect(value.lowerBound(of: .text).map { String(decoding: $0, as: UTF8.self) } == example.lower)
        #expect(value.upperBound(of: .text).map { String(decoding: $0, as: UTF8.self) } == example.upper)
    }

    @Test func `of floating point zero reach over both zeros`() {
        #expect(SingleValue.double(0).lowerBound(of: .double) == SingleValue.double(-0.0).bytes(of: .double))
        #expect(SingleValue.double(-0.0).upperBound(of: .double) == SingleValue.double(0).bytes(of: .double))
        #expect(SingleValue.double(0).lowerBound(of: .double)?.last == 0x80)
    }

    @Test func `come with the counts of each column`() {
        let file = DataFile(
            path: "p", recordCount: 3, sizeBytes: 99,
            columns: [
                ColumnMetrics(
                    fieldID: 1, type: .long, compressedBytes: 10, valueCount: 3, nullCount: 1, minimum: .integer(1),
                    maximum: .integer(2)),
                ColumnMetrics(
                    fieldID: 2, type: .double, compressedBytes: 20, valueCount: 3, nullCount: 0, nanCount: 3),
                ColumnMetrics(
                    fieldID: 3, type: .json, compressedBytes: 30, valueCount: 3, nullCount: 0,
                    minimum: .text([0x61]), maximum: .text([0x62])),
            ], splitOffsets: [4])

        #expect(file.columnSizes == [1: 10, 2: 20, 3: 30])
        #expect(file.valueCounts == [1: 3, 2: 3, 3: 3])
        #expect(file.nullCounts == [1: 1, 2: 0, 3: 0])
        #expect(file.nanCounts == [2: 3])
        #expect(file.lowerBounds == [1: [1, 0, 0, 0, 0, 0, 0, 0]])
        #expect(file.upperBounds == [1: [2, 0, 0, 0, 0, 0, 0, 0]])
    }

    @Test func `stay whole where a reader compares whole paths`() {
        let path = SingleValue.text(Array("file:///lake/sales/charges/data/a.parquet".utf8))
        let metrics = ColumnMetrics(
            fieldID: 2_147_483_546, type: .text, compressedBytes: 1, valueCount: 1, nullCount: 0, minimum: path,
            maximum: path, keepsWholeTexts: true)

        let file = DataFile(path: "p", recordCount: 1, sizeBytes: 1, columns: [metrics])

        #expect(file.lowerBounds?[2_147_483_546] == path.bytes(of: .text))
        #expect(file.upperBounds?[2_147_483_546] == path.bytes(of: .text))
    }
}
