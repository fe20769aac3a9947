import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import Parquet
import Records
import Testing
import WorkflowManifest

@testable import LakehouseSink

struct `A table whose columns were renamed` {
    /// A table of rows a and b, whose key and creation time have other names since.
    private func table(_ layout: LayoutRequest = .none) async throws -> LakehouseUnderTest {
        let test = try await LakehouseUnderTest(layout: layout)
        try await test.load([[TestRow("a", 10, 1), TestRow("b", 20, 1)]], run: "r1")
        try await test.rename("id", to: "charge_id")
        try await test.rename("created", to: "made")
        return test
    }

    private func names(_ test: LakehouseUnderTest) async throws -> [String] {
        try await test.head().metadata.currentSchema.fields.map(\.name)
    }

    private static let endings: [(IncrementalStrategy, [TestRow])] = [
        (.merge, [TestRow("a", 10, 1), TestRow("b", 20, 2), TestRow("c", 30, 2)]),
        (.deleteInsert, [TestRow("a", 10, 1), TestRow("b", 20, 2), TestRow("c", 30, 2)]),
        (.append, [TestRow("a", 10, 1), TestRow("b", 20, 1), TestRow("b", 20, 2), TestRow("c", 30, 2)]),
        (.replace, [TestRow("b", 20, 2), TestRow("c", 30, 2)]),
    ]

    @Test(arguments: endings)
    func `is loaded as before, whatever the strategy`(
        _ strategy: IncrementalStrategy, _ expected: [TestRow]
    ) async throws {
        let test = try await table()

        try await test.load(
            [[TestRow("b", 20, 2), TestRow("c", 30, 2)]], strategy, run: "r2",
            scope: LoadScope(lower: 15, upper: 40, moment: 40, isComplete: true, closesAbsent: false))

        #expect(try await test.rows() == expected)
        #expect(try await names(test) == ["charge_id", "made", "version"])
    }

    @Test func `tells where values go, and gives no other field the names`() async throws {
        let test = try await table()

        let load = try #require(try await test.open(run: "r2").load)

        #expect(load.schema.names == ["id", "created", "version"])
        #expect(load.unfillableColumns == ["charge_id", "made"])
        #expect(
            load.remarks == [
                "column 'id' was renamed in table 'sales.charges': its values go to 'charge_id'",
                "column 'created' was renamed in table 'sales.charges': its values go to 'made'",
            ])
    }

    @Test func `keeps the history of its rows`() async throws {
        let test = try await LakehouseUnderTest()
        func load(_ version: Int64, at second: Int64) async throws -> CommitReceipt {
            let load = try #require(
                try await test.open(.scd2, run: "r\(second)", columns: VersionRow.columns).load)
            try await load.write(
                VersionRow.batch([VersionRow(id: "a", version: version, since: second)], VersionRow.columns))
            let scope = LoadScope(lower: nil, upper: second, moment: second, isComplete: true, closesAbsent: true)
            return try await load.commit(
                CommitFacts(checkpoint: .keep, rowCount: 1, rowIDAccount: "", scope: scope)
            ).receipt
        }
        _ = try await load(1, at: 10)
        for name in ["id", "since", "until", "load"] { try await test.rename(name, to: "their_\(name)") }

        let same = try await load(1, at: 20)
        let other = try await load(2, at: 30)

        #expect(same.effects.unchanged == 1 && same.rowsAdded == 0)
        #expect(other.effects.closed == 1 && other.rowsAdded == 1)
        #expect(
            try await names(test) == ["their_id", "created", "version", "their_load", "their_since", "their_until"])
    }

    @Test func `is merged into by the name too that its key has now`() async throws {
        let test = try await table()
        let load = try #require(try await test.open(run: "r2", key: MergeKey(columns: ["charge_id"])).load)

        try await load.write(LakehouseUnderTest.batch([TestRow("b", 20, 2)]))
        _ = try await load.commit(CommitFacts(checkpoint: .keep, rowCount: 1, rowIDAccount: ""))

        #expect(try await test.rows() == [TestRow("a", 10, 1), TestRow("b", 20, 2)])
        let file = try #require(try await test.liveFiles().last { $0.content == .data && $0.recordCount == 1 })
        #expect(try await test.reader(file).bloomFilter(of: LakehouseUnderTest.idColumn, inRowGroup: 0) != nil)
    }

    @Test func `stays divided as it is, which differs from no wish`() async throws {
        let layout = LayoutRequest([.init(.day, "created")], clusterBy: ["id"])
        let test = try await table(layout)

        let load = try #require(try await test.open(run: "r2").load)
        try await load.write(LakehouseUnderTest.batch([TestRow("c", 86_400, 1)]))
        _ = try await load.commit(CommitFacts(checkpoint: .keep, rowCount: 1, rowIDAccount: ""))

        #expect(!load.remarks.contains { $0.contains("which stays") })
        #expect(
            Set(try await test.liveFiles().map(\.partition.values)) == [
                [1_000: .integer(0)], [1_000: .integer(1)],
            ])
    }

    @Test func `gets Bloom filters of its key from a compaction too`() async throws {
        let test = try await table()
        try await test.load([[TestRow("b", 20, 2)]], run: "r2")

        _ = try await test.maintenance().compact(LakehouseUnderTest.table)

        let file = try #require(try await test.liveFiles().first)
        let filter = try await test.reader(file).bloomFilter(of: LakehouseUnderTest.idColumn, inRowGroup: 0)
        #expect(filter != nil)
    }

    @Test func `is refused where nothing tells which column has the key`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[TestRow("a", 10, 1)]], run: "r1")

        let error = await #expect(throws: NilusError.self) {
            _ = try await test.open(
                run: "r2", columns: RecordSchema([Field("key", .text), Field("version", .long)]),
                key: MergeKey(columns: ["key"]))
        }

        #expect(
            error?.message == "cannot find the rows of table 'sales.charges' by column 'key': it has rows, and none of "
                + "its columns has or had that name; rename the column that holds these values to it, or load into "
                + "another table")
    }
}
