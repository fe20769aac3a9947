import Parquet
import Records
import Testing

struct `Pages` {
    private func pages(
        _ type: FieldType, _ values: [TestValue?], required: Bool = true, options: ParquetOptions = .test()
    ) throws -> [FileReader.Page] {
        let file = try fileOf([type], [values], required: required, options: options).file
        return try file.chunks(of: 0).flatMap { try file.pages(of: $0) }
    }

    @Test func `hold booleans as bits, the first lowest`() throws {
        let values: [TestValue?] = [1, 0, 1, 1, 0, 0, 0, 0, 1, 1]

        let page = try #require(try pages(.boolean, values).first)

        #expect(page.body == [0b0000_1101, 0b11])
        #expect(page.rowCount == 10)
    }

    @Test func `hold numbers with the lowest byte first`() throws {
        #expect(try pages(.int, [-2]).first?.body == [0xFE, 0xFF, 0xFF, 0xFF])
        #expect(try pages(.long, [258]).first?.body == [2, 1, 0, 0, 0, 0, 0, 0])
        #expect(try pages(.float, [1.5]).first?.body == [0, 0, 0xC0, 0x3F])
    }

    struct DecimalCase: Sendable, CustomTestStringConvertible {
        let precision: Int
        let value: Int128
        let bytes: [UInt8]
        var testDescription: String { "\(value) in \(precision) digits" }
    }

    @Test(arguments: [
        DecimalCase(precision: 9, value: -1, bytes: [0xFF, 0xFF, 0xFF, 0xFF]),
        DecimalCase(precision: 9, value: 123_456_789, bytes: [0x15, 0xCD, 0x5B, 0x07]),
        DecimalCase(precision: 18, value: -2, bytes: [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
        DecimalCase(precision: 19, value: 258, bytes: [0, 0, 0, 0, 0, 0, 0, 1, 2]),
        DecimalCase(precision: 19, value: -258, bytes: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFE]),
        DecimalCase(
            precision: 38, value: 99_999_999_999_999_999_999_999_999_999_999_999_999,
            bytes: [
                0x4B, 0x3B, 0x4C, 0xA8, 0x5A, 0x86, 0xC4, 0x7A, 0x09, 0x8A, 0x22, 0x3F, 0xFF, 0xFF, 0xFF, 0xFF,
            ]),
    ])
    func `hold small decimals as integers and large ones with the highest byte first`(_ example: DecimalCase) throws {
        let found = try pages(.decimal(precision: example.precision, scale: 2), [.decimal(example.value)])

        #expect(found.map(\.body) == [example.bytes])
    }

    @Test func `hold texts behind their lengths`() throws {
        let found = try pages(.text, ["", "é", "\0"])

        #expect(found.map(\.body) == [[0, 0, 0, 0, 2, 0, 0, 0, 0xC3, 0xA9, 1, 0, 0, 0, 0]])
    }

    @Test func `hold levels before the values of optional columns`() throws {
        let found = try pages(.int, [nil, 7, nil], required: false)

        #expect(found.map(\.body) == [[2, 0, 0, 0, 0x03, 0b010, 7, 0, 0, 0]])
    }

    @Test func `refer to a dictionary, which comes first`() throws {
        let found = try pages(.int, [5, 9, 5, 5, 9, 5, 5, 5, 9])

        #expect(found.map(\.isDictionary) == [true, false])
        #expect(found[0].body == [5, 0, 0, 0, 9, 0, 0, 0])
        // One bit each, in two packed groups.
        #expect(found[1].body == [1, 0x05, 0b0001_0010, 0b1])
        #expect(found[1].encoding == 8)
    }

    @Test func `need no dictionary for values that do not repeat`() throws {
        let found = try pages(.long, [1, 2, 3])

        #expect(found.map(\.isDictionary) == [false])
        #expect(found[0].encoding == 0)
    }

    @Test func `leave a dictionary that is full, and do not come back to it`() throws {
        let words: [TestValue?] = (0..<40).map { $0 % 2 == 0 ? "yes" : "no" }
        let options = ParquetOptions.test { $0.dictionaryBytes = 16 }

        let found = try pages(.text, words + ["new", "yes", "newer"], options: options)

        #expect(found.map(\.isDictionary) == [true, false, false])
        #expect(found.map(\.encoding) == [-1, 8, 0])
        #expect(found.map(\.rowCount) == [0, 40, 3])
    }

    @Test func `end before the value that would make them too large`() throws {
        let options = ParquetOptions.test {
            $0.pageBytes = 20; $0.dictionaryBytes = 0
        }

        let found = try pages(.text, ["123456", "123456", "1", "12345678901234567890", "1"], options: options)

        #expect(found.map(\.rowCount) == [2, 1, 1, 1])
        #expect(found.map(\.body.count) == [20, 5, 24, 5])
    }

    @Test func `end when they have their rows, empty ones too`() throws {
        let options = ParquetOptions.test { $0.pageRowLimit = 4 }
        let values: [TestValue?] = [nil, nil, nil, nil, nil, 1, nil, 2, 3]

        let found = try pages(.long, values, required: false, options: options)

        #expect(found.map(\.rowCount) == [4, 4, 1])
        #expect(found[0].body == [2, 0, 0, 0, 0x03, 0x00])
    }
}

struct `Column statistics` {
    private func statistics(_ type: FieldType, _ values: [TestValue?]) throws -> ThriftValue? {
        try fileOf([type], [values]).file.chunks(of: 0).first?[12]
    }

    @Test func `tell nulls and exact bounds`() throws {
        let found = try statistics(.int, [3, nil, -1])

        #expect(
            found
                == .structure([
                    ThriftField(id: 3, value: .integer(1)),
                    ThriftField(id: 5, value: .binary([3, 0, 0, 0])),
                    ThriftField(id: 6, value: .binary([0xFF, 0xFF, 0xFF, 0xFF])),
                    ThriftField(id: 7, value: .boolean(true)),
                    ThriftField(id: 8, value: .boolean(true)),
                ]))
    }

    @Test func `tell that bounds are cut`() throws {
        let found = try statistics(.text, ["abcdefghijklmnopqrstuvwxyz", "b"])

        #expect(found?[5]?.text == "b")
        #expect(found?[6]?.text == "abcdefghijklmnop")
        #expect(found?[7] == .boolean(true))
        #expect(found?[8] == .boolean(false))
    }

    @Test func `count NaN and leave it out of the bounds`() throws {
        let mixed = try statistics(.double, [.double(.nan), 1.5, nil])
        let only = try statistics(.float, [.double(.nan), .double(.nan)])

        #expect(mixed?[9] == .integer(1))
        #expect(mixed?[5] == .binary([0, 0, 0, 0, 0, 0, 0xF8, 0x3F]))
        #expect(only == .structure([ThriftField(id: 3, value: .integer(0)), ThriftField(id: 9, value: .integer(2))]))
    }

    @Test func `have no bounds for JSON text and for columns without values`() throws {
        #expect(try statistics(.json, ["{}"]) == .structure([ThriftField(id: 3, value: .integer(0))]))
        #expect(try statistics(.text, [nil, nil]) == .structure([ThriftField(id: 3, value: .integer(2))]))
    }

    @Test func `of the whole file cover all row groups`() throws {
        let output = TestOutput()
        let writer = ParquetFileWriter([.long, .text, .double], to: output)
        let nan = TestValue.double(.nan)
        try writer.append(ColumnBatch([.long, .text, .double], [[5, nil], ["m", "a"], [nan, 1.0]]))
        try writer.flushRowGroup()
        try writer.append(ColumnBatch([.long, .text, .double], [[-5, 9], [nil, nil], [nan, nil]]))

        let summary = try writer.finish()

        let file = FileReader(output.bytes)
        #expect(summary.columns.map(\.fieldID) == [1, 2, 3])
        #expect(summary.columns.map(\.valueCount) == [4, 4, 4])
        #expect(summary.columns.map(\.nullCount) == [1, 2, 1])
        #expect(summary.columns.map(\.nanCount) == [nil, nil, 2])
        #expect(summary.columns.map(\.lowerBound) == [.integer(-5), .bytes([0x61], isExact: true), .double(1)])
        #expect(summary.columns.map(\.upperBound) == [.integer(9), .bytes([0x6D], isExact: true), .double(1)])
        #expect(
            summary.columns.map(\.compressedByteCount)
                == (0..<3).map { column in file.chunks(of: column).compactMap { $0[7]?.integer }.reduce(0, +) })
    }
}
