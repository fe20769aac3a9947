import Records
import Testing

@testable import Iceberg

struct `Manifests of a table` {
    private func rule(_ properties: [String: String] = [:]) -> ManifestMergeRule {
        ManifestMergeRule(Dictionary(uniqueKeysWithValues: properties.map { ("commit.\($0.key)", $0.value) }))
    }

    private func manifest(
        _ path: String, _ sizeBytes: Int64 = 10, _ content: ManifestFile.Content = .data, specID: Int32 = 0
    ) -> ManifestFile {
        ManifestFile(
            path: path, lengthBytes: sizeBytes, specID: specID, content: content, sequenceNumber: 1,
            minimumSequenceNumber: 1, addedSnapshotID: 1, files: StatusCounts(added: 1), rows: StatusCounts(added: 1),
            partitions: nil, keyMetadata: nil)
    }

    private func groups(_ manifests: [ManifestFile], _ rule: ManifestMergeRule) -> [String] {
        rule.groups(manifests) { $0.path != "odd" }.map { $0.map(\.path).joined() }
    }

    @Test func `follow the properties of the table`() {
        #expect(rule().isEnabled && rule().leastCount == 100 && rule().targetBytes == 8_388_608)
        let own = rule([
            "manifest-merge.enabled": "FALSE", "manifest.min-count-to-merge": "5", "manifest.target-size-bytes": "99",
        ])
        #expect(!own.isEnabled && own.leastCount == 5 && own.targetBytes == 99)
        #expect(rule(["manifest.target-size-bytes": "1000000000000"]).targetBytes == 16_777_216)
        #expect(rule(["manifest.min-count-to-merge": "many"]).leastCount == 100)
    }

    @Test func `come together once there are enough of the newest`() {
        let rule = rule(["manifest.min-count-to-merge": "3"])

        #expect(groups(["b", "a"].map { manifest($0) }, rule) == ["b", "a"])
        #expect(groups(["c", "b", "a"].map { manifest($0) }, rule) == ["cba"])
        #expect(groups([], rule) == [])
    }

    @Test func `fill a manifest of the target size from the oldest on`() {
        let rule = rule(["manifest.target-size-bytes": "30", "manifest.min-count-to-merge": "3"])
        let manifests = ["f", "e", "d", "c", "b", "a"].map { manifest($0, $0 == "b" ? 20 : 10) }

        // b and a are full; e, d and c too; f is the newest.
        #expect(groups(manifests, rule) == ["f", "edc", "ba"])
        #expect(groups([manifest("n"), manifest("m", 31), manifest("l")], rule) == ["n", "m", "l"])
    }

    @Test func `are of one kind of file and one partition spec`() {
        let rule = rule(["manifest.min-count-to-merge": "2"])
        let manifests = [
            manifest("d"), manifest("x", 10, .deletes), manifest("odd"), manifest("c", specID: 1), manifest("b"),
            manifest("w", 10, .deletes), manifest("a", specID: 1),
        ]

        #expect(groups(manifests, rule) == ["db", "xw", "odd", "ca"])
    }

    @Test func `stay apart when the table wants that`() {
        let rule = rule(["manifest-merge.enabled": "false", "manifest.min-count-to-merge": "1"])

        #expect(groups(["b", "a"].map { manifest($0) }, rule) == ["b", "a"])
    }
}

struct `A manifest that takes the place of several` {
    private func file(_ path: String, _ content: DataFile.Content = .data) -> DataFile {
        DataFile(content: content, path: path, recordCount: 10, sizeBytes: 100)
    }

    private func table(leastCount: Int) throws -> MemoryTable {
        var table = try MemoryTable()
        try table.apply([
            .setProperties([TableProperty("commit.manifest.min-count-to-merge", String(leastCount))])
        ])
        return table
    }

    @Test func `keeps the snapshots and sequence numbers of its files`() throws {
        var table = try table(leastCount: 3)
        try table.commit(11, .append, [file("a")])
        try table.commit(12, .append, [file("b")])
        #expect(try table.manifests().count == 2)

        try table.commit(13, .append, [file("c")])

        let manifest = try #require(try table.manifests().first)
        #expect(try table.manifests().count == 1)
        #expect(try table.listing() == ["added c 3 3 13", "existing b 2 2 12", "existing a 1 1 11"])
        #expect(manifest.files == StatusCounts(added: 1, existing: 2))
        #expect(manifest.sequenceNumber == 3 && manifest.minimumSequenceNumber == 1)
        #expect(table.metadata.currentSnapshot?.summary["total-data-files"] == "3")
    }

    @Test func `is merged again when as many have come`() throws {
        var table = try table(leastCount: 3)

        let counts = try (Int64(11)...17).map { id in
            try table.commit(id, .append, [file("f\(id)")])
            return try table.manifests().count
        }

        #expect(counts == [1, 2, 1, 2, 1, 2, 1])
        #expect(
            try table.listing() == ["added f17 7 7 17"]
                + (11...16).reversed().map { "existing f\($0) \($0 - 10) \($0 - 10) \($0)" })
    }

    @Test func `tells of deletions of its own snapshot only`() throws {
        var table = try table(leastCount: 2)
        try table.commit(11, .append, [file("a"), file("b")])
        try table.commit(12, .merge, [file("c")], removing: ["a"])
        #expect(try table.listing() == ["added c 2 2 12", "deleted a 1 1 12", "existing b 1 1 11"])

        try table.commit(13, .append, [file("d")])

        #expect(try table.listing() == ["added d 3 3 13", "existing c 2 2 12", "existing b 1 1 11"])
    }

    @Test func `lists deletions of rows apart from data`() throws {
        var table = try table(leastCount: 2)
        try table.commit(11, .append, [file("a"), file("p", .positionDeletes)])

        try table.commit(12, .append, [file("b"), file("q", .positionDeletes)])

        #expect(try table.manifests().map(\.content) == [.data, .deletes])
        #expect(
            try table.listing() == ["added b 2 2 12", "existing a 1 1 11", "added q 2 2 12", "existing p 1 1 11"])
    }

    @Test func `has the ranges of all its partitions`() throws {
        let field = PartitionField(sourceID: 1, fieldID: 1_000, name: "id", transform: .identity)
        var table = try MemoryTable(spec: PartitionSpec(id: 0, fields: [field]))
        try table.apply([.setProperties([TableProperty("commit.manifest.min-count-to-merge", "2")])])
        for (id, value) in [(Int64(11), "k"), (12, "c")] {
            var file = file(value)
            file.partition = FilePartition(specID: 0, values: [1_000: .text(Array(value.utf8))])
            try table.commit(id, .append, [file])
        }

        let summary = try #require(try table.manifests().first?.partitions?.first)

        #expect(try table.manifests().count == 1)
        #expect(summary.lowerBound == Array("c".utf8) && summary.upperBound == Array("k".utf8))
    }
}
