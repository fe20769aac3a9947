import Iceberg
import IcebergCatalog
import JSON
import Loading
import NilusCore
import Synchronization
import Testing
import WorkflowManifest

@testable import LakehouseSink

struct `The thresholds of upkeep` {
    typealias Burden = UpkeepRule.Burden
    typealias Need = UpkeepRule.Need

    private static let first = FilePartition(specID: 0, values: [1_000: .integer(1)])
    private static let second = FilePartition(specID: 0, values: [1_000: .integer(2)])

    struct Threshold: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let below: Burden
        let at: Burden
        let need: Need
    }

    @Test(arguments: [
        Threshold(
            testDescription: "10 delete files", below: Burden(deleteFiles: [.unpartitioned: 9]),
            at: Burden(deleteFiles: [.unpartitioned: 10]), need: Need(compaction: .table)),
        Threshold(
            testDescription: "10 delete files of a partition", below: Burden(deleteFiles: [first: 9, second: 9]),
            at: Burden(deleteFiles: [first: 9, second: 10]), need: Need(compaction: .partitions([second]))),
        Threshold(
            testDescription: "10 delete files that concern all partitions",
            below: Burden(deleteFiles: [first: 9, .unpartitioned: 9]),
            at: Burden(deleteFiles: [first: 10, .unpartitioned: 10]), need: Need(compaction: .table)),
        Threshold(
            testDescription: "20 small files of a partition", below: Burden(smallFiles: [first: 19, second: 19]),
            at: Burden(smallFiles: [first: 20, second: 20]), need: Need(compaction: .partitions([first, second]))),
        Threshold(
            testDescription: "more than a fifth of the rows deleted", below: Burden(rows: 1_000, deletedRows: 200),
            at: Burden(rows: 1_000, deletedRows: 201), need: Need(compaction: .table)),
        Threshold(
            testDescription: "50 snapshots", below: Burden(snapshots: 49), at: Burden(snapshots: 50),
            need: Need(expiry: true)),
    ])
    func `are passed by one and not by what is below it`(_ threshold: Threshold) {
        #expect(UpkeepRule.need(of: threshold.below) == Need())
        #expect(UpkeepRule.need(of: threshold.at) == threshold.need)
    }

    @Test func `count what a table has, its files by partition`() async throws {
        let test = try await LakehouseUnderTest(layout: LayoutRequest([.init(.day, "created")]))
        let days = (0..<3).map { TestRow("d\($0)", Int64($0) * 86_400, 1) }
        try await test.load([days], run: "r1")
        try await test.load([[TestRow("d0", 0, 2), TestRow("new", 5, 1)]], run: "r2")

        let burden = Burden(of: try await test.maintenance().describe(LakehouseUnderTest.table))

        let places = (0..<3).map { FilePartition(specID: 0, values: [1_000: .integer($0)]) }
        #expect(
            burden
                == Burden(
                    deleteFiles: [places[0]: 1], smallFiles: [places[0]: 2, places[1]: 1, places[2]: 1], rows: 5,
                    deletedRows: 1,
                    snapshots: 2))
    }

    @Test func `hold for a table whose snapshots do not tell its totals`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([(0..<10).map { TestRow("k\($0)", 0, 1) }], run: "r1")
        try await test.load([[TestRow("k1", 0, 2)]], run: "r2")
        let table = try await test.head()

        var description = TableDescription(
            CatalogTable(
                identifier: table.identifier, metadata: try table.metadata.withoutTotals,
                metadataLocation: table.metadataLocation))
        for file in try await test.liveFiles() {
            description.count(file, sizes: FileSizes(rowGroupBytes: 1 << 20))
        }

        #expect(description.rowCount == 10)
        #expect(UpkeepRule.need(of: Burden(of: description)) == Need())
    }
}

extension TableMetadata {
    /// The table as engines leave it that write no totals into the summaries of snapshots.
    fileprivate var withoutTotals: TableMetadata {
        get throws {
            var document = document
            document["snapshots"] = .array(
                snapshots.map { snapshot in
                    var json = snapshot.json
                    json["summary"] = ["operation": "overwrite"]
                    return .object(json)
                })
            return try TableMetadata(document, file: "test")
        }
    }
}

extension TimeSource {
    /// A clock by which a second goes by whenever someone looks.
    fileprivate static func ticking() -> TimeSource {
        let seconds = Mutex<Int64>(1_764_000_000)
        return TimeSource(
            monotonic: { .zero },
            utc: {
                seconds.withLock { now in
                    now += 1
                    return Timestamp(microseconds: now * 1_000_000)
                }
            }, sleep: { _ in })
    }
}

/// Who tidies a table, in order.
private final class Turns: Sendable {
    let events = Mutex<[String]>([])
    let other = Mutex<Task<Void, any Error>?>(nil)

    func letAnotherEnter(_ turnstile: Turnstile) {
        let task = Task {
            try await turnstile.enter()
            events.withLock { $0.append("other") }
        }
        other.withLock { $0 = task }
    }
}

struct `Upkeep after a load` {
    private func row(_ number: Int, _ version: Int64) -> TestRow { TestRow("k\(number)", Int64(number), version) }

    @Test func `compacts a table when its deletions have become many`() async throws {
        let test = try await LakehouseUnderTest(maintains: true)
        try await test.load([(0..<100).map { row($0, 1) }], run: "r0")

        let few = try await test.load([[row(1, 2)]], run: "r1")
        let many = try await test.load([(0..<60).map { row($0, 3) }], run: "r2")

        #expect(few.remarks.isEmpty)
        #expect(many.remarks == ["compacted: 3 data files became 1, 61 deleted rows left out"])
        #expect(try await test.liveFiles().map(\.content) == [.data])
        #expect(try await test.rows().count == 100)
    }

    @Test func `leaves a table alone whose merges touch many partitions, each a few times`() async throws {
        let layout = LayoutRequest([.init(.bucket, "id", buckets: 64)])
        let test = try await LakehouseUnderTest(layout: layout, maintains: true)
        try await test.load([(0..<4_000).map { row($0, 1) }], run: "r0")

        let first = try await test.load([(0..<400).map { row($0, 2) }], run: "r1")
        let second = try await test.load([(0..<400).map { row($0, 3) }], run: "r2")

        #expect(first.filesAdded == 64 && second.filesAdded == 64)
        #expect(first.remarks.isEmpty && second.remarks.isEmpty)
    }

    @Test func `compacts the partitions that need it and no other`() async throws {
        let test = try await LakehouseUnderTest(layout: LayoutRequest([.init(.day, "created")]), maintains: true)
        let days = [0, 86_400].flatMap { day in (0..<100).map { row(day + $0, 1) } }
        try await test.load([days], run: "r0")
        try await test.load([[row(86_401, 2)]], run: "r1")

        var remarks: [String] = []
        for run in 2...11 { remarks += try await test.load([[row(run, 2)]], run: "r\(run)").remarks }

        #expect(remarks == ["compacted: 11 data files became 1, 10 deleted rows left out"])
        let left = try await test.liveFiles().filter { $0.partition.values == [1_000: .integer(1)] }
        #expect(Set(left.map(\.content)) == [.data, .positionDeletes] && left.count == 3)
        #expect(try await test.liveFiles().count == 4)
        #expect(try await test.rows().count == 200)
    }

    @Test func `keeps a table that is merged into often small in files and snapshots`() async throws {
        let test = try await LakehouseUnderTest(maintains: true, time: .ticking())
        try await test.load([(0..<100).map { row($0, 1) }], run: "r0")
        try await test.set("history.expire.max-snapshot-age-ms", "0")
        try await test.set("history.expire.min-snapshots-to-keep", "5")
        var remarks: [String] = []
        var most = (files: 0, snapshots: 0)

        for run in 1...60 {
            remarks += try await test.load([[row(run, 2)]], run: "r\(run)").remarks
            most.files = max(most.files, try await test.liveFiles().count)
            most.snapshots = max(most.snapshots, try await test.head().metadata.snapshots.count)
        }

        #expect(most.files <= 2 * UpkeepRule.mostDeleteFiles && most.snapshots < UpkeepRule.mostSnapshots + 2)
        #expect(remarks.contains("compacted: 11 data files became 1, 10 deleted rows left out"))
        #expect(remarks.contains { $0.hasPrefix("expired ") })
        #expect(try await test.rows() == (0..<100).map { row($0, (1...60).contains($0) ? 2 : 1) }.sorted())
    }

    @Test func `expires snapshots even where it cannot compact`() async throws {
        let test = try await LakehouseUnderTest(maintains: true, time: .ticking())
        try await test.load([(0..<10).map { row($0, 1) }], run: "r0")
        try await test.set("history.expire.max-snapshot-age-ms", "0")
        for run in 1..<49 { try await test.changeByOthers(adding: [row(1_000 + run, 1)]) }
        // Whatever upkeep commits first is refused, and that is the compaction.
        let catalog = ScriptedCatalog(test.catalog, [.answer, .refuse])

        let receipt = try await test.load([(0..<10).map { row($0, 2) }], run: "r1", through: catalog)

        #expect(receipt.remarks.first == "maintenance did not succeed: scripted")
        #expect(receipt.remarks.dropFirst().first?.hasPrefix("expired ") == true)
    }

    @Test func `leaves files alone that are as long as a load makes them`() async throws {
        let test = try await LakehouseUnderTest(fileRows: 10, maintains: true)

        let first = try await test.load([(0..<250).map { row($0, 1) }], run: "r0")
        let second = try await test.load([[row(250, 1)]], .append, run: "r1")

        #expect(first.filesAdded == 25)
        #expect(first.remarks.isEmpty && second.remarks.isEmpty)
    }

    @Test func `puts shorter files together once, up to the length that a load gives them`() async throws {
        let test = try await LakehouseUnderTest(fileRows: 10, maintains: true)
        var remarks: [String] = []

        for number in 0..<28 {
            remarks += try await test.load([(0..<7).map { row(10 * number + $0, 1) }], .append, run: "r\(number)")
                .remarks
        }

        #expect(remarks == ["compacted: 20 data files became 14, 0 deleted rows left out"])
        #expect(
            try await test.liveFiles().map(\.recordCount).sorted() == Array(repeating: 7, count: 8)
                + Array(repeating: 10, count: 14))
    }

    @Test func `leaves a table alone that nobody wants to be maintained`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([(0..<100).map { row($0, 1) }], run: "r0")

        let receipt = try await test.load([(0..<60).map { row($0, 3) }], run: "r2")

        #expect(receipt.remarks.isEmpty)
        #expect(try await test.head().metadata.snapshots.count == 2)
    }

    @Test func `waits for its turn, as that of another table does for it`() async throws {
        let test = try await LakehouseUnderTest(maintains: true)
        try await test.load([(0..<10).map { row($0, 1) }], run: "r0")
        let turns = Turns()
        let catalog = ScriptedCatalog(
            test.catalog,
            [
                .answer,
                .after {
                    turns.letAnotherEnter(test.upkeep)
                    for _ in 0..<1_000 { await Task.yield() }
                    turns.events.withLock { $0.append("compacts") }
                },
            ])

        let receipt = try await test.load([(0..<10).map { row($0, 2) }], run: "r1", through: catalog)
        try await turns.other.withLock { $0 }?.value

        #expect(receipt.remarks == ["compacted: 2 data files became 1, 10 deleted rows left out"])
        #expect(turns.events.withLock { $0 } == ["compacts", "other"])
    }

    @Test func `that fails says so and does not fail the load`() async throws {
        let test = try await LakehouseUnderTest(maintains: true)
        try await test.load([(0..<100).map { row($0, 1) }], run: "r0")
        let catalog = ScriptedCatalog(test.catalog, [.answer, .refuse])

        let receipt = try await test.load([(0..<60).map { row($0, 3) }], run: "r1", through: catalog)

        #expect(receipt.effects.replaced == 60)
        #expect(receipt.remarks == ["maintenance did not succeed: scripted"])
        #expect(try await test.rows().count == 100)
    }
}
