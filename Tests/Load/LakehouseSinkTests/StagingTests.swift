import Iceberg
import IcebergCatalog
import NilusCore
import Testing

@testable import LakehouseSink

/// The catalog says that a table exists which the load found missing.
struct `A table that is said to exist when it is staged` {
    private let rows = [TestRow("a", 1, 1), TestRow("b", 2, 1)]

    @Test func `is staged again when there is none after all`() async throws {
        let test = try await LakehouseUnderTest()
        let catalog = ScriptedCatalog(test.catalog, stagings: [{}, {}])

        try await test.load([rows], run: "r1", through: catalog)

        #expect(try await test.rows() == rows)
        #expect(catalog.stagingsLeft == 0)
    }

    @Test func `is loaded into when another writer made it`() async throws {
        let test = try await LakehouseUnderTest()
        let catalog = ScriptedCatalog(
            test.catalog, stagings: [{ try await test.load([[TestRow("a", 1, 0)]], run: "theirs") }])

        try await test.load([rows], run: "r1", through: catalog)

        #expect(try await test.rows() == rows)
        #expect(try await test.head().metadata.snapshots.count == 2)
    }

    @Test func `is staged again when its namespace is not there yet`() async throws {
        let test = try await LakehouseUnderTest()
        let catalog = ScriptedCatalog(
            test.catalog,
            stagings: .init(
                repeating: { throw NilusError(.load, .sinkRefused, "scripted", cause: NamespaceMissing()) }, count: 3))

        try await test.load([rows], run: "r1", through: catalog)

        #expect(try await test.rows() == rows)
        #expect(catalog.stagingsLeft == 0)
    }

    @Test func `is left alone when there never is one, after a bounded number of looks`() async throws {
        let test = try await LakehouseUnderTest()
        let catalog = ScriptedCatalog(test.catalog, stagings: .init(repeating: {}, count: 100))

        let error = await #expect(throws: NilusError.self) {
            try await test.load([rows], run: "r1", through: catalog)
        }

        #expect(error?.code == .commitConflict)
        #expect(catalog.stagingsLeft == 100 - CommitPatience.mostLooks)
        #expect(try await test.catalog.load(LakehouseUnderTest.table) == nil)
    }
}
