import Avro
@testable import Iceberg
import JSON
import NilusCore
import Records
import Testing

/// A partition spec over columns of many types, with the partition of one file.
private struct PartitionedTable {
    let columns: RecordSchema
    let fields: [PartitionField]

    func made() throws -> MemoryTable {
        try MemoryTable(columns: columns, spec: PartitionSpec(id: 0, fields: fields))
    }
}

struct `Manifests of partitioned tables` {
    private static let monthly = PartitionedTable(
        columns: RecordSchema([Field("id", .text), Field("created", .timestampWithZone)]),
        fields: [PartitionField(sourceID: 2, fieldID: 1_000, name: "created_month", transform: .month)])

    private func file(_ path: String, _ values: [Int: SingleValue?], specID: Int32 = 0) -> DataFile {
        DataFile(
            path: path, partition: FilePartition(specID: specID, values: values), recordCount: 1, sizeBytes: 2)
    }

    @Test func `give each file back with its partition`() throws {
        var table = try Self.monthly.made()

        try table.commit(1, .append, [file("a", [1_000: .integer(-1)]), file("b", [1_000: nil])])

        let manifest = try #require(try table.manifests().first)
        #expect(
            try table.entries(manifest).map(\.file.partition) == [
                FilePartition(specID: 0, values: [1_000: .integer(-1)]), FilePartition(specID: 0, values: [1_000: nil]),
            ])
    }

    @Test func `tell the range of each partition field`() throws {
        var table = try Self.monthly.made()

        try table.commit(
            1, .append, [file("a", [1_000: .integer(5)]), file("b", [1_000: nil]), file("c", [1_000: .integer(-1)])])

        #expect(
            try table.manifests().first?.partitions == [
                PartitionSummary(
                    containsNull: true, containsNaN: false, lowerBound: [0xFF, 0xFF, 0xFF, 0xFF],
                    upperBound: [5, 0, 0, 0])
            ])
        #expect(table.metadata.currentSnapshot?.summary["changed-partition-count"] == "3")
    }

    /// A type of partition values, how Avro spells it, and two values in ascending order with the bytes of the bounds.
    struct TypedValue: Sendable, CustomStringConvertible {
        let type: FieldType
        let avro: String
        let least: SingleValue
        let greatest: SingleValue
        let bounds: [[UInt8]]

        var description: String { type.description }
    }

    @Test(arguments: [
        TypedValue(
            type: .boolean, avro: #""boolean""#, least: .integer(0), greatest: .integer(1), bounds: [[0], [1]]),
        TypedValue(
            type: .int, avro: #""int""#, least: .integer(-2), greatest: .integer(1),
            bounds: [[0xFE, 0xFF, 0xFF, 0xFF], [1, 0, 0, 0]]),
        TypedValue(
            type: .long, avro: #""long""#, least: .integer(1), greatest: .integer(256),
            bounds: [[1, 0, 0, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0, 0, 0]]),
        TypedValue(
            type: .float, avro: #""float""#, least: .double(-0.0), greatest: .double(0.0),
            bounds: [[0, 0, 0, 0x80], [0, 0, 0, 0]]),
        TypedValue(
            type: .double, avro: #""double""#, least: .double(1), greatest: .double(2),
            bounds: [[0, 0, 0, 0, 0, 0, 0xF0, 0x3F], [0, 0, 0, 0, 0, 0, 0, 0x40]]),
        TypedValue(
            type: .decimal(precision: 9, scale: 2),
            avro: #"{"type":"fixed","name":"decimal_9_2","size":4,"logicalType":"decimal","precision":9,"scale":2}"#,
            least: .decimal(-129), greatest: .decimal(128), bounds: [[0xFF, 0x7F], [0, 0x80]]),
        TypedValue(
            type: .decimal(precision: 38, scale: 0),
            avro: #"{"type":"fixed","name":"decimal_38_0","size":16,"logicalType":"decimal","precision":38,"scale":0}"#,
            least: .decimal(0), greatest: .decimal(1 << 120), bounds: [[0], [1] + Array(repeating: 0, count: 15)]),
        TypedValue(
            type: .date, avro: #"{"type":"int","logicalType":"date"}"#, least: .integer(0), greatest: .integer(1),
            bounds: [[0, 0, 0, 0], [1, 0, 0, 0]]),
        TypedValue(
            type: .timestamp, avro: #"{"type":"long","logicalType":"timestamp-micros","adjust-to-utc":false}"#,
            least: .integer(0), greatest: .integer(1),
            bounds: [[0, 0, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0]]),
        TypedValue(
            type: .timestampWithZone, avro: #"{"type":"long","logicalType":"timestamp-micros","adjust-to-utc":true}"#,
            least: .integer(0), greatest: .integer(1),
            bounds: [[0, 0, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0]]),
        TypedValue(
            type: .text, avro: #""string""#, least: .text(Array("a longer text than bounds have".utf8)),
            greatest: .text(Array("é".utf8)), bounds: [Array("a longer text than bounds have".utf8), [0xC3, 0xA9]]),
    ])
    func `hold identity values of every type`(_ value: TypedValue) throws {
        var table = try PartitionedTable(
            columns: RecordSchema([Field("c", value.type)]),
            fields: [PartitionField(sourceID: 1, fieldID: 1_000, name: "c", transform: .identity)]
        ).made()

        try table.commit(1, .append, [file("a", [1_000: value.greatest]), file("b", [1_000: value.least])])

        let manifest = try #require(try table.manifests().first)
        #expect(
            try table.entries(manifest).map(\.file.partition.values) == [[1_000: value.greatest], [1_000: value.least]])
        #expect(manifest.partitions?.first?.lowerBound == value.bounds[0])
        #expect(manifest.partitions?.first?.upperBound == value.bounds[1])
        let fields = try partitionFields(of: manifest, in: table)
        #expect(fields.map(\.schema.withoutNull.json) == [try JSONValue(parsing: value.avro.utf8)])
    }

    @Test func `name and number partition fields as other engines do`() throws {
        var table = try PartitionedTable(
            columns: RecordSchema([Field("created", .timestampWithZone), Field("id", .text)]),
            fields: [
                PartitionField(sourceID: 1, fieldID: 1_000, name: "created-day", transform: .day),
                PartitionField(sourceID: 2, fieldID: 1_001, name: "4 of id", transform: .bucket(4)),
            ]
        ).made()

        try table.commit(1, .append, [file("a", [1_000: .integer(3), 1_001: .integer(2)])])

        let manifest = try #require(try table.manifests().first)
        let fields = try partitionFields(of: manifest, in: table)
        #expect(fields.map(\.name) == ["created_x2Dday", "_4_x20of_x20id"])
        #expect(fields.map { $0.attributes["iceberg-field-name"] } == ["created-day", "4 of id"])
        #expect(fields.map { $0.attributes["field-id"] } == [1_000, 1_001])
        #expect(fields.map(\.schema.withoutNull.json) == [["type": "int", "logicalType": "date"], "int"])
        let header = try AvroFileReader(table.files[manifest.path] ?? []).header["partition-spec"]
        #expect(
            header.map { String(decoding: $0, as: UTF8.self) }
                == #"[{"source-id":1,"field-id":1000,"name":"created-day","transform":"day"},"#
                + #"{"source-id":2,"field-id":1001,"name":"4 of id","transform":"bucket[4]"}]"#)
    }

    @Test func `are one for each partition spec and kind of file`() throws {
        var table = try Self.monthly.made()
        try table.apply([
            .addPartitionSpec(PartitionSpec(id: 1, fields: [])), .setDefaultPartitionSpec(TableUpdate.lastAdded),
        ])
        var deletes = file("d", [1_000: .integer(1)])
        deletes.content = .positionDeletes
        deletes.referencedDataFile = "a"

        try table.commit(
            1, .append,
            [file("b", [:], specID: 1), deletes, file("a", [1_000: .integer(1)]), file("c", [:], specID: 1)])

        let manifests = try table.manifests()
        #expect(manifests.map(\.specID) == [0, 1, 0])
        #expect(manifests.map(\.content) == [.data, .data, .deletes])
        #expect(manifests.map { $0.partitions?.count } == [1, 0, 1])
        #expect(try table.entries(manifests[1]).map(\.file.path) == ["b", "c"])
        #expect(try table.entries(manifests[2]).map(\.file) == [deletes])
    }

    @Test func `say which file has no value for a partition field`() throws {
        var table = try Self.monthly.made()

        let error = #expect(throws: NilusError.self) { try table.commit(1, .append, [file("a", [:])]) }

        #expect(error?.code == .internalDefect)
        #expect(
            error?.message == "cannot go on: a manifest entry holds no entry for partition field 'created_month'; "
                + "this is a defect of nilus, report it")
    }

    @Test func `say which value is not of its type`() throws {
        var table = try Self.monthly.made()

        let error = #expect(throws: NilusError.self) {
            try table.commit(1, .append, [file("a", [1_000: .text([0x61])])])
        }

        #expect(
            error?.message
                == "cannot go on: a manifest entry holds a value of partition field 'created_month' that is no "
                + "int; this is a defect of nilus, report it")
    }

    @Test func `are rewritten with what stays and what goes`() throws {
        var table = try Self.monthly.made()
        try table.commit(
            1, .append, [file("a", [1_000: .integer(5)]), file("b", [1_000: .integer(6)]), file("c", [1_000: nil])])

        try table.rewrite(2) { $0.path == "b" }

        #expect(try table.listing() == ["existing a 1 1 1", "deleted b 1 1 2", "existing c 1 1 1"])
        let manifest = try #require(try table.manifests().first)
        #expect(manifest.files == StatusCounts(added: 0, existing: 2, deleted: 1))
        #expect(manifest.sequenceNumber == 2)
        #expect(manifest.minimumSequenceNumber == 1)
        #expect(
            try table.entries(manifest).map(\.file.partition.values) == [
                [1_000: .integer(5)], [1_000: .integer(6)], [1_000: nil],
            ])
    }

    @Test func `keep values of columns that are gone from the table`() throws {
        var table = try Self.monthly.made()
        try table.commit(1, .append, [file("a", [1_000: .integer(5)])])
        let left = IcebergSchema(id: 1, fields: [IcebergField(id: 1, name: "id", type: .text)])
        try table.apply([.addSchema(left, lastColumnID: 2), .setCurrentSchema(TableUpdate.lastAdded)])

        try table.rewrite(2) { _ in false }

        let manifest = try #require(try table.manifests().first)
        #expect(try table.entries(manifest).map(\.file.partition.values) == [[1_000: .integer(5)]])
    }

    @Test func `keep values of transforms that nobody here knows`() throws {
        let spec = PartitionSpec(
            id: 0, fields: [PartitionField(sourceID: 1, fieldID: 1_000, name: "z", transform: .unknown("zorder[3]"))])
        let known = PartitionSpec(
            id: 0, fields: [PartitionField(sourceID: 1, fieldID: 1_000, name: "z", transform: .bucket(4))])
        var table = try MemoryTable(columns: RecordSchema([Field("id", .text)]), spec: known)
        try table.commit(1, .append, [file("a", [1_000: .integer(3)])])
        try table.replaceSpecs([spec])

        try table.rewrite(2) { _ in false }

        let manifest = try #require(try table.manifests().first)
        #expect(try table.entries(manifest).map(\.file.partition.values) == [[1_000: .integer(3)]])
    }

    private func partitionFields(of manifest: ManifestFile, in table: MemoryTable) throws -> [AvroField] {
        let schema = try AvroFileReader(table.files[manifest.path] ?? []).schema
        let file = schema.fields?.first { $0.name == "data_file" }?.schema
        return file?.fields?.first { $0.name == "partition" }?.schema.fields ?? []
    }
}
