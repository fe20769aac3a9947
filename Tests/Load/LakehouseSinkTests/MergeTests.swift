import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import Records
import SeededRandom
import Testing

@testable import LakehouseSink

struct `A merge` {
    private func row(_ number: Int, _ version: Int64) -> TestRow {
        TestRow("ch_\(number)", Int64(1_000 + number), version)
    }

    @Test func `into an empty table adds everything`() async throws {
        let test = try await LakehouseUnderTest()

        let receipt = try await test.load([[row(1, 1), row(2, 1)]], run: "r1")

        #expect(try await test.rows() == [row(1, 1), row(2, 1)])
        #expect(receipt.effects.replaced == 0)
        let snapshot = try #require(try await test.head().metadata.currentSnapshot)
        #expect(snapshot.summary["operation"] == "append")
        #expect(test.meter.bytesRead.isEmpty)
    }

    @Test func `replaces old versions and adds new rows in one snapshot`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[row(1, 1), row(2, 1), row(3, 1)]], run: "r1")

        let receipt = try await test.load([[row(4, 2), row(2, 2)]], run: "r2")

        #expect(try await test.rows() == [row(1, 1), row(2, 2), row(3, 1), row(4, 2)])
        #expect(receipt.rowsAdded == 2)
        #expect(receipt.effects.replaced == 1)
        #expect(receipt.rowsInTable == 4)
        let metadata = try await test.head().metadata
        #expect(metadata.snapshots.count == 2)
        var summary = try #require(metadata.currentSnapshot?.summary)
        for name in ["added-files-size", "total-files-size"] { summary[name] = nil }
        #expect(
            summary.filter { !$0.key.hasPrefix("nilus.") } == [
                "operation": "overwrite", "added-data-files": "1", "added-records": "2", "added-delete-files": "1",
                "added-position-delete-files": "1", "added-position-deletes": "1", "changed-partition-count": "1",
                "total-data-files": "2", "total-delete-files": "1", "total-records": "5",
                "total-position-deletes": "1", "total-equality-deletes": "0",
            ])
    }

    @Test func `tells a later attempt of the run the same figures`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[row(1, 1), row(2, 1), row(3, 1)]], run: "r1")

        let receipt = try await test.load([[row(4, 2), row(2, 2)]], run: "r2")

        #expect(try await test.open(run: "r2").receipt == receipt.told)
        #expect(try await test.head().metadata.properties["nilus.rows-replaced"] == nil)
    }

    @Test func `keeps the version that was written last, within a batch and across batches and files`() async throws {
        let test = try await LakehouseUnderTest(fileRows: 2)

        let receipt = try await test.load(
            [[row(1, 1), row(2, 1), row(1, 2)], [row(3, 1), row(2, 2)], [row(1, 3)]], run: "r1")

        #expect(try await test.rows() == [row(1, 3), row(2, 2), row(3, 1)])
        #expect(receipt.effects.replaced == 3)
        #expect(receipt.rowsInTable == 3)
    }

    @Test(arguments: [(nil, 1), ("partition", 1), ("FILE", 3), ("row", 1)])
    func `deletes rows of several files in as many delete files as the table asks for`(
        _ granularity: String?, _ fileCount: Int
    ) async throws {
        let test = try await LakehouseUnderTest(fileRows: 2)
        try await test.load([(0..<6).map { row($0, 1) }], run: "r1")
        if let granularity { try await test.set("write.delete.granularity", granularity) }

        let receipt = try await test.load([[row(0, 2), row(1, 2), row(2, 2), row(5, 2)]], run: "r2")

        #expect(receipt.effects.replaced == 4)
        #expect(try await test.rows() == [row(0, 2), row(1, 2), row(2, 2), row(3, 1), row(4, 1), row(5, 2)])
        let deletes = try await test.liveFiles().filter { $0.content == .positionDeletes }
        #expect(deletes.count == fileCount)
        #expect(deletes.reduce(0) { $0 + $1.recordCount } == 4)
        // A delete file of one data file names it, so that readers need not look into it.
        #expect(Set(deletes.compactMap(\.referencedDataFile)).count == (fileCount == 3 ? 3 : 0))
    }

    @Test func `replaces all rows of a key, however many there are`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[row(1, 1), row(2, 1)]], .append, run: "r1")
        try await test.load([[row(1, 2), row(2, 2)]], .append, run: "r2")

        try await test.load([[row(1, 3)]], run: "r3")

        #expect(try await test.rows() == [row(1, 3), row(2, 1), row(2, 2)])
    }

    @Test func `deletes no row twice`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[row(1, 1), row(2, 1)]], run: "r1")
        for version in 2...5 { try await test.load([[row(1, Int64(version))]], run: "r\(version)") }

        let deleted = try await test.deletedRows(try await test.liveFiles().filter { $0.content != .data })

        #expect(deleted.count == 4)
        #expect(Set(deleted).count == 4)
        #expect(try await test.rows() == [row(1, 5), row(2, 1)])
        #expect(try await test.head().metadata.liveRecordCount == 2)
    }

    @Test func `writes delete files sorted by file and position, with whole bounds`() async throws {
        let test = try await LakehouseUnderTest(fileRows: 3)
        try await test.load([(0..<3).map { row($0, 1) }, (3..<6).map { row($0, 1) }], run: "r1")

        try await test.load([[5, 1, 3, 0].map { row($0, 2) }], run: "r2")

        let deletes = try #require(try await test.liveFiles().first { $0.content == .positionDeletes })
        let places = try await test.deletedRows([deletes])
        #expect(places.map(\.position) == [0, 1, 0, 2])
        #expect(places.map(\.file) == places.map(\.file).sorted())
        #expect(deletes.recordCount == 4)
        #expect(deletes.lowerBounds?[2_147_483_546] == places.first.map { Array($0.file.utf8) })
        #expect(deletes.upperBounds?[2_147_483_546] == places.last.map { Array($0.file.utf8) })
        #expect(deletes.referencedDataFile == nil)
        #expect(deletes.sortOrderID == nil)
    }

    @Test func `names the data file when deletions are of one`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[row(1, 1)]], run: "r1")

        try await test.load([[row(1, 2)]], run: "r2")

        let files = try await test.liveFiles()
        let deletes = try #require(files.first { $0.content == .positionDeletes })
        #expect(deletes.referencedDataFile == files.last { $0.content == .data }?.path)
    }

    @Test func `finds old versions whose creation time the table does not tell`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[TestRow("a", nil, 1), TestRow("b", 5, 1), TestRow("c", 9, 1)]], run: "r1")

        try await test.load([[TestRow("a", nil, 2), TestRow("c", 9, 2)]], run: "r2")

        #expect(try await test.rows() == [TestRow("a", nil, 2), TestRow("b", 5, 1), TestRow("c", 9, 2)])
    }

    @Test func `refuses a row without a key`() async throws {
        let test = try await LakehouseUnderTest()
        let load = try #require(try await test.open(run: "r1").load)
        let batch = ColumnBatch(LakehouseUnderTest.columns)
        _ = batch.addRow()

        let error = await #expect(throws: NilusError.self) { try await load.write(batch) }

        #expect(error?.code == .schemaConflict)
        #expect(
            error?.message == "cannot merge into table 'sales.charges': a row has no value in its primary key 'id'; "
                + "set 'primary-key' to columns that every row fills")
    }

    @Test func `refuses a key of columns that are not there`() async throws {
        let test = try await LakehouseUnderTest()

        let error = await #expect(throws: NilusError.self) {
            _ = try await test.open(run: "r1", key: MergeKey(columns: ["versoin"]))
        }

        #expect(error?.code == .schemaConflict)
        #expect(
            error?.message == "cannot merge into table 'sales.charges': 'primary-key' names column 'versoin', which it "
                + "does not have; did you mean 'version'?")
    }

    @Test(arguments: [false, true])
    func `of a key of several columns replaces rows that agree in all of them`(isOneRenamed: Bool) async throws {
        let test = try await LakehouseUnderTest()
        let key = MergeKey(columns: ["id", "version"])
        try await test.load([[TestRow("a", 1, 1), TestRow("a", 2, 2), TestRow("b", 3, 1)]], .append, run: "r1")
        if isOneRenamed { try await test.rename("version", to: "revision") }
        let load = try #require(try await test.open(run: "r2", key: key).load)

        try await load.write(LakehouseUnderTest.batch([TestRow("a", 9, 2), TestRow("b", 9, 7)]))
        _ = try await load.commit(CommitFacts(checkpoint: .keep, rowCount: 2, rowIDAccount: ""))

        #expect(
            try await test.rows() == [
                TestRow("a", 1, 1), TestRow("a", 9, 2), TestRow("b", 3, 1), TestRow("b", 9, 7),
            ])
    }

    @Test(arguments: 0..<2)
    func `of more keys than memory holds gives the same rows`(seed: UInt64) async throws {
        var generator = SplitMix64(seed: seed)
        let test = try await LakehouseUnderTest(keyBytes: 0, fileRows: 30_000)
        var expected: [String: TestRow] = [:]
        for version in 1...3 as ClosedRange<Int64> {
            let batches = (0..<40).map { _ in
                (0..<500).map { _ in row(Int.random(in: 0..<40_000, using: &generator), version) }
            }
            for row in batches.joined() { expected[row.id] = row }

            let receipt = try await test.load(batches, run: "r\(version)")

            #expect(receipt.rowsInTable == expected.count)
        }
        #expect(try await test.rows() == expected.values.sorted())
    }
}
