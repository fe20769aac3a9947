import Iceberg
import Testing

struct `A snapshot that merges or rewrites` {
    private func file(_ path: String, _ content: DataFile.Content = .data, rows: Int64 = 10) -> DataFile {
        DataFile(content: content, path: path, recordCount: rows, sizeBytes: 100)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let added: [DataFile.Content]
        var removing: Set<String> = []
        let word: String

        var testDescription: String { "\(added), removing \(removing)" }
    }

    @Test(arguments: [
        Case(added: [.data], word: "append"), Case(added: [.data, .positionDeletes], word: "overwrite"),
        Case(added: [.positionDeletes], word: "delete"), Case(added: [], removing: ["a"], word: "delete"),
        Case(added: [.data], removing: ["a"], word: "overwrite"),
    ])
    func `is called by what it does`(test: Case) throws {
        var table = try MemoryTable()
        try table.commit(11, .append, [file("a"), file("b")])

        try table.commit(12, .merge, test.added.map { file("n\($0)", $0) }, removing: test.removing)

        #expect(table.metadata.currentSnapshot?.summary["operation"] == test.word)
    }

    @Test func `keeps the files beside those it removes, with their sequence numbers`() throws {
        var table = try MemoryTable()
        try table.commit(11, .append, [file("a"), file("b")])
        try table.commit(12, .append, [file("c"), file("d", .positionDeletes)])

        try table.commit(13, .rewrite, [file("e")], removing: ["a", "d"])

        #expect(
            try table.listing() == [
                "added e 3 3 13", "added c 2 2 12", "deleted d 2 2 13", "deleted a 1 1 13", "existing b 1 1 11",
            ])
        let summary = table.metadata.currentSnapshot?.summary ?? [:]
        #expect(summary["operation"] == "replace")
        #expect(summary["deleted-data-files"] == "1" && summary["removed-position-delete-files"] == "1")
        #expect(summary["total-data-files"] == "3" && summary["total-delete-files"] == "0")
    }

    @Test func `says which files it could not find`() throws {
        var table = try MemoryTable()
        try table.commit(11, .append, [file("a")])
        let plan = SnapshotPlan(id: 12, operation: .rewrite, files: [], removing: ["a", "x"], facts: [])
        var builder = SnapshotBuilder(
            plan, on: table.metadata, schema: table.metadata.currentSchema, identifiers: countingIdentifiers())

        for manifest in try table.manifests() {
            _ = try builder.remove(manifest, content: table.files[manifest.path] ?? [], path: "m")
        }

        #expect(builder.missingPaths == ["x"])
    }
}
