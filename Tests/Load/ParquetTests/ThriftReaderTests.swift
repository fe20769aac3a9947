import Testing

@testable import Parquet

struct `Reading Thrift` {
    /// Reads a structure and tells what its fields with these ids hold; others are stepped over.
    private func fields(_ bytes: [UInt8]) throws(ParquetFault) -> [String] {
        try bytes.withFaultyBytes { (bytes) throws(ParquetFault) in
            var reader = Parquet.ThriftReader(bytes)
            var found: [String] = []
            try reader.structure { (reader, field) throws(ParquetFault) in
                switch field.id {
                case 1: found.append("\(try reader.boolean(field))")
                case 2: found.append("\(try reader.integer(field) as Int32)")
                case 3: found.append("\(try reader.integer(field) as Int64)")
                case 4: found.append(try reader.text(field))
                case 5:
                    try reader.list(field) { (reader) throws(ParquetFault) in
                        try reader.structure { (reader, field) throws(ParquetFault) in try reader.skip(field) }
                        found.append("item")
                    }
                default: try reader.skip(field)
                }
            }
            return found + ["end \(reader.position)"]
        }
    }

    @Test func `gives back what our writer writes`() throws {
        let bytes = ThriftWriter.structure { structure in
            structure.field(1, true)
            structure.field(2, Int32.min)
            structure.field(3, Int64.min)
            structure.field(4, "text".utf8)
            structure.field(5, Array(0..<20), of: .structure) { list, number in
                list.structure { $0.field(9, Int32(number)) }
            }
        }

        let expected = ["true", "-2147483648", "-9223372036854775808", "text"] + Array(repeating: "item", count: 20)
        #expect(try fields(bytes) == expected + ["end \(bytes.count)"])
    }

    @Test func `steps over values of every type`() throws {
        // Fields 11 to 21, by type: true, false, i8, i16, i32, i64, double, text, list, set, map; then a structure.
        let unknown: [UInt8] = [
            0xB1, 0x12, 0x13, 0x7F, 0x14, 0x02, 0x15, 0x80, 0x01, 0x16, 0x02, 0x17, 1, 2, 3, 4, 5, 6, 7, 8, 0x18, 0x01,
            0x61, 0x19, 0x21, 1, 2, 0x1A, 0x18, 0x00, 0x1B, 0x01, 0x85, 0x02, 0x00, 0x1C, 0x15, 0x02, 0x00,
        ]
        let longID: [UInt8] = [0x05, 0x06, 0x02]

        #expect(try fields(unknown + longID + [0x00]) == ["1", "end \(unknown.count + 4)"])
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        let bytes: [UInt8]
        let fault: String
        var testDescription: String { fault }
    }

    @Test(arguments: [
        Damage(bytes: [], fault: "an end inside a structure"),
        Damage(bytes: [0x11], fault: "an end inside a structure"),
        Damage(bytes: [0x25], fault: "an end inside a number"),
        Damage(bytes: [0x25, 0x80, 0x80, 0x80, 0x80, 0x20], fault: "the number 4294967296"),
        Damage(bytes: [0x25] + Array(repeating: 0xFF, count: 10), fault: "a number of more than 64 bits"),
        Damage(bytes: [0x48, 0x05, 0x61], fault: "a text of 5 bytes where 1 are left"),
        Damage(bytes: [0x48, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], fault: "a text of 4294967295 bytes where 0 are left"),
        Damage(bytes: [0x59, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0], fault: "a list of 4294967295 items in 1 bytes"),
        Damage(bytes: [0x59, 0x15, 0x00], fault: "a list of type 5"),
        Damage(bytes: [0x45, 0x00], fault: "a field 4 of type 5 that is not bytes"),
        Damage(bytes: [0x2D, 0x00], fault: "a field 2 of type 13 that is not an integer"),
        Damage(bytes: [0xBD, 0x00], fault: "a value of type 13"),
        Damage(bytes: [0x05, 0xFE, 0xFF, 0x03, 0x02, 0xF5], fault: "a field with the number 32782"),
        Damage(bytes: Array(repeating: 0xBC, count: 40), fault: "more than 32 nested structures"),
        Damage(bytes: [0xB9] + Array(repeating: 0x19, count: 40), fault: "more than 32 nested structures"),
    ])
    func `refuses damage`(_ damage: Damage) {
        let error = #expect(throws: ParquetFault.self) { try fields(damage.bytes) }
        #expect(error?.found == damage.fault)
    }
}
