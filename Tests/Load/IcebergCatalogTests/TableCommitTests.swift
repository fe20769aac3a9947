import Iceberg
import IcebergCatalog
import JSON
import NilusCore
import Records
import Testing

struct `A commit of a table` {
    private let moment = Timestamp(microseconds: 1_700_000_000_000_000)

    private func commit(
        on table: CatalogTable, id: Int64 = 9, _ operation: SnapshotPlan.Operation = .append,
        columns: RecordSchema = CatalogUnderTest.columns
    ) -> TableCommit {
        TableCommit(
            SnapshotPlan(
                id: id, operation: operation, files: [DataFile(path: "f", recordCount: 1, sizeBytes: 10)],
                facts: [TableProperty("nilus.run-id", "r")]),
            evolution: table.metadata.evolution(toHold: columns), properties: [TableProperty("nilus.run-id", "r")])
    }

    @Test func `says everything that has to happen in one change`() async throws {
        let test = try await CatalogUnderTest.sqlite()
        let table = try await test.created()
        var commit = commit(on: table)

        let change = try await commit.prepare(on: table, in: test.store, at: moment)

        #expect(
            change.requirements == [.tableUUID(table.metadata.uuid ?? ""), .reference("main", snapshotID: 1)])
        #expect(change.updates.count == 3)
        #expect(change.updates.last == .setProperties([TableProperty("nilus.run-id", "r")]))
        #expect(commit.writtenLocations.count == 2)
        #expect(commit.outdatedLocations.isEmpty)
    }

    @Test func `writes the manifest of new files once, and a list for each attempt`() async throws {
        let test = try await CatalogUnderTest.sqlite()
        let base = try await test.created()
        var commit = commit(on: base)
        _ = try await commit.prepare(on: base, in: test.store, at: moment)
        let head = try await test.catalog.commit(try await test.change(of: base, id: 2), to: base)

        let change = try await commit.prepare(on: head, in: test.store, at: moment)
        let after = try await test.catalog.commit(change, to: head)

        #expect(commit.writtenLocations.count == 3)
        #expect(commit.outdatedLocations == [commit.writtenLocations[1]])
        #expect(after.metadata.currentSnapshot?.manifestList == commit.writtenLocations[2])
        #expect(after.metadata.ancestors.map(\.id) == [9, 2, 1])
        #expect(after.metadata.recordCount == 3)
    }

    @Test func `writes manifests as one where there are many, on whatever state won`() async throws {
        let test = try await CatalogUnderTest.sqlite()
        let created = try await test.created()
        let often = [TableProperty("commit.manifest.min-count-to-merge", "2")]
        let base = try await test.catalog.commit(
            TableChange(requirements: [], updates: [.setProperties(often)]), to: created)
        var commit = commit(on: base)
        _ = try await commit.prepare(on: base, in: test.store, at: moment)
        let head = try await test.catalog.commit(try await test.change(of: base, id: 2), to: base)

        let change = try await commit.prepare(on: head, in: test.store, at: moment)
        let after = try await test.catalog.commit(change, to: head)

        let files = TableFiles(of: after, in: test.store)
        let manifests = try await files.manifests()
        #expect(manifests.map(\.files.added) == [1] && manifests.map(\.files.existing) == [2])
        var entries: [[Int64?]] = []
        for manifest in manifests {
            try await files.forEachLiveEntry(of: manifest) { entries.append([$0.snapshotID, $0.sequenceNumber]) }
        }
        #expect(entries == [[9, 3], [2, 2], [1, 1]])
        // Its own manifest went into the others; those and the lists of two attempts.
        #expect(commit.writtenLocations.count == 5)
        #expect(commit.outdatedLocations.count == 3)
        #expect(!commit.outdatedLocations.contains(manifests[0].path))
    }

    @Test func `overwrites what the winner of a lost race had added`() async throws {
        let test = try await CatalogUnderTest.sqlite()
        let base = try await test.created()
        var commit = commit(on: base, .overwrite)
        _ = try await commit.prepare(on: base, in: test.store, at: moment)
        let head = try await test.catalog.commit(try await test.change(of: base, id: 2), to: base)

        let change = try await commit.prepare(on: head, in: test.store, at: moment)
        let after = try await test.catalog.commit(change, to: head)

        #expect(after.metadata.recordCount == 1)
        #expect(after.metadata.currentSnapshot?.summary["deleted-data-files"] == "2")
        #expect(commit.outdatedLocations.count == 2)
    }

    @Test func `is refused when the columns changed under the data files`() async throws {
        let test = try await CatalogUnderTest.sqlite()
        let base = try await test.created()
        var more = CatalogUnderTest.columns
        more.append(Field("mine", .long))
        var commit = commit(on: base, columns: more)
        var theirs = CatalogUnderTest.columns
        theirs.append(Field("theirs", .text))
        let change = try await test.change(of: base, id: 2, columns: theirs)
        let head = try await test.catalog.commit(change, to: base)

        let error = await #expect(throws: NilusError.self) {
            try await commit.prepare(on: head, in: test.store, at: moment)
        }

        #expect(error?.code == .commitConflict)
        #expect(
            error?.message == "cannot commit table 'sales.charges': its columns changed while data files were written; "
                + "another writer was faster, plan the commit on the new state")
    }

    @Test func `is refused when the partition spec of its files is gone`() async throws {
        let test = try await CatalogUnderTest.sqlite()
        let table = try await test.created()
        var file = DataFile(path: "f", recordCount: 1, sizeBytes: 10)
        file.partition = FilePartition(specID: 4, values: [1_000: .integer(1)])
        var commit = TableCommit(
            SnapshotPlan(id: 9, operation: .append, files: [file], facts: []),
            evolution: table.metadata.evolution(toHold: CatalogUnderTest.columns), properties: [])

        let error = await #expect(throws: NilusError.self) {
            try await commit.prepare(on: table, in: test.store, at: moment)
        }

        #expect(error?.code == .commitConflict)
        #expect(
            error?.message
                == "cannot commit table 'sales.charges': its partition spec 4 went while data files were written; "
                + "another writer was faster, plan the commit on the new state")
        #expect(commit.writtenLocations.isEmpty)
    }

    @Test func `upgrades a table of version 1`() async throws {
        let test = try await CatalogUnderTest.sqlite()
        let table = try await test.staged()
        var document = table.metadata.document
        document["format-version"] = 1
        document["last-sequence-number"] = nil
        let first = CatalogTable(
            identifier: table.identifier, metadata: try TableMetadata(document, file: "m"), metadataLocation: "m")
        var commit = commit(on: first)

        let change = try await commit.prepare(on: first, in: test.store, at: moment)
        let after = try first.metadata.applying(change.updates, at: moment, previousLocation: "m")

        #expect(change.updates.first == .upgradeFormatVersion(2))
        #expect(after.formatVersion == 2)
        #expect(after.currentSnapshot?.sequenceNumber == 1)
    }
}
