import Avro
@testable import Iceberg
import JSON
import NilusCore
import SeededRandom
import Records
import Testing

struct `Manifests of others` {
    /// A manifest as the list tells of it.
    private func manifest(sequenceNumber: Int64 = 4, spec: Int32 = 0) -> ManifestFile {
        ManifestFile(
            path: "m.avro", lengthBytes: 1, specID: spec, content: .data, sequenceNumber: sequenceNumber,
            minimumSequenceNumber: sequenceNumber, addedSnapshotID: 77, files: StatusCounts(added: 1),
            rows: StatusCounts(added: 1), partitions: nil, keyMetadata: nil)
    }

    private static let partition =
        #"{"type":"record","name":"r102","fields":[{"name":"m","type":["null","int"],"default":null,"field-id":1000}]}"#

    /// A manifest as version 1 writers left it: no content, no sequence numbers, other field order.
    private func firstVersionFile(status: Int32) throws -> [UInt8] {
        let schema = try AvroSchema(
            json: JSONValue(
                parsing: (#"{"type":"record","name":"manifest_entry","fields":["#
                    + #"{"name":"snapshot_id","type":["null","long"],"field-id":1},"#
                    + #"{"name":"status","type":"int","field-id":0},"#
                    + #"{"name":"data_file","field-id":2,"type":{"type":"record","name":"r2","fields":["#
                    + #"{"name":"file_path","type":"string","field-id":100},"#
                    + #"{"name":"file_format","type":"string","field-id":101},"#
                    + #"{"name":"partition","type":\#(Self.partition),"field-id":102},"#
                    + #"{"name":"record_count","type":"long","field-id":103},"#
                    + #"{"name":"file_size_in_bytes","type":"long","field-id":104},"#
                    + #"{"name":"block_size_in_bytes","type":"long","field-id":105}]}}]}"#).utf8))
        var writer = AvroFileWriter(schema: schema, header: [], codec: .null, sync: Array(repeating: 7, count: 16))
        try writer.append(
            .record([
                .optional(nil), .int(status),
                .record([
                    .string("a"), .string("PARQUET"), .record([.optional(.int(612))]), .long(10), .long(100),
                    .long(67_108_864),
                ]),
            ]))
        return writer.finish()
    }

    private func entries(_ content: [UInt8], _ manifest: ManifestFile) throws -> [ManifestEntry] {
        var reader = try ManifestReader(content, of: manifest)
        var entries: [ManifestEntry] = []
        while let entry = try reader.next() { entries.append(entry) }
        return entries
    }

    @Test func `of version 1 have sequence number 0`() throws {
        let entry = try #require(try entries(firstVersionFile(status: 0), manifest(sequenceNumber: 0)).first)

        #expect(entry.status == .existing)
        #expect(entry.snapshotID == 77)
        #expect(entry.sequenceNumber == 0)
        #expect(entry.fileSequenceNumber == 0)
        #expect(entry.file.content == .data)
        #expect(entry.file.partition == FilePartition(specID: 0, values: [1_000: .integer(612)]))
        #expect(entry.file.columnSizes == nil)
    }

    @Test func `that inherit where they must not are refused`() throws {
        let error = #expect(throws: NilusError.self) {
            try entries(firstVersionFile(status: 0), manifest(sequenceNumber: 4))
        }

        #expect(error?.code == .sinkRefused)
        #expect(
            error?.message == "cannot read manifest 'm.avro': it holds an entry that is not new and has no sequence "
                + "number; check the table with the engine that wrote it")
    }

    @Test func `keep partition values and ranges when their files are deleted`() throws {
        let table = try FirstVersionTable.metadata().applying(
            [.upgradeFormatVersion(2), .assignUUID("u")], at: Timestamp(milliseconds: 1), previousLocation: nil)
        let old = manifest(sequenceNumber: 0)
        let plan = SnapshotPlan(id: 9, operation: .overwrite, files: [], facts: [])
        var builder = SnapshotBuilder(
            plan, on: table, schema: table.currentSchema, identifiers: countingIdentifiers())

        let removal = try #require(
            try builder.remove(old, content: firstVersionFile(status: 1), path: "new.avro"))

        #expect(
            removal.manifest.partitions == [
                PartitionSummary(
                    containsNull: false, containsNaN: false, lowerBound: [100, 2, 0, 0], upperBound: [100, 2, 0, 0])
            ])
        let entry = try #require(try entries(removal.bytes, removal.manifest).first)
        #expect(entry.status == .deleted)
        #expect(entry.snapshotID == 9)
        #expect(entry.sequenceNumber == 0)
        #expect(entry.file.partition == FilePartition(specID: 0, values: [1_000: .integer(612)]))
        let header = try AvroFileReader(removal.bytes).header
        #expect(
            header["partition-spec"].map { String(decoding: $0, as: UTF8.self) }
                == #"[{"name":"d_month","transform":"month","source-id":2,"field-id":1000}]"#)
    }

    @Test func `of a partition spec that the table has not are refused`() throws {
        let table = try ForeignTable.metadata()
        let plan = SnapshotPlan(id: 9, operation: .overwrite, files: [], facts: [])
        var builder = SnapshotBuilder(
            plan, on: table, schema: table.currentSchema, identifiers: countingIdentifiers())

        let error = #expect(throws: NilusError.self) {
            try builder.remove(manifest(spec: 3), content: firstVersionFile(status: 1), path: "p")
        }

        #expect(
            error?.message == "cannot read manifest 'm.avro': it holds partition spec 3, which the table has not; "
                + "check the table with the engine that wrote it")
    }

    @Test func `that are no Avro files are refused`() throws {
        let error = #expect(throws: NilusError.self) { try entries([1, 2, 3], manifest()) }

        #expect(
            error?.message == "cannot read manifest 'm.avro': it holds no Avro file: other first bytes; "
                + "check the table with the engine that wrote it")
    }

    @Test func `never trap when they are damaged`() throws {
        var generator = SplitMix64(seed: 2_026)
        var table = try MemoryTable()
        var file = DataFile(path: "a", recordCount: 5, sizeBytes: 6, splitOffsets: [4])
        file.lowerBounds = [1: [0x61], 2: [1, 2, 3, 4]]
        file.columnSizes = [1: 4]
        try table.commit(1, .append, [file, file])
        let list = try #require(table.files["l1"])
        let content = try #require(table.files["1-m0"])
        let whole = try table.manifests()[0]
        var refusals = 0

        for round in 0..<3_000 {
            do {
                if round.isMultiple(of: 2) {
                    _ = try ManifestList.read(list.mutated(using: &generator), from: "l")
                } else {
                    _ = try entries(content.mutated(using: &generator), whole)
                }
            } catch is NilusError { refusals += 1 }
        }

        #expect(refusals > 1_000)
    }

    @Test func `never trap when their values are damaged behind a sound file`() throws {
        var generator = SplitMix64(seed: 11)
        let sound = try firstVersionFile(status: 1)
        var refusals = 0

        for _ in 0..<3_000 {
            do { _ = try entries(sound.mutated(using: &generator), manifest(sequenceNumber: 0)) } catch is NilusError {
                refusals += 1
            }
        }

        #expect(refusals > 500)
    }
}
