import Testing

@testable import Parquet

struct `Thrift structures` {
    struct Number: Sendable, CustomTestStringConvertible {
        let value: Int64
        let bytes: [UInt8]
        var testDescription: String { "\(value)" }
    }

    @Test(arguments: [
        Number(value: 0, bytes: [0x00]),
        Number(value: -1, bytes: [0x01]),
        Number(value: 1, bytes: [0x02]),
        Number(value: 63, bytes: [0x7E]),
        Number(value: -64, bytes: [0x7F]),
        Number(value: 64, bytes: [0x80, 0x01]),
        Number(value: 150, bytes: [0xAC, 0x02]),
        Number(value: 1_000_000, bytes: [0x80, 0x89, 0x7A]),
        Number(value: .max, bytes: [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
        Number(value: .min, bytes: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
    ])
    func `hold integers as zigzag varints`(_ number: Number) {
        var writer = ThriftWriter()

        writer.integer(number.value)

        #expect(writer.bytes == number.bytes)
    }

    @Test func `number their fields by steps and end with a zero`() {
        let bytes = ThriftWriter.structure { fields in
            fields.field(1, Int32(-1))
            fields.field(3, Int64(64))
            fields.field(4, true)
            fields.field(5, false)
            fields.field(12, "é".utf8)
        }

        #expect(bytes == [0x15, 0x01, 0x26, 0x80, 0x01, 0x11, 0x12, 0x78, 0x02, 0xC3, 0xA9, 0x00])
    }

    @Test func `count anew inside a structure and go on behind it`() {
        let bytes = ThriftWriter.structure { outer in
            outer.field(2) { inner in inner.field(1) { _ in } }
            outer.field(3, Int32(2))
        }

        #expect(bytes == [0x2C, 0x1C, 0x00, 0x00, 0x15, 0x04, 0x00])
    }

    @Test func `hold short lists with their count beside the type`() {
        let bytes = ThriftWriter.structure { fields in
            fields.field(2, [Int64(0), 3, 8], of: .i32) { $0.integer($1) }
            fields.field(3, ["a", ""], of: .binary) { $0.binary($1.utf8) }
        }

        #expect(bytes == [0x29, 0x35, 0x00, 0x06, 0x10, 0x19, 0x28, 0x01, 0x61, 0x00, 0x00])
    }

    @Test(arguments: [14, 15, 200])
    func `hold lists of any length`(_ count: Int) {
        let bytes = ThriftWriter.structure { fields in
            fields.field(1, 0..<count, of: .structure) { list, item in
                list.structure { $0.field(1, Int32(item)) }
            }
        }

        var reader = ThriftReader(bytes[...])
        let items = reader.structure()[1]?.list ?? []
        #expect(items.compactMap { $0[1]?.integer } == Array(0..<count))
        #expect(reader.position == bytes.count)
    }
}
