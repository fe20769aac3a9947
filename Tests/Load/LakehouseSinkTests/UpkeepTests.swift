import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import Testing

@testable import LakehouseSink

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

    @Test func `leaves a table alone that nobody wants to be maintained`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([(0..<100).map { row($0, 1) }], run: "r0")

        let receipt = try await test.load([(0..<60).map { row($0, 3) }], run: "r2")

        #expect(receipt.remarks.isEmpty)
        #expect(try await test.head().metadata.snapshots.count == 2)
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
