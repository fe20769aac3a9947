import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import ObjectStorage
import Testing
import WorkflowManifest

@testable import LakehouseSink

extension LakehouseUnderTest {
    func maintenance(at moment: Timestamp = LakehouseUnderTest.time.utc(), through other: (any Catalog)? = nil)
        -> TableMaintenance
    {
        let time = TimeSource(monotonic: { .zero }, utc: { moment }, sleep: { _ in })
        return TableMaintenance(
            Lakehouse(catalog: other ?? catalog, store: meter), sizes: FileSizes(rowGroupBytes: 1 << 20), time: time)
    }
}

private func row(_ number: Int, _ version: Int64) -> TestRow { TestRow("k\(number)", Int64(number), version) }

/// Years after the clock of the tests, so that everything is old.
let muchLater = Timestamp(microseconds: LakehouseUnderTest.time.utc().microseconds + 300_000_000_000_000)

struct `A compaction` {
    @Test func `puts small files together and leaves out deleted rows`() async throws {
        let test = try await LakehouseUnderTest()
        for version in 1...4 as ClosedRange<Int64> {
            try await test.load([(0..<10).map { row($0 + Int(version), version) }], run: "r\(version)")
        }
        let before = try await test.rows()

        let report = try await test.maintenance().compact(LakehouseUnderTest.table)

        #expect(try await test.rows() == before)
        #expect(report.filesRewritten == 4 && report.filesWritten == 1)
        #expect(report.rowsDropped == 27 && report.deleteFilesRemoved == 3)
        let files = try await test.liveFiles()
        #expect(files.map(\.content) == [.data])
        #expect(files.map(\.recordCount) == [13])
        let summary = try await test.head().metadata.currentSnapshot?.summary ?? [:]
        #expect(summary["operation"] == "replace")
        #expect(summary["total-records"] == "13" && summary["total-position-deletes"] == "0")
    }

    @Test func `keeps what earlier loads left with the table`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[row(1, 1)]], run: "r1")
        try await test.load([[row(1, 2)]], run: "r2")

        _ = try await test.maintenance().compact(LakehouseUnderTest.table)

        #expect(try await test.open(run: "r2").receipt?.rowsAdded == 1)
        try await test.load([[row(1, 3), row(2, 3)]], run: "r3")
        #expect(try await test.rows() == [row(1, 3), row(2, 3)])
    }

    @Test func `finds nothing to do in a table that is compact`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[row(1, 1)]], run: "r1")

        let report = try await test.maintenance().compact(LakehouseUnderTest.table)

        #expect(report == CompactionReport())
        #expect(try await test.head().metadata.snapshots.count == 1)
    }

    @Test func `keeps partitions apart`() async throws {
        let test = try await LakehouseUnderTest(layout: LayoutRequest([.init(.day, "created")]))
        for version in 1...2 as ClosedRange<Int64> {
            try await test.load(
                [[row(1, version), row(2, version), row(86_400 + Int(version), version)]], run: "r\(version)")
        }
        let before = try await test.rows()

        _ = try await test.maintenance().compact(LakehouseUnderTest.table)

        #expect(try await test.rows() == before)
        #expect(
            Set(try await test.liveFiles().map(\.partition.values)) == [
                [1_000: .integer(0)], [1_000: .integer(1)],
            ])
    }

    @Test func `removes files with nothing but deleted rows`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[row(1, 1), row(2, 1)]], run: "r1")
        try await test.load([[row(1, 2), row(2, 2)]], run: "r2")

        let report = try await test.maintenance().compact(LakehouseUnderTest.table)

        #expect(report.rowsDropped == 2)
        #expect(try await test.rows() == [row(1, 2), row(2, 2)])
    }

    @Test func `goes on when others only added rows`() async throws {
        let test = try await LakehouseUnderTest()
        for version in 1...2 as ClosedRange<Int64> { try await test.load([[row(1, version)]], run: "r\(version)") }
        let catalog = ScriptedCatalog(test.catalog, [.after { try await test.changeByOthers(adding: [row(9, 1)]) }])

        _ = try await test.maintenance(through: catalog).compact(LakehouseUnderTest.table)

        #expect(try await test.rows() == [row(1, 2), row(9, 1)])
    }

    @Test func `goes on when others only put manifests together`() async throws {
        let test = try await LakehouseUnderTest()
        for version in 1...3 as ClosedRange<Int64> { try await test.load([[row(1, version)]], run: "r\(version)") }
        let catalog = ScriptedCatalog(
            test.catalog,
            [
                .after {
                    try await test.set("commit.manifest.min-count-to-merge", "2")
                    try await test.changeByOthers(adding: [row(9, 1)])
                }
            ])

        let report = try await test.maintenance(through: catalog).compact(LakehouseUnderTest.table)

        #expect(report.deleteFilesRemoved == 2)
        #expect(try await test.rows() == [row(1, 3), row(9, 1)])
    }

    @Test func `gives up when rows were deleted in the meantime, and leaves nothing behind`() async throws {
        let test = try await LakehouseUnderTest()
        for version in 1...2 as ClosedRange<Int64> { try await test.load([[row(1, version)]], run: "r\(version)") }
        let catalog = ScriptedCatalog(test.catalog, [.after { try await test.load([[row(1, 3)]], run: "r3") }])

        let error = await #expect(throws: NilusError.self) {
            _ = try await test.maintenance(through: catalog).compact(LakehouseUnderTest.table)
        }

        #expect(error?.code == .commitConflict)
        #expect(try await test.rows() == [row(1, 3)])
        #expect(try await test.storedDataFiles().count == test.liveFiles().count)
    }
}

struct `An expiry` {
    @Test func `keeps the files that a manifest took over from those that go`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[row(0, 1)]], run: "r0")
        try await test.set("commit.manifest.min-count-to-merge", "3")
        for number in 1...6 { try await test.load([[row(number, 1), row(0, 2)]], run: "r\(number)") }
        let before = try await test.rows()
        let lists = try await test.manifests().map(\.content)

        let report = try await test.maintenance(at: muchLater).expire(LakehouseUnderTest.table)

        #expect(lists == [.data, .deletes, .deletes])
        #expect(report.snapshotsExpired == 6)
        #expect(try await test.rows() == before)
        #expect(try await test.storedDataFiles().count == test.liveFiles().count)
    }

    @Test func `removes old snapshots and the files that only they needed`() async throws {
        let test = try await LakehouseUnderTest()
        for version in 1...3 as ClosedRange<Int64> {
            try await test.load([[row(1, version), row(2, version)]], run: "r\(version)")
        }
        _ = try await test.maintenance().compact(LakehouseUnderTest.table)
        let rows = try await test.rows()

        let report = try await test.maintenance(at: muchLater).expire(LakehouseUnderTest.table)

        #expect(report.snapshotsExpired == 3 && report.snapshotsKept == 1)
        #expect(try await test.rows() == rows)
        #expect(try await test.storedDataFiles().sorted() == test.liveFiles().map(\.path).sorted())
        // What the expired snapshots recorded is still known.
        #expect(try await test.open(run: "r3").receipt != nil)
    }

    @Test func `keeps young snapshots, as many as asked for, and those that a tag names`() async throws {
        let test = try await LakehouseUnderTest()
        for version in 1...4 as ClosedRange<Int64> { try await test.load([[row(1, version)]], run: "r\(version)") }
        let table = try await test.head()
        let first = try #require(table.metadata.snapshots.first)

        #expect(Retention(of: table.metadata).expired(of: table.metadata, now: LakehouseUnderTest.time.utc()).isEmpty)
        #expect(
            Retention(of: table.metadata, keepLast: 3).expired(of: table.metadata, now: muchLater).map(\.id) == [
                first.id
            ])
        #expect(Retention(of: table.metadata, keepLast: 9).expired(of: table.metadata, now: muchLater).isEmpty)
    }

    @Test func `keeps what the table asks for, unless the user asks for something else`() async throws {
        let test = try await LakehouseUnderTest()
        for version in 1...4 as ClosedRange<Int64> { try await test.load([[row(1, version)]], run: "r\(version)") }
        try await test.set("history.expire.max-snapshot-age-ms", "1000")
        try await test.set("history.expire.min-snapshots-to-keep", "3")
        let table = try await test.head().metadata

        #expect(Retention(of: table).ofMain == ExpiryRule(age: .seconds(1), keepLast: 3))
        #expect(Retention(of: table, age: .seconds(9), keepLast: 1).ofMain == ExpiryRule(age: .seconds(9), keepLast: 1))
        let soon = Timestamp(microseconds: LakehouseUnderTest.time.utc().microseconds + 2_000_000)
        let report = try await test.maintenance(at: soon).expire(LakehouseUnderTest.table)
        #expect(report.snapshotsExpired == 1 && report.snapshotsKept == 3)
    }

    @Test func `keeps what the branch 'main' asks for before what the table does`() throws {
        let table = try TableMetadata(
            parsing: #"""
                {"format-version":2,"table-uuid":"9c12d441-03fe-4693-9a96-a0705ddf69c1","location":"file:///t",
                 "last-sequence-number":1,"last-updated-ms":1,"last-column-id":1,"current-schema-id":0,
                 "schemas":[{"type":"struct","schema-id":0,"fields":[]}],"default-spec-id":0,"last-partition-id":999,
                 "partition-specs":[{"spec-id":0,"fields":[]}],"default-sort-order-id":0,
                 "sort-orders":[{"order-id":0,"fields":[]}],
                 "properties":{"history.expire.max-snapshot-age-ms":"5","history.expire.min-snapshots-to-keep":"no"},
                 "snapshots":[{"snapshot-id":1,"timestamp-ms":1,"sequence-number":1,"manifest-list":"m","summary":{}}],
                 "refs":{"main":{"snapshot-id":1,"type":"branch","max-snapshot-age-ms":7000}}}
                """#.utf8, from: "f")

        #expect(Retention(of: table).ofMain == ExpiryRule(age: .seconds(7), keepLast: 1))
    }

    @Test func `is refused where files may be another table's too`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[row(1, 1)]], run: "r1")
        let table = try await test.head()
        _ = try await test.catalog.commit(
            TableChange(requirements: [], updates: [.setProperties([TableProperty("gc.enabled", "false")])]), to: table)

        let error = await #expect(throws: NilusError.self) {
            _ = try await test.maintenance(at: muchLater).expire(LakehouseUnderTest.table)
        }

        #expect(error?.code == .sinkRefused)
    }
}

struct `A search for orphans` {
    private func orphans(
        _ test: LakehouseUnderTest, at moment: Timestamp = muchLater, deleting: Bool = false
    ) async throws -> [String] {
        var found: [String] = []
        try await test.maintenance(at: moment).orphans(
            of: LakehouseUnderTest.table, olderThan: .seconds(3 * 86_400), deleting: deleting
        ) { found.append($0.location) }
        return found.sorted()
    }

    @Test func `finds what no snapshot needs, and deletes it only when asked to`() async throws {
        let test = try await LakehouseUnderTest()
        for version in 1...3 as ClosedRange<Int64> { try await test.load([[row(1, version)]], run: "r\(version)") }
        let location = try await test.head().metadata.location
        let waste = ["\(location)/data/killed.parquet", "\(location)/metadata/killed-m0.avro"]
        for path in waste { try await test.files.put([1], at: path) }

        #expect(try await orphans(test) == waste)
        #expect(try await orphans(test) == waste)
        #expect(try await orphans(test, deleting: true) == waste)
        #expect(try await orphans(test).isEmpty)
        #expect(try await test.rows() == [row(1, 3)])
    }

    @Test func `passes over young files, which a run may be writing`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[row(1, 1)]], run: "r1")
        try await test.files.put([1], at: "\(try await test.head().metadata.location)/data/young.parquet")

        #expect(try await orphans(test, at: Timestamp.now()).isEmpty)
        let error = await #expect(throws: NilusError.self) {
            try await test.maintenance().orphans(
                of: LakehouseUnderTest.table, olderThan: .seconds(60), deleting: false, { _ in })
        }
        #expect(error?.code == .usageInvalid)
    }
}

struct `A look at a table` {
    @Test func `tells its columns, its files and its deletions`() async throws {
        let test = try await LakehouseUnderTest(layout: LayoutRequest([.init(.day, "created")]))
        try await test.load([[row(1, 1), row(2, 1)]], run: "r1")
        try await test.load([[row(2, 2)]], run: "r2")

        let description = try await test.maintenance().describe(LakehouseUnderTest.table)

        #expect(description.columns.map(\.name) == ["id", "created", "version"])
        #expect(description.partitionedBy == ["day(created)"])
        #expect(description.rowCount == 2)
        #expect(description.dataFileCount == 2 && description.smallFileCount == 2)
        #expect(description.positionDeleteFileCount == 1 && description.deletedRowCount == 1)
        #expect(description.current?.runID == "r2")
        let snapshots = try await test.maintenance().snapshots(of: LakehouseUnderTest.table)
        #expect(snapshots.map(\.runID) == ["r2", "r1"])
        #expect(snapshots.map(\.rowsRemoved) == [1, 0])
    }

    @Test func `shows the ten newest snapshots and how many there are`() async throws {
        let test = try await LakehouseUnderTest()
        for version in 1...12 as ClosedRange<Int64> { try await test.load([[row(1, version)]], run: "r\(version)") }

        let description = try await test.maintenance().describe(LakehouseUnderTest.table)

        #expect(description.snapshotCount == 12)
        #expect(description.newestSnapshots.map(\.runID) == (3...12).reversed().map { "r\($0)" })
        #expect(description.newestSnapshots.first == description.current)
        #expect(description.newestSnapshots.map(\.loadID) == description.newestSnapshots.map(\.runID))
    }

    @Test func `shows rows as people read them, without deleted ones`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[TestRow("a", 0, 1), TestRow("b", nil, 1)]], run: "r1")
        try await test.load([[TestRow("b", nil, 2)]], run: "r2")

        let preview = try await test.maintenance().preview(LakehouseUnderTest.table, rowCount: 5)

        #expect(preview.columns == ["id", "created", "version"])
        #expect(Set(preview.rows) == [["a", "1970-01-01T00:00:00Z", "1"], ["b", nil, "2"]])
        #expect(try await test.maintenance().preview(LakehouseUnderTest.table, rowCount: 1).rows.count == 1)
    }

    @Test func `says what the table may have been when there is none`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[row(1, 1)]], run: "r1")

        let error = await #expect(throws: NilusError.self) {
            _ = try await test.maintenance().describe(TableName(namespace: ["sales"], name: "charge"))
        }

        #expect(error?.message == "cannot find table 'sales.charge': did you mean 'sales.charges'?")
    }
}
