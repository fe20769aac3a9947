import Avro
import Iceberg
import JSON
import NilusCore
import SeededRandom
import Records
import Testing

/// A table in memory, to which snapshots are committed one after the other.
struct MemoryTable {
    private(set) var metadata: TableMetadata
    /// The content of manifest lists and manifests by path.
    private(set) var files: [String: [UInt8]] = [:]
    private let identifiers = countingIdentifiers()

    init(
        columns: RecordSchema = RecordSchema([Field("id", .text)]), spec: PartitionSpec = .unpartitioned
    ) throws {
        let creation = TableCreation(
            uuid: "u", location: "/t", schema: IcebergSchema(creating: columns), spec: spec)
        metadata = try TableMetadata.creating(creation.updates, at: Timestamp(milliseconds: 1))
    }

    mutating func commit(
        _ id: Int64, _ operation: SnapshotPlan.Operation, _ added: [DataFile], removing: Set<String> = [],
        facts: [TableProperty] = []
    ) throws {
        let plan = SnapshotPlan(id: id, operation: operation, files: added, removing: removing, facts: facts)
        var builder = SnapshotBuilder(plan, on: metadata, schema: metadata.currentSchema, identifiers: identifiers)
        let encoded = try builder.addedManifests { "\(id)-m\($0)" }
        for manifest in encoded { files[manifest.manifest.path] = manifest.bytes }
        for (number, manifest) in try manifests().enumerated() where manifest.hasLiveFiles {
            if operation == .append {
                builder.keep(manifest)
            } else if let removal = try builder.remove(
                manifest, content: files[manifest.path] ?? [], path: "\(id)-d\(number)")
            {
                files[removal.manifest.path] = removal.bytes
            }
        }
        try finish(builder, encoded.map(\.manifest), id)
    }

    private mutating func finish(_ builder: SnapshotBuilder, _ added: [ManifestFile], _ id: Int64) throws {
        var listed: [ManifestFile] = []
        for group in builder.groups(adding: added) { listed.append(try merged(group, builder, id)) }
        let finished = try builder.finish(listing: listed, path: "l\(id)", at: Timestamp(milliseconds: id))
        files["l\(id)"] = finished.manifestList
        metadata = try metadata.applying(
            [.addSnapshot(finished.snapshot), .setReference("main", SnapshotReference(branchAt: id))],
            at: Timestamp(milliseconds: id), previousLocation: nil)
    }

    private mutating func merged(
        _ group: [ManifestFile], _ builder: SnapshotBuilder, _ id: Int64
    ) throws -> ManifestFile {
        if group.count == 1 { return group[0] }
        var merger = try builder.merger(of: group)
        for manifest in group { try merger.take(manifest, content: files[manifest.path] ?? []) }
        let encoded = merger.finish(path: "\(id)-g\(files.count)")
        files[encoded.manifest.path] = encoded.bytes
        return encoded.manifest
    }

    /// Commits a snapshot that rewrites every manifest.
    mutating func rewrite(_ id: Int64, removing isRemoved: (DataFile) -> Bool) throws {
        let plan = SnapshotPlan(id: id, operation: .overwrite, files: [], facts: [])
        var builder = SnapshotBuilder(plan, on: metadata, schema: metadata.currentSchema, identifiers: identifiers)
        for (number, manifest) in try manifests().enumerated() {
            let rewritten = try builder.rewrite(
                manifest, content: files[manifest.path] ?? [], path: "\(id)-r\(number)", removing: isRemoved)
            if let rewritten { files[rewritten.manifest.path] = rewritten.bytes }
        }
        try finish(builder, [], id)
    }

    mutating func apply(_ updates: [TableUpdate]) throws {
        metadata = try metadata.applying(updates, at: Timestamp(milliseconds: 9), previousLocation: nil)
    }

    /// Gives the table other partition specs under the ids of the old ones.
    mutating func replaceSpecs(_ specs: [PartitionSpec]) throws {
        var document = metadata.document
        document["partition-specs"] = .array(specs.map { .object($0.json) })
        metadata = try TableMetadata(document, file: "m")
    }

    func manifests() throws -> [ManifestFile] {
        guard let path = metadata.currentSnapshot?.manifestList else { return [] }
        return try ManifestList.read(files[path] ?? [], from: path)
    }

    func entries(_ manifest: ManifestFile) throws -> [ManifestEntry] {
        var reader = try ManifestReader(files[manifest.path] ?? [], of: manifest)
        var entries: [ManifestEntry] = []
        while let entry = try reader.next() { entries.append(entry) }
        return entries
    }

    /// Every entry of the current snapshot: status, path and the two sequence numbers.
    func listing() throws -> [String] {
        try manifests().flatMap { try entries($0) }.map {
            "\($0.status) \($0.file.path) \($0.sequenceNumber ?? -1) \($0.fileSequenceNumber ?? -1) \($0.snapshotID ?? -1)"
        }
    }
}

struct `Snapshots` {
    private func file(_ path: String, _ content: DataFile.Content = .data, rows: Int64 = 10) -> DataFile {
        var file = DataFile(content: content, path: path, recordCount: rows, sizeBytes: 100, splitOffsets: [4])
        file.columnSizes = [1: 50, 2: 60]
        file.valueCounts = [1: rows]
        file.nullCounts = [1: 0]
        file.nanCounts = [:]
        file.lowerBounds = [1: [0x61]]
        file.upperBounds = [1: [0x7A]]
        return file
    }

    @Test func `that append keep what is there`() throws {
        var table = try MemoryTable()
        try table.commit(11, .append, [file("a"), file("b")])
        let before = try table.manifests()

        try table.commit(12, .append, [file("c")])

        let manifests = try table.manifests()
        #expect(manifests.count == 2)
        #expect(manifests.last == before.first)
        #expect(try table.listing() == ["added c 2 2 12", "added a 1 1 11", "added b 1 1 11"])
        #expect(manifests.map(\.sequenceNumber) == [2, 1])
        #expect(manifests.map(\.minimumSequenceNumber) == [2, 1])
        #expect(manifests.map(\.files.added) == [1, 2])
        #expect(manifests.map(\.rows.added) == [10, 20])
    }

    @Test func `that overwrite record every file that goes, deletions too`() throws {
        var table = try MemoryTable()
        try table.commit(11, .append, [file("a"), file("b")])
        try table.commit(12, .append, [file("c", rows: 5), file("p", .positionDeletes, rows: 2)])

        try table.commit(13, .overwrite, [file("d", rows: 7)])

        #expect(
            try table.listing() == [
                "added d 3 3 13", "deleted c 2 2 13", "deleted p 2 2 13", "deleted a 1 1 13", "deleted b 1 1 13",
            ])
        #expect(try table.manifests().map(\.content) == [.data, .data, .deletes, .data])
        #expect(try table.manifests().map(\.hasLiveFiles) == [true, false, false, false])
        let entry = try #require(try table.manifests().last.map(table.entries)?.first)
        #expect(entry.file == file("a"))
    }

    @Test func `leave manifests behind in which nothing lives`() throws {
        var table = try MemoryTable()
        try table.commit(11, .append, [file("a")])
        try table.commit(12, .overwrite, [file("b")])

        try table.commit(13, .append, [file("c")])

        #expect(try table.listing() == ["added c 3 3 13", "added b 2 2 12"])
    }

    @Test func `count what they do`() throws {
        var table = try MemoryTable()
        try table.commit(11, .append, [file("a"), file("b")], facts: [TableProperty("nilus.run-id", "r")])
        #expect(
            table.metadata.currentSnapshot?.summary == [
                "operation": "append", "nilus.run-id": "r", "added-data-files": "2", "added-records": "20",
                "added-files-size": "200", "changed-partition-count": "1", "total-data-files": "2",
                "total-delete-files": "0", "total-records": "20", "total-files-size": "200",
                "total-position-deletes": "0", "total-equality-deletes": "0",
            ])

        try table.commit(12, .append, [file("p", .positionDeletes, rows: 3), file("e", .equalityDeletes, rows: 1)])
        #expect(
            table.metadata.currentSnapshot?.summary == [
                "operation": "append", "added-delete-files": "2", "added-position-delete-files": "1",
                "added-equality-delete-files": "1", "added-position-deletes": "3", "added-equality-deletes": "1",
                "added-files-size": "200", "changed-partition-count": "1", "total-data-files": "2",
                "total-delete-files": "2", "total-records": "20", "total-files-size": "400",
                "total-position-deletes": "3", "total-equality-deletes": "1",
            ])

        try table.commit(13, .overwrite, [file("c", rows: 4)])
        #expect(
            table.metadata.currentSnapshot?.summary == [
                "operation": "overwrite", "added-data-files": "1", "added-records": "4", "added-files-size": "100",
                "deleted-data-files": "2", "deleted-records": "20", "removed-delete-files": "2",
                "removed-position-delete-files": "1", "removed-equality-delete-files": "1",
                "removed-position-deletes": "3", "removed-equality-deletes": "1", "removed-files-size": "400",
                "changed-partition-count": "1", "total-data-files": "1", "total-delete-files": "0",
                "total-records": "4", "total-files-size": "100", "total-position-deletes": "0",
                "total-equality-deletes": "0",
            ])
    }

    @Test func `carry every figure of a file through a manifest`() throws {
        var full = file("a")
        full.keyMetadata = [1, 2]
        full.equalityIDs = [1]
        full.sortOrderID = 3
        full.referencedDataFile = "x"
        full.format = "avro"
        full.content = .equalityDeletes
        var table = try MemoryTable()

        try table.commit(11, .append, [full])

        let manifest = try #require(try table.manifests().first)
        #expect(try table.entries(manifest).map(\.file) == [full])
    }

    @Test func `write all header keys and the field ids of the specification`() throws {
        var table = try MemoryTable()
        try table.commit(11, .append, [file("a"), file("p", .positionDeletes)])

        let list = try AvroFileReader(table.files["l11"] ?? [])
        let data = try AvroFileReader(table.files["11-m0"] ?? [])
        let deletes = try AvroFileReader(table.files["11-m1"] ?? [])

        func text(_ reader: AvroFileReader, _ key: String) -> String? {
            reader.header[key].map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(text(list, "snapshot-id") == "11")
        #expect(text(list, "parent-snapshot-id") == "null")
        #expect(text(list, "sequence-number") == "1")
        #expect(text(list, "format-version") == "2")
        #expect(
            text(data, "schema") == #"{"type":"struct","schema-id":0,"fields":[{"id":1,"name":"id","required":false,"#
                + #""type":"string"}]}"#)
        #expect(text(data, "schema-id") == "0")
        #expect(text(data, "partition-spec") == "[]")
        #expect(text(data, "partition-spec-id") == "0")
        #expect(text(data, "format-version") == "2")
        #expect(text(data, "content") == "data")
        #expect(text(deletes, "content") == "deletes")
        #expect(text(data, "avro.codec") == "deflate")
        #expect(
            fieldIDs(list.schema) == [
                500, 501, 502, 517, 515, 516, 503, 504, 505, 506, 512, 513, 514, 507, 508, 509, 518, 510, 511, 519,
            ])
        #expect(
            fieldIDs(data.schema) == [
                0, 1, 3, 4, 2, 134, 100, 101, 102, 103, 104, 108, 117, 118, 109, 119, 120, 110, 121, 122, 137, 138,
                139, 125, 126, 127, 128, 129, 130, 131, 132, 133, 135, 136, 140, 143,
            ])
    }

    /// The ids of fields and elements, in the order in which they stand.
    private func fieldIDs(_ schema: AvroSchema) -> [Int64] {
        let own = schema.attributes["element-id"]?.integer.map { [$0] } ?? []
        switch schema.shape {
        case .record(_, let fields):
            return own
                + fields.flatMap { ($0.attributes["field-id"]?.integer.map { [$0] } ?? []) + fieldIDs($0.schema) }
        case .array(let inner): return own + fieldIDs(inner)
        case .union(let branches): return own + branches.flatMap(fieldIDs)
        default: return own
        }
    }

    @Test func `close a manifest at eight mebibytes`() throws {
        var table = try MemoryTable()
        var generator = SplitMix64(seed: 3)
        var bulky = file("a")
        bulky.keyMetadata = (0..<1_000_000).map { _ in UInt8.random(in: 0...255, using: &generator) }

        try table.commit(11, .append, Array(repeating: bulky, count: 20))

        #expect(try table.manifests().map(\.files.added) == [9, 9, 2])
        #expect(table.metadata.currentSnapshot?.summary["added-data-files"] == "20")
    }

    @Test func `refuse new files of a partition spec that the table has not`() throws {
        var table = try MemoryTable()
        var foreign = file("a")
        foreign.partition = FilePartition(specID: 7, values: [:])

        let error = #expect(throws: NilusError.self) { try table.commit(1, .append, [foreign]) }

        #expect(error?.code == .internalDefect)
        #expect(
            error?.message == "cannot go on: new files are of partition spec 7, which the table has not; "
                + "this is a defect of nilus, report it")
    }
}
