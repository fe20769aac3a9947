import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import Parquet
import Records
import Testing
import WorkflowManifest

@testable import LakehouseSink

private typealias Lake = LakehouseUnderTest

extension LakehouseUnderTest {
    /// Deletes rows by their values, as other engines do.
    fileprivate func delete(
        by columns: [ParquetColumn], _ rows: [[SingleValue?]], in partition: FilePartition = .unpartitioned
    ) async throws {
        let file = try await theirFile(columns, rows, in: partition, deletingBy: columns.map(\.fieldID))
        try await changeByOthers(adding: [], deletes: [file])
    }

    fileprivate var ids: [String] {
        get async throws { try await preview().map { String($0.prefix { $0 != " " }) } }
    }
}

struct `Rows that others delete by their values` {
    private func row(_ id: String, _ version: Int64 = 1) -> TestRow { TestRow(id, 10, version) }

    @Test func `are gone where they are older than the deletion, and in no compacted file`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[row("a"), row("b")]], .append, run: "r1")
        try await test.load([[row("a", 2), row("c")]], .append, run: "r2")
        let deletes = try await test.theirFile([Lake.idColumn], [["a"], ["b"], ["d"], ["x"]], deletingBy: [1])
        // A row of the deletion's own age stays.
        try await test.changeByOthers(adding: [row("d")], deletes: [deletes])
        try await test.load([[row("a", 3)]], .append, run: "r3")

        #expect(try await test.ids == ["a", "c", "d"])
        let report = try await test.maintenance().compact(Lake.table)

        #expect(report.rowsDropped == 3 && report.deleteFilesRemoved == 1)
        #expect(try await test.liveFiles().allSatisfy { $0.content == .data })
        #expect(try await test.rows() == [row("a", 3), row("c"), row("d")])
        #expect(try await test.head().metadata.liveRecordCount == 3)
    }

    @Test func `that are not there leave the files as they are`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[row("a"), row("b")]], .append, run: "r1")
        try await test.delete(by: [Lake.idColumn], [["x"]])

        let report = try await test.maintenance().compact(Lake.table)

        #expect(report.filesRewritten == 0 && report.deleteFilesRemoved == 1)
        #expect(try await test.liveFiles().map(\.content) == [.data])
        #expect(try await test.rows() == [row("a"), row("b")])
    }

    @Test func `are equal in all columns that are compared, null to null`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load(
            [[TestRow("a", nil, 1), TestRow("b", nil, 2), TestRow("c", 1, 1), TestRow("d", 2, 1)]], .append, run: "r1")
        let columns = [Lake.createdColumn, Lake.versionColumn]
        try await test.delete(by: columns, [[nil, 1], [1_000_000, 1], [2_000_000, nil]])

        #expect(try await test.ids == ["b", "d"])
    }

    @Test func `are those of the partition, or of all where the deletion has none`() async throws {
        let test = try await LakehouseUnderTest(layout: LayoutRequest([.init(.identity, "version")]))
        try await test.load([[row("a", 1), row("b", 1), row("a", 2), row("b", 2)]], .append, run: "r1")
        for (version, id) in [(1, "a"), (2, "x")] as [(Int64, SingleValue)] {
            let partition = FilePartition(specID: 0, values: [1_000: .integer(version)])
            try await test.delete(by: [Lake.idColumn], [[id]], in: partition)
        }
        #expect(try await test.ids == ["a", "b", "b"])
        _ = try await test.catalog.commit(
            TableChange(requirements: [], updates: [.addPartitionSpec(PartitionSpec(id: 1, fields: []))]),
            to: try await test.head())
        let whole = try #require(try await test.head().metadata.partitionSpecs.first(where: \.isUnpartitioned))

        try await test.delete(by: [Lake.idColumn], [["b"]], in: FilePartition(specID: Int32(whole.id), values: [:]))

        #expect(try await test.ids == ["a"])
        let first = FilePartition(specID: 0, values: [1_000: .integer(1)])
        let ofOne = try await test.maintenance().compact(Lake.table, in: .partitions([first]))
        // What is deleted in all partitions still is in the other.
        #expect(ofOne.rowsDropped == 2 && ofOne.deleteFilesRemoved == 1)
        #expect(try await test.ids == ["a"])
        _ = try await test.maintenance().compact(Lake.table)
        #expect(try await test.rows() == [row("a", 2)])
        #expect(try await test.liveFiles().allSatisfy { $0.content == .data })
    }

    @Test func `are known by columns that the table has no more`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[row("a", 1), row("b", 2)]], .append, run: "r1")
        try await test.delete(by: [Lake.versionColumn], [[2]])
        try await test.evolve { $0.filter { $0.name != "version" } }

        #expect(try await test.ids == ["a"])
    }

    @Test func `are found however little memory there is`() async throws {
        let test = try await LakehouseUnderTest()
        let rows = (0..<3_000).map { row("k\($0)") }
        try await test.load([rows], .append, run: "r1")
        let odd = stride(from: 1, to: 3_000, by: 2)
        for part in 0..<3 {
            try await test.delete(
                by: [Lake.idColumn], odd.filter { $0 % 3 == part }.map { [.text(Array("k\($0)".utf8))] })
        }
        let survey = try await TableSurvey(of: try await test.head(), in: test.files)
        let reading = FileReading(store: test.files, of: try await test.head().metadata)

        let found = try await EqualitySearch(survey.equalityDeletes, reading, keyBytes: 1).rows(of: survey.files)

        let file = try #require(survey.files.first)
        #expect((0..<3_000).filter { found[file.path]?.contains($0) ?? false } == Array(odd))
    }

    @Test func `stay deleted in a merge, whose own rows are younger`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[row("a"), row("b"), row("c")]], .append, run: "r1")
        try await test.delete(by: [Lake.idColumn], [["a"], ["b"]])

        try await test.load([[row("a", 2), row("c", 2)]], run: "r2")

        #expect(try await test.preview().map { $0.last } == ["2", "2"])
        #expect(try await test.ids == ["a", "c"])
        _ = try await test.maintenance().compact(Lake.table)
        #expect(try await test.rows() == [row("a", 2), row("c", 2)])
    }

    private static let unread: [(ids: [Int32], words: String)] = [
        ([99], "it compares a nested column of id 99, which this program does not read"),
        ([1, 4], "it compares column 'u' of type uuid, which this program does not read"),
        ([3], "it compares column 'version' and does not have it"),
    ]

    @Test(arguments: unread)
    func `are not guessed`(ids: [Int32], words: String) async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[row("a")]], .append, run: "r1")
        try await test.addUnreadable("u")
        let file = try await test.theirFile([Lake.idColumn], [["a"]], deletingBy: ids)
        try await test.changeByOthers(adding: [], deletes: [file])
        let before = try await test.storedDataFiles()

        let compaction = await #expect(throws: NilusError.self) {
            _ = try await test.maintenance().compact(Lake.table)
        }
        let preview = await #expect(throws: NilusError.self) { _ = try await test.preview() }

        #expect(
            compaction?.message == "cannot tell which rows '\(file.path)' deletes: \(words); compact the table with "
                + "the engine that wrote the file")
        #expect(preview?.message == compaction?.message && preview?.code == .sinkRefused)
        #expect(try await test.storedDataFiles() == before)
    }

    @Test func `count as deletions when a table is tidied`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[row("a")]], .append, run: "r1")
        for _ in 0..<UpkeepRule.mostDeleteFiles { try await test.delete(by: [Lake.idColumn], [["x"]]) }

        let need = UpkeepRule.need(of: .init(of: try await test.maintenance().describe(Lake.table)))

        #expect(need == UpkeepRule.Need(compaction: .table))
    }
}
