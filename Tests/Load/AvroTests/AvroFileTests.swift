import Avro
import JSON
import SeededRandom
import Testing

struct `Avro files` {
    private static let sync = [UInt8](0..<16)
    private static let long = AvroSchema(.long)

    private func file(
        _ values: [AvroValue], _ schema: AvroSchema, codec: AvroCodec = .null,
        header: [(name: String, value: String)] = []
    ) throws -> [UInt8] {
        var writer = AvroFileWriter(schema: schema, header: header, codec: codec, sync: Self.sync)
        for value in values { try writer.append(value) }
        return writer.finish()
    }

    private func values(of file: [UInt8]) throws -> [AvroValue] {
        var reader = try AvroFileReader(file)
        var values: [AvroValue] = []
        while let value = try reader.next() { values.append(value) }
        return values
    }

    @Test func `have the bytes that the specification shows`() throws {
        let bytes = try file([.long(0), .long(-1), .long(1), .long(-64), .long(64)], Self.long)

        let expected: [[UInt8]] = [
            [0x4F, 0x62, 0x6A, 1], [4],
            [22], Array("avro.schema".utf8), [12], Array(#""long""#.utf8),
            [20], Array("avro.codec".utf8), [8], Array("null".utf8), [0],
            Self.sync, [10, 12], [0, 1, 2, 0x7F, 0x80, 1], Self.sync,
        ]
        #expect(bytes == expected.flatMap { $0 })
    }

    @Test(arguments: [Int64.min, -4_294_967_296, -65, -1, 0, 63, 64, 8_191, 8_192, 2_147_483_648, .max])
    func `hold any long`(_ number: Int64) throws {
        #expect(try values(of: file([.long(number)], Self.long)) == [.long(number)])
    }

    private static let everything = AvroSchema(
        .record(
            name: "everything",
            fields: [
                AvroField("n", AvroSchema(.null)), AvroField("b", AvroSchema(.boolean)),
                AvroField("i", AvroSchema(.int)), AvroField("f", AvroSchema(.float)),
                AvroField("d", AvroSchema(.double)), AvroField("y", AvroSchema(.bytes)),
                AvroField("s", AvroSchema(.string)), AvroField("x", AvroSchema(.fixed(name: "x", size: 3))),
                AvroField("e", AvroSchema(.enumeration(name: "e", symbols: ["p", "q"]))),
                AvroField("a", AvroSchema(.array(AvroSchema.optional(AvroSchema(.long))))),
                AvroField("m", AvroSchema(.map(AvroSchema(.string)))),
                AvroField("r", AvroSchema(.record(name: "r", fields: []))),
            ]))

    private static let everyValue = AvroValue.record([
        .null, .boolean(true), .int(-2_147_483_648), .float(1.5), .double(-0.0), .bytes([0, 255]), .string("é😀"),
        .bytes([1, 2, 3]), .enumeration(1), .array([.optional(nil), .optional(.long(7))]),
        .map([AvroEntry("k", .string("")), AvroEntry("", .string("v"))]), .record([]),
    ])

    @Test(arguments: AvroCodec.allCases) func `hold every kind of value`(_ codec: AvroCodec) throws {
        let header = [(name: "schema-id", value: "3"), (name: "content", value: "data")]
        let bytes = try file([Self.everyValue, Self.everyValue], Self.everything, codec: codec, header: header)

        let reader = try AvroFileReader(bytes)

        #expect(reader.schema == Self.everything)
        #expect(reader.header["schema-id"] == Array("3".utf8))
        #expect(reader.header["content"] == Array("data".utf8))
        #expect(try values(of: bytes) == [Self.everyValue, Self.everyValue])
    }

    @Test func `close a block at 64 KiB and go on`() throws {
        let values = (0..<30_000).map { AvroValue.long(Int64($0)) }

        let bytes = try file(values, Self.long)

        #expect(try self.values(of: bytes) == values)
        #expect(bytes.firstRanges(of: Self.sync).count == 3)
    }

    @Test func `refuse a value that is not of the schema`() {
        let error = #expect(throws: AvroError.self) { try file([.string("7")], Self.long) }

        #expect(error?.description == #"a value that is not of its schema "long""#)
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        let title: String
        let message: String
        let change: @Sendable ([UInt8]) -> [UInt8]
        var testDescription: String { title }

        init(_ title: String, _ message: String, _ change: @escaping @Sendable ([UInt8]) -> [UInt8]) {
            self.title = title
            self.message = message
            self.change = change
        }
    }

    // The undamaged file holds the long 5 as its one object, in a block that starts at byte 57.
    @Test(arguments: [
        Damage("another format", "no Avro file: other first bytes") { [0x50] + $0.dropFirst() },
        Damage("cut in the header", "a length of 11 bytes where 4 are left at byte 6") { Array($0.prefix(10)) },
        Damage("cut in the block", "a length of 1 bytes where 0 are left at byte 59") { Array($0.prefix(59)) },
        Damage("cut in the last marker", "a length of 16 bytes where 15 are left at byte 60") { Array($0.dropLast()) },
        Damage("another marker", "another marker than the file's after a block at byte 76") { $0.dropLast() + [9] },
        Damage("more objects than bytes", "2 objects in a block of 1 bytes at byte 76") { $0.replacing(57, with: 4) },
        Damage("a negative count", "-1 objects in a block of 1 bytes at byte 76") { $0.replacing(57, with: 1) },
        Damage("no objects for its bytes", "bytes after the last object at byte 0 of the block that starts at byte 57")
        {
            $0.replacing(57, with: 0)
        },
        Damage("half a number", "an end inside a number at byte 1 of the block that starts at byte 57") {
            $0.replacing(59, with: 0x80)
        },
        Damage("a codec of others", "blocks of the codec 'null0' where null, deflate, snappy, zstandard are read") {
            Array($0.prefix(35)) + [10] + Array("null0".utf8) + Array($0.dropFirst(40))
        },
    ])
    func `name the place of damage`(_ damage: Damage) throws {
        let good = try file([.long(5)], Self.long)
        #expect(try values(of: good) == [.long(5)])

        let error = #expect(throws: AvroError.self) { try values(of: damage.change(good)) }

        #expect(error?.description == damage.message)
    }

    @Test func `are read although pyiceberg leaves three bytes after a deflate stream`() throws {
        var bytes = try file([.long(5)], Self.long, codec: .deflate)
        let end = bytes.count - Self.sync.count
        // The object takes three bytes, which follow their number; numbers are written doubled.
        try #require(bytes[end - 4] == 6)
        bytes[end - 4] = 12
        bytes.insert(contentsOf: [1, 2, 3], at: end)

        #expect(try values(of: bytes) == [.long(5)])
    }

    @Test func `refuse a number of more than 64 bits`() throws {
        let eleven = [UInt8](repeating: 0xFF, count: 10) + [1]

        let error = #expect(throws: AvroError.self) { try values(of: AvroFileReader.magicBytes + eleven) }

        #expect(error?.description == "a number of more than 64 bits at byte 13")
    }

    @Test func `refuse an array that claims more items than there are bytes`() throws {
        let schema = AvroSchema(.array(AvroSchema(.record(name: "empty", fields: []))))
        var bytes = try file([.array([.record([])])], schema)
        let block = bytes.count - 16 - 2
        bytes.replaceSubrange(block..<block + 1, with: [0x7E])

        let error = #expect(throws: AvroError.self) { try values(of: bytes) }

        #expect(error?.reason == "63 items in fewer bytes")
    }

    @Test(arguments: AvroCodec.allCases) func `never trap on damaged bytes`(_ codec: AvroCodec) throws {
        var generator = SplitMix64(seed: 20_260_527)
        let good = try file(Array(repeating: Self.everyValue, count: 5), Self.everything, codec: codec)
        var refusals = 0

        for _ in 0..<4_000 {
            let bytes = good.mutated(using: &generator)
            do { _ = try values(of: bytes) } catch is AvroError { refusals += 1 }
        }

        #expect(refusals > 2_000)
    }
}

extension AvroFileReader {
    fileprivate static var magicBytes: [UInt8] { Array("Obj\u{1}".utf8) }
}

extension [UInt8] {
    fileprivate func replacing(_ index: Int, with byte: UInt8) -> [UInt8] {
        var copy = self
        copy[index] = byte
        return copy
    }

    fileprivate func firstRanges(of pattern: [UInt8]) -> [Int] {
        indices.filter { self[$0...].starts(with: pattern) }
    }
}
