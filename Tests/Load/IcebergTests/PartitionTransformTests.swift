@testable import Iceberg
import Records
import Testing

struct `Partition transforms` {
    /// A hash that the specification publishes.
    struct Hash: Sendable, CustomStringConvertible {
        let description: String
        let value: SingleValue
        let type: FieldType
        let hash: Int32
    }

    // Iceberg Table Spec, Appendix B, "32-bit Hash Requirements", the tables of test values.
    @Test(arguments: [
        Hash(description: "int 34", value: .integer(34), type: .int, hash: 2_017_239_379),
        Hash(description: "long 34", value: .integer(34), type: .long, hash: 2_017_239_379),
        Hash(
            description: "decimal 14.20", value: .decimal(1_420), type: .decimal(precision: 9, scale: 2),
            hash: -500_754_589),
        Hash(description: "date 2017-11-16", value: .integer(17_486), type: .date, hash: -653_330_422),
        Hash(
            description: "timestamp 2017-11-16T22:31:08", value: .integer(1_510_871_468_000_000), type: .timestamp,
            hash: -2_047_944_441),
        Hash(
            description: "timestamptz 2017-11-16T14:31:08-08:00", value: .integer(1_510_871_468_000_000),
            type: .timestampWithZone, hash: -2_047_944_441),
        Hash(
            description: "timestamp 2017-11-16T22:31:08.000001", value: .integer(1_510_871_468_000_001),
            type: .timestamp, hash: -1_207_196_810),
        Hash(description: "string iceberg", value: .text(Array("iceberg".utf8)), type: .text, hash: 1_210_000_089),
    ])
    func `put values into the buckets of the specification`(_ example: Hash) {
        // The greatest 32-bit count leaves every hash as it is, but for its sign.
        let whole = PartitionTransform.bucket(Int(Int32.max)).value(of: example.value, type: example.type)
        let sixteen = PartitionTransform.bucket(16).value(of: example.value, type: example.type)

        let positive = Int64(example.hash & Int32.max)
        #expect(whole == .integer(positive % Int64(Int32.max)))
        #expect(sixteen == .integer(positive % 16))
    }

    @Test(
        arguments: [
            (Array("iceberg".utf8), 1_210_000_089), ([0, 1, 2, 3], -188_683_207),
            (
                [
                    0xF7, 0x9C, 0x3E, 0x09, 0x67, 0x7C, 0x4B, 0xBD, 0xA4, 0x79, 0x3F, 0x34, 0x9C, 0xB7, 0x85, 0xE7,
                ], 1_488_055_340
            ), ([], 0),
        ] as [([UInt8], Int32)])
    func `hash bytes as the specification does`(_ bytes: [UInt8], _ hash: Int32) {
        #expect(Int32(bitPattern: MurmurHash3.hash(bytes)) == hash)
    }

    /// A moment and what each time transform makes of it.
    struct Moment: Sendable, CustomStringConvertible {
        let description: String
        let microseconds: Int64
        let year: Int64
        let month: Int64
        let day: Int64
        let hour: Int64
    }

    @Test(arguments: [
        Moment(
            description: "2017-11-16T22:31:08", microseconds: 1_510_871_468_000_000, year: 47, month: 574, day: 17_486,
            hour: 419_686),
        Moment(description: "the epoch", microseconds: 0, year: 0, month: 0, day: 0, hour: 0),
        Moment(description: "a microsecond before", microseconds: -1, year: -1, month: -1, day: -1, hour: -1),
        Moment(
            description: "1969-12-01T00:00:00", microseconds: -2_678_400_000_000, year: -1, month: -1, day: -31,
            hour: -744),
        Moment(
            description: "1969-11-30T23:59:59.999999", microseconds: -2_678_400_000_001, year: -1, month: -2, day: -32,
            hour: -745),
        Moment(
            description: "1900-02-28T23:00:00", microseconds: -2_203_894_800_000_000, year: -70, month: -839,
            day: -25_509, hour: -612_193),
    ])
    func `round times towards the past`(_ moment: Moment) {
        for type in [FieldType.timestampWithZone, .timestamp] {
            func made(_ transform: PartitionTransform) -> SingleValue? {
                transform.value(of: .integer(moment.microseconds), type: type)
            }
            #expect(made(.year) == .integer(moment.year))
            #expect(made(.month) == .integer(moment.month))
            #expect(made(.day) == .integer(moment.day))
            #expect(made(.hour) == .integer(moment.hour))
        }
        #expect(PartitionTransform.year.value(of: .integer(moment.day), type: .date) == .integer(moment.year))
        #expect(PartitionTransform.month.value(of: .integer(moment.day), type: .date) == .integer(moment.month))
        #expect(PartitionTransform.day.value(of: .integer(moment.day), type: .date) == .integer(moment.day))
    }

    @Test(
        arguments: [
            (SingleValue.integer(1), .long, 10, SingleValue.integer(0)), (.integer(-1), .int, 10, .integer(-10)),
            (.integer(-10), .long, 10, .integer(-10)),
            (.decimal(1_065), .decimal(precision: 9, scale: 2), 50, .decimal(1_050)),
            (.decimal(-1), .decimal(precision: 9, scale: 2), 50, .decimal(-50)),
            (.text(Array("iceberg".utf8)), .text, 3, .text(Array("ice".utf8))),
            (.text(Array("éçø".utf8)), .text, 2, .text(Array("éç".utf8))), (.text([]), .text, 2, .text([])),
        ] as [(SingleValue, FieldType, Int, SingleValue)])
    func `cut values down`(_ value: SingleValue, _ type: FieldType, _ width: Int, _ expected: SingleValue) {
        #expect(PartitionTransform.truncate(width).value(of: value, type: type) == expected)
    }

    @Test(arguments: [
        ("identity", PartitionTransform.identity), ("bucket[16]", .bucket(16)), ("truncate[3]", .truncate(3)),
        ("year", .year), ("month", .month), ("day", .day), ("hour", .hour), ("void", .void),
        ("zorder", .unknown("zorder")), ("bucket[0]", .unknown("bucket[0]")), ("bucket[x]", .unknown("bucket[x]")),
        ("truncate[]", .unknown("truncate[]")), ("bucket[99999999999]", .unknown("bucket[99999999999]")),
    ])
    func `are read and written in the form of the metadata`(_ text: String, _ transform: PartitionTransform) {
        #expect(PartitionTransform(text) == transform)
        #expect(transform.description == text)
    }

    @Test func `take the types of the specification only`() {
        let types: [FieldType] = [
            .boolean, .int, .long, .float, .double, .decimal(precision: 9, scale: 2), .date, .timestamp,
            .timestampWithZone, .text,
        ]
        func taken(_ transform: PartitionTransform) -> [String] {
            types.filter(transform.takes).map(\.description)
        }

        #expect(taken(.identity) == types.map(\.description))
        #expect(taken(.year) == ["date", "timestamp", "timestamptz"])
        #expect(taken(.hour) == ["timestamp", "timestamptz"])
        #expect(
            taken(.bucket(2)) == ["int", "long", "decimal(9, 2)", "date", "timestamp", "timestamptz", "string"])
        #expect(taken(.truncate(2)) == ["int", "long", "decimal(9, 2)", "string"])
        #expect(taken(.unknown("zorder")) == [])
    }
}

struct `The folder of a partition` {
    private func folder(_ transform: PartitionTransform, _ value: SingleValue?, _ type: FieldType) -> String {
        let field = PartitionField(sourceID: 1, fieldID: 1_000, name: "f", transform: transform)
        return PartitionPath.folder(
            of: FilePartition(specID: 0, values: [1_000: value]), PartitionSpec(id: 0, fields: [field])
        ) { _ in type }
    }

    @Test(
        arguments: [
            (.year, .integer(-1), .date, "f=1969"), (.month, .integer(-1), .date, "f=1969-12"),
            (.month, .integer(576), .date, "f=2018-01"), (.day, .integer(17_486), .date, "f=2017-11-16"),
            (.hour, .integer(-1), .timestamp, "f=1969-12-31-23"), (.bucket(4), .integer(3), .text, "f=3"),
            (.identity, nil, .text, "f=null"), (.void, nil, .text, "f=null"),
            (.identity, .integer(1), .boolean, "f=true"), (.identity, .integer(-5), .long, "f=-5"),
            (.identity, .decimal(-5), .decimal(precision: 9, scale: 2), "f=-0.05"),
            (.identity, .integer(0), .timestampWithZone, "f=1970-01-01T00%3A00%3A00Z"),
            (.identity, .integer(1), .timestamp, "f=1970-01-01T00%3A00%3A00.000001"),
            (.identity, .text(Array("a/b c=d%é\u{1}".utf8)), .text, "f=a%2Fb+c%3Dd%25%C3%A9%01"),
            (.identity, .text(Array("..".utf8)), .text, "f=.."),
        ] as [(PartitionTransform, SingleValue?, FieldType, String)])
    func `is named as the reference implementation names it`(
        _ transform: PartitionTransform, _ value: SingleValue?, _ type: FieldType, _ expected: String
    ) {
        #expect(folder(transform, value, type) == expected)
    }

    @Test func `is one level for each field`() {
        let fields = [
            PartitionField(sourceID: 1, fieldID: 1_000, name: "created month", transform: .month),
            PartitionField(sourceID: 2, fieldID: 1_001, name: "id_bucket", transform: .bucket(8)),
        ]
        let partition = FilePartition(specID: 0, values: [1_000: .integer(0), 1_001: .integer(7)])

        let folder = PartitionPath.folder(of: partition, PartitionSpec(id: 0, fields: fields)) { _ in .text }

        #expect(folder == "created+month=1970-01/id_bucket=7")
    }

    @Test func `has a name that file systems take`() {
        let long = folder(.identity, .text(Array(String(repeating: "é", count: 100).utf8)), .text)

        #expect(long.utf8.count <= 240)
        #expect(long.hasPrefix("f=%C3%A9"))
        #expect(long.dropFirst(2).utf8.count.isMultiple(of: 3))
    }
}
