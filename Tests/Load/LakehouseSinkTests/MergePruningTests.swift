import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import Testing
import WorkflowManifest

@testable import LakehouseSink

/// What a merge reads of a table must grow with the changes, not with the table.
struct `A merge into a large table` {
    private let filesInTable = 40
    private let rowsInFile = 500

    private func row(_ number: Int, _ version: Int64) -> TestRow {
        TestRow("ch_\(number * 7_919 % 1_000_003)", Int64(number), version)
    }

    /// A table whose files hold rows one after another in time, as extraction gives them.
    private func table(created: Bool = true) async throws -> LakehouseUnderTest {
        let test = try await LakehouseUnderTest(fileRows: rowsInFile)
        let batches = (0..<filesInTable).map { file in
            (file * rowsInFile..<(file + 1) * rowsInFile).map { number in
                created ? row(number, 1) : TestRow(row(number, 1).id, nil, 1)
            }
        }
        try await test.load(batches, run: "r1")
        test.meter.reset()
        return test
    }

    private func sizes(_ test: LakehouseUnderTest) async throws -> [String: Int] {
        Dictionary(
            uniqueKeysWithValues: try await test.liveFiles().filter { $0.content == .data }
                .map { ($0.path, Int($0.sizeBytes)) })
    }

    @Test func `opens only files that hold rows of the changes' time`() async throws {
        let test = try await table()
        let newest = filesInTable * rowsInFile

        let receipt = try await test.load([(newest - 100..<newest + 100).map { row($0, 2) }], run: "r2")

        #expect(receipt.effects.replaced == 100)
        #expect(test.meter.bytesRead.count == 1)
    }

    @Test func `opens few files for few changes spread over time`() async throws {
        let test = try await table()

        let receipt = try await test.load([[3, 9_000, 19_999].map { row($0, 2) }], run: "r2")

        #expect(receipt.effects.replaced == 3)
        #expect(test.meter.bytesRead.count == 3)
    }

    @Test func `asks Bloom filters where time tells nothing`() async throws {
        let test = try await table(created: false)
        let sizes = try await sizes(test)

        let receipt = try await test.load([[TestRow(row(1_234, 1).id, nil, 2)]], run: "r2")

        #expect(receipt.effects.replaced == 1)
        // One file has the key. Of the others footer and filter are read, which small files consist of mostly:
        // so the figure that counts is how many had their keys read.
        let figures = try #require(receipt.search)
        #expect(figures.filesInTable == filesInTable)
        #expect(figures.filesOpened == filesInTable)
        #expect(figures.filesScanned <= 3)
        #expect(figures.bytesRead == test.meter.bytesRead.values.reduce(0, +))
        #expect(figures.bytesRead < sizes.values.reduce(0, +) * 2)
    }

    @Test func `opens only files whose keys surround those of the changes where time tells nothing`() async throws {
        let test = try await LakehouseUnderTest(fileRows: rowsInFile)
        func row(_ number: Int, _ version: Int64) -> TestRow { TestRow("ch_\(100_000 + number)", nil, version) }
        let batches = (0..<filesInTable).map { file in
            (file * rowsInFile..<(file + 1) * rowsInFile).map { row($0, 1) }
        }
        try await test.load(batches, run: "r1")
        test.meter.reset()

        // Two neighbours at the end of one file and the beginning of the next, and one beyond all files.
        let changes = [7 * rowsInFile - 1, 7 * rowsInFile, 800_000].map { row($0, 2) }
        let receipt = try await test.load([Array(changes[..<2])], run: "r2")
        let opened = test.meter.bytesRead.count
        test.meter.reset()
        let beyond = try await test.load([[changes[2]]], run: "r3")

        #expect(receipt.effects.replaced == 2 && opened == 2)
        #expect(receipt.search?.filesOpened == 2 && receipt.search?.filesInTable == filesInTable)
        #expect(beyond.effects.replaced == 0 && test.meter.bytesRead.isEmpty)
    }

    @Test(arguments: [10, 40])
    func `reads as much of a table four times as large`(files: Int) async throws {
        let test = try await LakehouseUnderTest(fileRows: rowsInFile)
        let count = files * rowsInFile
        try await test.load([(0..<count).map { row($0, 1) }], run: "r1")
        test.meter.reset()

        let receipt = try await test.load([(count - 50..<count + 50).map { row($0, 2) }], run: "r2")

        #expect(receipt.effects.replaced == 50)
        #expect(receipt.search?.filesOpened == 1)
        #expect(receipt.search?.filesInTable == files)
    }

    @Test func `passes over manifests of partitions that no change touches`() async throws {
        let test = try await LakehouseUnderTest(layout: LayoutRequest([.init(.day, "created")]))
        let day = 86_400
        for number in 0..<5 {
            try await test.load([[row(number * day, 1), row(number * day + 1, 1)]], run: "r\(number)")
        }
        test.meter.reset()

        let receipt = try await test.load([[row(2 * day + 1, 2)]], run: "m")

        #expect(receipt.effects.replaced == 1)
        #expect(receipt.search?.manifestsRead == 1)
        let deletes = try await test.liveFiles().filter { $0.content == .positionDeletes }
        #expect(deletes.map(\.partition.values) == [[1_000: .integer(2)]])
        #expect(try await test.rows().count == 10)
    }
}

struct `A merge into a partitioned or sorted table` {
    @Test func `finds the old version in another partition`() async throws {
        let test = try await LakehouseUnderTest(layout: LayoutRequest([.init(.identity, "version")]))
        try await test.load([[TestRow("a", 1, 1), TestRow("b", 2, 1), TestRow("c", 3, 2)]], run: "r1")

        try await test.load([[TestRow("a", 1, 2), TestRow("c", 3, 3)]], run: "r2")

        #expect(try await test.rows() == [TestRow("a", 1, 2), TestRow("b", 2, 1), TestRow("c", 3, 3)])
        // A delete file has the partition of the data that it deletes from.
        let deletes = try await test.liveFiles().filter { $0.content == .positionDeletes }
        #expect(Set(deletes.map(\.partition.values)) == [[1_000: .integer(1)], [1_000: .integer(2)]])
    }

    @Test(arguments: [
        LayoutRequest(clusterBy: ["version"]), LayoutRequest([.init(.identity, "version")]),
        LayoutRequest([.init(.bucket, "id", buckets: 3)], clusterBy: ["version"]),
    ])
    func `keeps the version that came last, wherever the rows go`(layout: LayoutRequest) async throws {
        let test = try await LakehouseUnderTest(layout: layout)

        try await test.load(
            [
                [TestRow("a", 1, 5), TestRow("b", 2, 1)], [TestRow("a", 1, 3), TestRow("b", 2, 4)],
                [TestRow("a", 1, 4)],
            ], run: "r1")

        #expect(try await test.rows() == [TestRow("a", 1, 4), TestRow("b", 2, 4)])
    }
}
