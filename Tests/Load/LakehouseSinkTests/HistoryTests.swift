import Digests
import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import Records
import Testing

@testable import LakehouseSink

/// A row of a table that keeps the history of its rows.
struct VersionRow: Hashable, CustomStringConvertible {
    var id: String
    var version: Int64?
    /// The load that brought it, which says nothing about the row.
    var load = "-"
    var since: Int64 = 0

    static let history = HistoryColumns(validFrom: "since", validTo: "until", incidental: ["load"])
    static let columns = RecordSchema([
        Field("id", .text), Field("created", .timestampWithZone), Field("version", .long), Field("load", .text),
        Field("since", .timestampWithZone), Field("until", .timestampWithZone),
    ])

    var description: String { "\(id) v\(version ?? -1)" }

    static func batch(_ rows: [VersionRow], _ columns: RecordSchema = columns) -> ColumnBatch {
        let batch = ColumnBatch(columns)
        for row in rows {
            let index = batch.addRow()
            Array(row.id.utf8).withUnsafeBytes { batch.columns[0].set($0, inRow: index) }
            if let version = row.version { batch.columns[2].set(version, inRow: index) }
            Array(row.load.utf8).withUnsafeBytes { batch.columns[3].set($0, inRow: index) }
            batch.columns[4].set(row.since * 1_000_000, inRow: index)
        }
        return batch
    }
}

struct `What a row says` {
    private func digests(_ rows: [VersionRow], of columns: [Int]) -> [SHA256Digest] {
        var digests = RowDigests(of: columns)
        digests.begin(VersionRow.batch(rows))
        return rows.indices.map { digests.digest(ofRow: $0) }
    }

    @Test func `is the same for equal values, whatever stands in other columns`() {
        let found = digests(
            [VersionRow(id: "a", version: 1, load: "x"), VersionRow(id: "a", version: 1, load: "y")], of: [0, 1, 2])

        #expect(found[0] == found[1])
    }

    @Test func `differs by value, by column and by what is not there`() {
        let rows = [
            VersionRow(id: "a", version: 1, load: "b"), VersionRow(id: "ab", version: 1, load: ""),
            VersionRow(id: "a", version: nil, load: "b"), VersionRow(id: "a", version: 2, load: "b"),
            VersionRow(id: "b", version: 1, load: "a"),
        ]

        #expect(Set(digests(rows, of: [0, 2, 3])).count == rows.count)
    }

    @Test func `is not changed by a column that has no value`() {
        let row = [VersionRow(id: "a", version: nil)]

        #expect(digests(row, of: [0, 2]) == digests(row, of: [0]))
    }
}

struct `The rows of a portion` {
    private func portion(_ rows: [(String, String)]) -> VersionPortion {
        let portion = VersionPortion()
        for (row, (key, content)) in rows.enumerated() {
            Array(key.utf8).withUnsafeBytes {
                portion.add(
                    $0, at: KeySet.Place(file: 0, row: row), moment: KeySet.noMoment, SHA256Digest(of: content))
            }
        }
        return portion
    }

    private func meet(_ portion: VersionPortion, _ key: String, _ content: String) -> VersionPortion.Fate {
        Array(key.utf8).withUnsafeBytes { portion.meet($0) { SHA256Digest(of: content) } }
    }

    @Test func `let versions stay that say the same, and end others`() {
        let portion = portion([("a", "1"), ("b", "1"), ("c", "1")])

        #expect(meet(portion, "a", "1") == .stays)
        #expect(meet(portion, "b", "2") == .ends)
        #expect(meet(portion, "z", "1") == .unknown)
        #expect(portion.unchanged == [KeySet.Place(file: 0, row: 0)])
    }

    @Test func `let one version of a key stay`() {
        let portion = portion([("a", "1")])

        let fates = ["2", "1", "1"].map { meet(portion, "a", $0) }

        #expect(fates == [.ends, .stays, .ends])
    }
}

struct `The history of a table` {
    private func load(
        _ test: LakehouseUnderTest, _ rows: [VersionRow], at second: Int64, run: String, closesAbsent: Bool = true,
        through catalog: (any Catalog)? = nil
    ) async throws -> CommitReceipt {
        let load = try #require(
            try await test.open(.scd2, run: run, columns: VersionRow.columns, through: catalog).load)
        do {
            let stamped = rows.map { VersionRow(id: $0.id, version: $0.version, load: run, since: second) }
            try await load.write(VersionRow.batch(stamped))
            let scope = LoadScope(
                lower: nil, upper: second, moment: second, isComplete: true, closesAbsent: closesAbsent)
            return try await load.commit(
                CommitFacts(checkpoint: .keep, rowCount: rows.count, rowIDAccount: "", scope: scope)
            ).receipt
        } catch {
            await load.abandon()
            throw error
        }
    }

    @Test func `grows by what changed, and writes files once where all rows are new`() async throws {
        let test = try await LakehouseUnderTest()

        let first = try await load(
            test, [VersionRow(id: "a", version: 1), VersionRow(id: "b", version: 1)], at: 10, run: "r1")
        let second = try await load(
            test, [VersionRow(id: "a", version: 2), VersionRow(id: "c", version: nil)], at: 20, run: "r2")

        #expect(first.rowsAdded == 2)
        #expect(first.filesAdded == 1)
        #expect(second.rowsAdded == 2)
        #expect(second.effects.closed == 2)
        #expect(second.rowsInTable == 4)
        let again = try await test.open(.scd2, run: "r2", columns: VersionRow.columns).receipt
        #expect(again == second.told)
        // The load's own file, one of versions that ended; nothing else stays behind.
        #expect(second.filesAdded == 2)
        #expect(try await test.storedDataFiles().count == test.liveFiles().count)
    }

    @Test func `keeps the last of several rows with one key`() async throws {
        let test = try await LakehouseUnderTest()

        let receipt = try await load(
            test, [VersionRow(id: "a", version: 1), VersionRow(id: "a", version: 2)], at: 10, run: "r1")

        #expect(receipt.rowsAdded == 1)
        #expect(receipt.effects.replaced == 1)
        #expect(try await test.rows().map(\.version) == [2])
    }

    @Test func `is compared anew after a lost race, and leaves no file of the lost one`() async throws {
        let test = try await LakehouseUnderTest()
        _ = try await load(test, [VersionRow(id: "a", version: 1), VersionRow(id: "b", version: 1)], at: 10, run: "r1")
        let catalog = ScriptedCatalog(
            test.catalog, [.after { try await test.changeByOthers(adding: [TestRow("c", nil, 7)]) }])

        let receipt = try await load(
            test, [VersionRow(id: "a", version: 1), VersionRow(id: "c", version: 8)], at: 20, run: "r2",
            through: catalog)

        #expect(catalog.commitCount == 2)
        // Ended: b, which is gone, and the others' c, which changed.
        #expect(receipt.effects.closed == 2)
        #expect(receipt.effects.unchanged == 1)
        #expect(receipt.rowsInTable == 4)
        #expect(try await test.storedDataFiles().count == test.liveFiles().count)
    }

    @Test func `leaves nothing behind when the commit is refused`() async throws {
        let test = try await LakehouseUnderTest()
        _ = try await load(test, [VersionRow(id: "a", version: 1)], at: 10, run: "r1")
        let before = try await test.storedDataFiles()
        let catalog = ScriptedCatalog(test.catalog, [.refuse])

        let error = try await #require(throws: NilusError.self) {
            _ = try await load(
                test, [VersionRow(id: "a", version: 2), VersionRow(id: "b", version: 2)], at: 20, run: "r2",
                through: catalog)
        }

        #expect(error.code == .sinkRefused)
        #expect(try await test.storedDataFiles() == before)
    }

    @Test func `has no versions that others deleted by their values`() async throws {
        let test = try await LakehouseUnderTest()
        let rows = ["a", "b", "c"].map { VersionRow(id: $0, version: 1) }
        _ = try await load(test, rows, at: 10, run: "r1")
        let deletes = try await test.theirFile([LakehouseUnderTest.idColumn], [["a"], ["b"]], deletingBy: [1])
        try await test.changeByOthers(adding: [], deletes: [deletes])

        let receipt = try await load(test, [rows[0], rows[2]], at: 20, run: "r2")

        // The others' deletion of a is no version to compare with, that of b leaves none to end.
        #expect(receipt.rowsAdded == 1 && receipt.effects.unchanged == 1 && receipt.effects.closed == 0)
        #expect(try await test.preview().map { $0.prefix(1) } == ["a", "c"])
    }

    @Test(arguments: [IncrementalStrategy.merge, .deleteInsert])
    func `is not given away by other strategies`(strategy: IncrementalStrategy) async throws {
        let test = try await LakehouseUnderTest()
        _ = try await load(test, [VersionRow(id: "a", version: 1)], at: 10, run: "r1")
        for name in ["until", "UNTIL", "ended"] {
            if name != "until" { try await test.rename(name == "UNTIL" ? "until" : "UNTIL", to: name) }

            let error = await #expect(throws: NilusError.self) { _ = try await test.open(strategy, run: "r2") }

            #expect(error?.code == .schemaConflict)
            #expect(
                error?.message == "cannot load table 'sales.charges' with '\(strategy.rawValue)': it keeps the history "
                    + "of its rows in column 'until', and past versions would be deleted; use 'incremental-strategy: "
                    + "scd2', or load into another table")
        }
    }

    @Test func `that is empty keeps nothing from being merged`() async throws {
        let test = try await LakehouseUnderTest()
        _ = try await load(test, [], at: 10, run: "r1")

        let load = try #require(try await test.open(.merge, run: "r2").load)

        #expect(load.schema.names.contains("until") && !load.hasRows)
    }

    @Test func `is refused where the table has its columns with other types`() async throws {
        let test = try await LakehouseUnderTest()
        let fields = VersionRow.columns.fields.map { $0.name == "until" ? Field("until", .long) : $0 }

        let error = try await #require(throws: NilusError.self) {
            _ = try await test.open(.scd2, run: "r1", columns: RecordSchema(fields))
        }

        #expect(error.code == .schemaConflict)
        #expect(
            error.message == "cannot keep the history of table 'sales.charges': its column 'until' is not of type "
                + "timestamptz; use another table, or rename that column and add a new one of its name")
    }
}
