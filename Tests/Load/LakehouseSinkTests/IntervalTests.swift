import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import Records
import Testing

@testable import LakehouseSink

/// What is known of some rows of one column.
private struct KnownValues: RowValues {
    var lower: Int64?
    var upper: Int64?
    var nulls: Int? = 0

    func bounds(of column: KeyColumns.Part) -> (lower: SingleValue?, upper: SingleValue?) {
        (lower.map(SingleValue.integer), upper.map(SingleValue.integer))
    }

    func nullCount(of column: KeyColumns.Part) -> Int? { nulls }
}

private func interval(_ lower: Int64?, _ upper: Int64, _ type: FieldType = .long) -> CreatedInterval {
    CreatedInterval(
        LoadScope(lower: lower, upper: upper, moment: upper, isComplete: true, closesAbsent: false),
        of: KeyColumns.Part(index: 1, fieldID: 2, field: Field("created", type)))
}

struct `An interval of creation times` {
    @Test func `has its first second and not its last`() {
        let seconds = interval(100, 200)

        #expect([99, 100, 199, 200].map(seconds.contains) == [false, true, true, false])
        #expect(interval(nil, 200).contains(.min))
    }

    @Test func `counts in the units of the column`() {
        let moments = interval(100, 200, .timestampWithZone)

        #expect(moments.lower == 100_000_000)
        #expect(moments.contains(199_999_999))
        #expect(!moments.contains(200_000_000))
        #expect(interval(nil, .max, .timestampWithZone).upper == .max)
    }

    private static let coverages: [(KnownValues, CreatedInterval.Coverage)] = [
        (KnownValues(lower: 100, upper: 199), .all),
        (KnownValues(lower: 100, upper: 200), .some),
        (KnownValues(lower: 99, upper: 199), .some),
        (KnownValues(lower: 200, upper: 900), .none),
        (KnownValues(lower: 10, upper: 99), .none),
        (KnownValues(lower: 100, upper: 199, nulls: 1), .some),
        (KnownValues(lower: 100, upper: 199, nulls: nil), .some),
        (KnownValues(lower: nil, upper: nil), .some),
        (KnownValues(lower: 200, upper: nil), .none),
        (KnownValues(lower: 150, upper: nil), .some),
    ]

    @Test(arguments: coverages.indices)
    func `covers files by their bounds, and never one with a row that has no time`(number: Int) {
        let (values, expected) = Self.coverages[number]

        #expect(interval(100, 200).coverage(of: values) == expected)
    }

    @Test(arguments: [PartitionTransform.day, .month, .year, .hour, .identity])
    func `is in the partitions that its moments are in`(transform: PartitionTransform) {
        let hour: Int64 = 3_600
        // From 1969-12-31T23:00 to 1970-01-01T01:00.
        let range = interval(-hour, hour, .timestampWithZone)
        let field = PartitionField(sourceID: 2, fieldID: 1_000, name: "p", transform: transform)
        let partitions = IntervalPartitions(range, PartitionSpec(id: 0, fields: [field]))
        func mayBe(_ second: Int64) -> Bool {
            let value = transform.value(of: .integer(second * 1_000_000), type: .timestampWithZone)
            return partitions.mayBe(in: FilePartition(specID: 0, values: [1_000: value]))
        }

        #expect(mayBe(-hour) && mayBe(0) && mayBe(hour - 1))
        #expect(!mayBe(-400 * 24 * hour) && !mayBe(400 * 24 * hour))
        #expect(!partitions.mayBe(in: FilePartition(specID: 0, values: [1_000: nil])))
        #expect(partitions.mayBe(in: FilePartition(specID: 0, values: [:])))
    }

    @Test func `is told nothing by buckets and by other columns`() {
        let fields = [
            PartitionField(sourceID: 2, fieldID: 1_000, name: "a", transform: .bucket(4)),
            PartitionField(sourceID: 3, fieldID: 1_001, name: "b", transform: .identity),
        ]
        let partitions = IntervalPartitions(interval(1, 2), PartitionSpec(id: 0, fields: fields))

        #expect(partitions.mayBe(in: FilePartition(specID: 0, values: [1_000: .integer(3), 1_001: nil])))
    }
}

struct `Files that go whole` {
    @Test func `take the deletions with them that name no other file`() {
        let files = WholeFiles(among: ["a": 10, "b": 20], deletions: ["d": ["a": 2, "b": 3], "other": ["x": 1]])

        #expect(files.dataFiles == ["a", "b"])
        #expect(files.deleteFiles == ["d"])
        #expect(files.rowCount == 25)
    }

    @Test func `are none of those that a staying delete file names, directly or through another file`() {
        let files = WholeFiles(
            among: ["a": 10, "b": 20, "c": 30], deletions: ["d1": ["a": 1, "x": 1], "d2": ["a": 1, "b": 1]])

        #expect(files.dataFiles == ["c"])
        #expect(files.deleteFiles == [])
        #expect(files.rowCount == 30)
    }
}

struct `Deleting and inserting an interval` {
    private func rows(_ numbers: Range<Int>, _ version: Int64 = 1) -> [TestRow] {
        numbers.map { TestRow("ch_\($0)", Int64($0), version) }
    }

    private func scope(_ lower: Int64?, _ upper: Int64) -> LoadScope {
        LoadScope(lower: lower, upper: upper, moment: upper, isComplete: true, closesAbsent: false)
    }

    @Test func `reads nothing of files inside and little of those across its ends`() async throws {
        let test = try await LakehouseUnderTest(fileRows: 100)
        try await test.load([rows(0..<1_000)], .append, run: "r1")
        test.meter.reset()

        let receipt = try await test.load([rows(250..<640, 2)], .deleteInsert, run: "r2", scope: scope(250, 650))

        #expect(receipt.effects.deleted == 400)
        #expect(receipt.search?.filesOpened == 2)
        #expect(test.meter.bytesRead.count == 2)
        #expect(try await test.rows() == (rows(0..<250) + rows(250..<640, 2) + rows(650..<1_000)).sorted())
        #expect(receipt.rowsInTable == 990)
        let snapshot = try #require(try await test.head().metadata.currentSnapshot)
        #expect(snapshot.summary["operation"] == "overwrite")
        #expect(snapshot.summary["deleted-data-files"] == "3")
        #expect(snapshot.summary["added-position-deletes"] == "100")
    }

    @Test func `keeps rows without a time, and counts those once that were gone`() async throws {
        let test = try await LakehouseUnderTest(fileRows: 10)
        try await test.load([rows(0..<30) + [TestRow("timeless", nil, 1)]], .append, run: "r1")
        // Files 0 and 1 get deletions in one delete file.
        try await test.load([rows(5..<15, 2)], .merge, run: "r2")

        let first = try await test.load([], .deleteInsert, run: "r3", scope: scope(0, 10))
        let second = try await test.load([], .deleteInsert, run: "r4", scope: scope(nil, 100))

        #expect(first.effects.deleted == 10)
        #expect(second.effects.deleted == 20)
        #expect(try await test.rows() == [TestRow("timeless", nil, 1)])
        #expect(second.rowsInTable == 1)
    }

    @Test func `deletes what another engine added in the meantime`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([rows(0..<3)], .append, run: "r1")
        let theirs = [TestRow("theirs", 1, 7), TestRow("beyond", 50, 7)]
        let catalog = ScriptedCatalog(test.catalog, [.after { try await test.changeByOthers(adding: theirs) }])

        let receipt = try await test.load(
            [rows(0..<2, 2)], .deleteInsert, run: "r2", through: catalog, scope: scope(0, 10))

        #expect(catalog.commitCount == 2)
        #expect(receipt.effects.deleted == 4)
        #expect(try await test.rows() == [TestRow("beyond", 50, 7)] + rows(0..<2, 2))
    }

    @Test func `plans anew when a file that was to go is gone`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([rows(0..<3)], .append, run: "r1")
        let old = Set(try await test.liveFiles().map(\.path))
        let catalog = ScriptedCatalog(
            test.catalog,
            [.after { try await test.changeByOthers(adding: [TestRow("rewritten", 2, 1)], removing: old) }])

        let receipt = try await test.load([], .deleteInsert, run: "r2", through: catalog, scope: scope(0, 10))

        #expect(receipt.effects.deleted == 1)
        #expect(try await test.rows() == [])
    }

    @Test func `is refused where rows have no exact time of creation`() async throws {
        let test = try await LakehouseUnderTest()
        for (columns, created, found) in [
            (LakehouseUnderTest.columns, String?.none, "its rows have no creation time"),
            (
                RecordSchema([Field("id", .text), Field("created", .date)]), "created",
                "its column 'created' is of type date, which holds no exact time"
            ),
        ] {
            let error = try await #require(throws: NilusError.self) {
                _ = try await test.open(
                    .deleteInsert, run: "r", columns: columns, key: MergeKey(columns: ["id"], created: created))
            }

            #expect(error.code == .schemaConflict)
            #expect(
                error.message == "cannot delete an interval from table 'sales.charges': \(found); use "
                    + "'incremental-strategy: merge'")
        }
    }
}
