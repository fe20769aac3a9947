import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import Parquet
import Records
import Testing
import WorkflowManifest

@testable import LakehouseSink

/// Tables as Hive lays them out: the column that divides them is in no file.
struct `Values that only the place of a file tells` {
    /// A table divided by `version` with two files of others in each of two partitions, one of them without a value.
    private func table() async throws -> LakehouseUnderTest {
        let test = try await LakehouseUnderTest(layout: LayoutRequest([.init(.identity, "version")]))
        try await test.load([[TestRow("a", 10, 7)]], run: "r1")
        let columns = [LakehouseUnderTest.idColumn, LakehouseUnderTest.createdColumn]
        var files: [DataFile] = []
        for (id, version) in [("b", 9), ("c", 9), ("d", nil), ("e", nil)] as [(String, Int64?)] {
            let partition = FilePartition(specID: 0, values: [1_000: version.map { .integer($0) }])
            files.append(
                try await test.theirFile(columns, [[.text(Array(id.utf8)), 20_000_000]], in: partition))
        }
        try await test.changeByOthers(adding: [], deletes: files)
        return test
    }

    private static let rows = [
        TestRow("a", 10, 7), TestRow("b", 20, 9), TestRow("c", 20, 9), TestRow("d", 20, -1), TestRow("e", 20, -1),
    ]

    @Test func `are shown`() async throws {
        let second = "1970-01-01T00:00:20Z"

        #expect(
            try await table().preview() == [
                "a 1970-01-01T00:00:10Z 7", "b \(second) 9", "c \(second) 9", "d \(second) -", "e \(second) -",
            ])
    }

    @Test func `are in the files that a compaction writes`() async throws {
        let test = try await table()

        let report = try await test.maintenance().compact(LakehouseUnderTest.table)

        #expect(report.filesRewritten == 4 && report.filesWritten == 2)
        // Read without regard to places; a missing value is -1.
        #expect(try await test.rows() == Self.rows)
    }

    @Test func `are part of the key by which rows are found`() async throws {
        let test = try await table()
        let load = try #require(try await test.open(run: "r2", key: MergeKey(columns: ["id", "version"])).load)
        try await load.write(LakehouseUnderTest.batch([TestRow("b", 30, 9), TestRow("c", 30, 8)]))

        let receipt = try await load.commit(CommitFacts(checkpoint: .keep, rowCount: 2, rowIDAccount: "")).receipt

        #expect(receipt.effects.replaced == 1)
        #expect(try await test.preview().filter { $0.hasPrefix("b") } == ["b 1970-01-01T00:00:30Z 9"])
    }

    @Test func `tell which rows lie in an interval`() async throws {
        let test = try await LakehouseUnderTest(layout: LayoutRequest([.init(.identity, "created")]))
        try await test.load([[TestRow("a", 10, 1)]], run: "r1")
        let columns = [LakehouseUnderTest.idColumn, LakehouseUnderTest.versionColumn]
        var files: [DataFile] = []
        for (id, second) in [("b", 20), ("c", 30)] as [(SingleValue, Int64)] {
            let partition = FilePartition(specID: 0, values: [1_000: .integer(second * 1_000_000)])
            files.append(try await test.theirFile(columns, [[id, 1]], in: partition))
        }
        try await test.changeByOthers(adding: [], deletes: files)

        let receipt = try await test.load(
            [[TestRow("d", 21, 2)]], .deleteInsert, run: "r2",
            scope: LoadScope(lower: 15, upper: 25, moment: 25, isComplete: true, closesAbsent: false))

        #expect(receipt.effects.deleted == 1)
        #expect(try await test.preview().map { $0.prefix(1) } == ["a", "c", "d"])
    }

    @Test func `are in the versions that end`() async throws {
        let layout = LayoutRequest([.init(.identity, "version")])
        let test = try await LakehouseUnderTest(layout: layout)
        func load(_ versions: [VersionRow], at second: Int64) async throws -> CommitReceipt {
            let load = try #require(
                try await test.open(.scd2, run: "r\(second)", columns: VersionRow.columns).load)
            try await load.write(VersionRow.batch(versions))
            let scope = LoadScope(lower: nil, upper: second, moment: second, isComplete: true, closesAbsent: true)
            return try await load.commit(
                CommitFacts(checkpoint: .keep, rowCount: versions.count, rowIDAccount: "", scope: scope)
            ).receipt
        }
        _ = try await load([VersionRow(id: "a", version: 1)], at: 10)
        let partition = FilePartition(specID: 0, values: [1_000: .integer(7)])
        let file = try await test.theirFile([LakehouseUnderTest.idColumn], [["b"], ["c"]], in: partition)
        try await test.changeByOthers(adding: [], deletes: [file])

        let receipt = try await load(
            [VersionRow(id: "a", version: 1), VersionRow(id: "b", version: 7), VersionRow(id: "c", version: 8)], at: 20)

        // What b says is what the place told; c said 7, ends so, and says 8.
        #expect(receipt.effects.unchanged == 2 && receipt.effects.closed == 1 && receipt.rowsAdded == 1)
        let versions = try await test.preview().map { $0.split(separator: " ").prefix(3).joined(separator: " ") }
        #expect(versions.sorted() == ["a - 1", "b - 7", "c - 7", "c - 8"])
    }

    @Test func `are not guessed where the table does not know how it was divided`() async throws {
        let metadata = try await table().head().metadata

        let error = #expect(throws: NilusError.self) {
            try metadata.sharedValues(in: FilePartition(specID: 77, values: [1_000: .integer(1)]))
        }

        #expect(error?.code == .sinkRefused)
        #expect(
            error?.message == "cannot read the files of the table at '\(metadata.location)': they are divided by "
                + "partition spec 77, which its metadata does not have; repair the table with the engine that wrote it")
    }
}
