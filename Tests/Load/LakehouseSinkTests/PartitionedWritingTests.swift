import Iceberg
@testable import LakehouseSink
import Loading
import NilusCore
import ObjectStorage
import Records
import TemporaryFolders
import Testing
import WorkflowManifest

struct `Rows of a partitioned table` {
    private let day: Int64 = 86_400

    /// Many rows, spread over days in the given order.
    private func rows(_ count: Int, day: (Int) -> Int64) -> [SinkUnderTest.Row] {
        (0..<count).map { row in
            SinkUnderTest.Row(
                id: "ch_\(row)", second: day(row) * self.day + Int64(row), amount: Int64((row * 7_919) % 1_000))
        }
    }

    private func inBatches(_ rows: [SinkUnderTest.Row]) -> [[SinkUnderTest.Row]] {
        stride(from: 0, to: rows.count, by: 100).map { Array(rows[$0..<min($0 + 100, rows.count)]) }
    }

    @Test func `go to the files of their partitions, with and without values`() async throws {
        let test = try await SinkUnderTest()
        let rows: [SinkUnderTest.Row] = [
            .init(id: "a", second: 0, currency: "eur"), .init(id: "b", second: nil, currency: "us/d"),
            .init(id: "c", second: -1, currency: nil), .init(id: "d", second: 1, currency: "eur"),
        ]

        try await test.load([rows], LayoutRequest([.init(.day, "created"), .init(.identity, "currency")]))

        let files = try await test.files().sorted { $0.path < $1.path }
        let folder = "file://\(test.folder.path)/stripe/charge/data/"
        #expect(
            files.map { $0.path.dropFirst(folder.count).prefix { $0 != "1" || $0 == "7" } }.count == 3)
        #expect(
            files.map {
                String($0.path.dropFirst(folder.count).split(separator: "/").dropLast().joined(separator: "/"))
            }
                == [
                    "created_day=1969-12-31/currency=null", "created_day=1970-01-01/currency=eur",
                    "created_day=null/currency=us%2Fd",
                ])
        #expect(files.map(\.recordCount) == [1, 2, 1])
        #expect(
            files.map(\.partition.values) == [
                [1_000: .integer(-1), 1_001: nil], [1_000: .integer(0), 1_001: .text(Array("eur".utf8))],
                [1_000: nil, 1_001: .text(Array("us/d".utf8))],
            ])
    }

    @Test func `that come in the order of their partitions make one file each`() async throws {
        let test = try await SinkUnderTest()

        try await test.load(
            inBatches(rows(9_000) { 30 - Int64($0 / 300) }), LayoutRequest([.init(.day, "created")]),
            sizes: FileSizes(rowGroupBytes: 200_000))

        let files = try await test.files()
        #expect(files.count == 30)
        #expect(files.allSatisfy { $0.recordCount == 300 })
    }

    @Test func `that come in no order need memory for few files only`() async throws {
        let test = try await SinkUnderTest()

        try await test.load(
            inBatches(rows(20_000) { Int64(($0 * 31) % 365) }), LayoutRequest([.init(.day, "created")]),
            sizes: FileSizes(rowGroupBytes: 400_000))

        let files = try await test.files()
        #expect(files.reduce(0) { $0 + $1.recordCount } == 20_000)
        #expect(Set(files.map(\.partition)).count == 365)
        for file in files {
            let day = try #require(file.partition.values[1_000] ?? nil)
            #expect(try #require(file.lowerBounds?[2]).littleEndian >= day.microseconds)
            #expect(try #require(file.upperBounds?[2]).littleEndian < day.microseconds + 86_400_000_000)
        }
    }

    @Test func `share one memory budget among their files, in storages that gather them too`() async throws {
        let store = GatheringStore()
        let test = try await SinkUnderTest(store: store)
        let budget = 150_000

        try await test.load(
            inBatches(rows(30_000) { Int64(($0 * 31) % 60) }), LayoutRequest([.init(.day, "created")]),
            sizes: FileSizes(rowGroupBytes: budget))

        // What one portion adds comes on top before files are closed.
        #expect(store.mostBytes < budget * 2)
        #expect((2...16).contains(store.mostUploads))
        #expect(try await test.files().reduce(0) { $0 + $1.recordCount } == 30_000)
    }

    @Test func `end a file at the rows that the manifest allows`() async throws {
        let test = try await SinkUnderTest()

        try await test.load(
            inBatches(rows(1_050) { _ in 0 }), LayoutRequest([.init(.day, "created")]),
            sizes: FileSizes(rowGroupBytes: 1_048_576, fileRows: 250))

        #expect(try await test.files().map(\.recordCount).sorted() == [50, 250, 250, 250, 250])
    }

    @Test func `without partitions end a file at the rows that the manifest allows too`() async throws {
        let test = try await SinkUnderTest()

        try await test.load(
            inBatches(rows(1_050) { _ in 0 }), sizes: FileSizes(rowGroupBytes: 1_048_576, fileRows: 250))

        #expect(try await test.files().map(\.recordCount) == [250, 250, 250, 250, 50])
    }

    @Test func `that are given up leave no file behind`() async throws {
        let test = try await SinkUnderTest()
        let load = try await test.open(
            LayoutRequest([.init(.day, "created")]), sizes: FileSizes(rowGroupBytes: 20_000))
        for batch in inBatches(rows(5_000) { Int64($0 % 40) }) { try await load.write(SinkUnderTest.batch(batch)) }

        await load.abandon()

        var left: [String] = []
        try await test.lakehouse.store.forEachPage(under: "file://\(test.folder.path)") { page in
            left += page.map(\.location).filter { $0.hasSuffix(".parquet") }
        }
        #expect(left == [])
    }

    @Test func `get new columns in new files`() async throws {
        let test = try await SinkUnderTest()
        let load = try await test.open(LayoutRequest([.init(.day, "created")]))
        let batch = SinkUnderTest.batch(rows(10) { _ in 0 })
        try await load.write(batch)
        let column = batch.addColumn(Field("surprise", .text))
        batch.removeAll()
        batch.append(0..<10, of: SinkUnderTest.batch(rows(10) { _ in 0 }).widened())
        Array("!".utf8).withUnsafeBytes { batch.columns[column].set($0, inRow: 9) }
        try await load.write(batch)

        _ = try await load.commit(CommitFacts(checkpoint: .keep, rowCount: 20, rowIDAccount: "acct_1"))

        let files = try await test.files()
        #expect(files.map(\.recordCount) == [10, 10])
        #expect(files.map { $0.nullCounts?[5] } == [nil, 9])
        #expect(files.map(\.partition.values) == [[1_000: .integer(0)], [1_000: .integer(0)]])
    }
}

struct `Rows of a sorted table` {
    private let layout = LayoutRequest(clusterBy: ["amount", "id"])

    @Test func `make a file that follows the order when they fit into memory`() async throws {
        let test = try await SinkUnderTest()
        let rows = (0..<500).map { SinkUnderTest.Row(id: "\($0)", second: 0, amount: Int64(($0 * 7_919) % 100)) }

        try await test.load([Array(rows[..<250]), Array(rows[250...])], layout)

        #expect(try await test.files().map(\.sortOrderID) == [1])
    }

    @Test func `make a file that does not follow the order when only its row groups do`() async throws {
        let test = try await SinkUnderTest()
        let batches = (0..<40).map { batch in
            (0..<100).map { SinkUnderTest.Row(id: "\($0)", second: 0, amount: Int64(($0 * 31 + batch) % 100)) }
        }

        try await test.load(batches, layout, sizes: FileSizes(rowGroupBytes: 100_000))

        let files = try await test.files()
        #expect(files.map(\.recordCount) == [4_000])
        #expect(files.map(\.sortOrderID) == [nil])
        #expect(try #require(files[0].splitOffsets).count > 2)
    }

    @Test func `follow the order over row groups when they come in it`() async throws {
        let test = try await SinkUnderTest()
        let batches = (0..<40).map { batch in
            (0..<100).map { SinkUnderTest.Row(id: "\($0)", second: 0, amount: Int64(batch * 100 + 99 - $0)) }
        }

        try await test.load(batches, layout, sizes: FileSizes(rowGroupBytes: 100_000))

        let files = try await test.files()
        #expect(files.map(\.sortOrderID) == [1])
        #expect(try #require(files[0].splitOffsets).count > 2)
    }
}

extension ColumnBatch {
    /// The batch with one more column, which has no values.
    fileprivate func widened() -> ColumnBatch {
        _ = addColumn(Field("surprise", .text))
        return self
    }
}

extension [UInt8] {
    fileprivate var littleEndian: Int64 { reversed().reduce(0) { $0 << 8 | Int64($1) } }
}

extension SingleValue {
    /// The first microsecond of a day.
    fileprivate var microseconds: Int64 {
        if case .integer(let days) = self { days * 86_400_000_000 } else { .max }
    }
}
