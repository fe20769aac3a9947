import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import ObjectStorage
import Testing

@testable import LakehouseSink

/// Tables that share folders: what belongs to another table is no orphan, however old.
struct `A search for orphans among other tables` {
    private let test: LakehouseUnderTest
    /// The folder of the table that is searched.
    private let folder: String

    init() async throws {
        test = try await LakehouseUnderTest()
        try await test.load([[TestRow("k1", 1, 1)]], run: "r1")
        folder = try await test.head().metadata.location
    }

    /// Makes another table, which counts `sales.charges` for its namespace unless told otherwise.
    private func make(
        _ name: String, in namespace: [String] = ["sales", "charges"], properties: [TableProperty] = []
    ) async throws {
        let table = TableName(namespace: namespace, name: name)
        try await test.catalog.createNamespace(namespace)
        let staged = try await test.catalog.stage(
            table, TableDraft(schema: IcebergSchema(creating: LakehouseUnderTest.columns), properties: properties))
        _ = try await test.catalog.commit(
            TableChange(requirements: [.create], updates: TableCreation(of: staged.metadata).updates), to: staged)
    }

    private func put(_ paths: [String]) async throws {
        for path in paths { try await test.files.put([1], at: path) }
    }

    /// What is deleted, below the table's folder.
    private func deleted(through catalog: (any Catalog)? = nil) async throws -> [String] {
        var found: [String] = []
        try await test.maintenance(at: muchLater, through: catalog).orphans(
            of: LakehouseUnderTest.table, olderThan: .seconds(3 * 86_400), deleting: true
        ) { found.append(String($0.location.dropFirst(folder.count + 1))) }
        return found.sorted()
    }

    private let waste = ["data/day=1/killed.parquet", "data/killed.parquet", "metadata/killed-m0.avro"]

    @Test func `leaves the files of a table inside the folder alone`() async throws {
        try await make("refunds")
        let theirs = ["\(folder)/refunds/data/live.parquet", "\(folder)/refunds/metadata/live-m0.avro"]
        try await put(theirs + waste.map { "\(folder)/\($0)" })

        #expect(try await deleted() == waste)
        for path in theirs { #expect(try await test.files.size(of: path) == 1) }
    }

    @Test func `leaves tables alone that are called like the folders it looks in`() async throws {
        try await make("data")
        try await put(["data/data/live.parquet", "data/metadata/live-m0.avro"].map { "\(folder)/\($0)" })
        try await put(["\(folder)/metadata/killed-m0.avro"])

        #expect(try await deleted() == ["metadata/killed-m0.avro"])
        #expect(try await test.files.size(of: "\(folder)/data/data/live.parquet") == 1)
    }

    @Test func `knows the table of another catalog by its metadata file`() async throws {
        let theirs = [
            "data/x/metadata/00000-a.gz.metadata.json", "data/x/data/live.parquet", "data/x/metadata/live.avro",
        ]
        try await put((theirs + waste).map { "\(folder)/\($0)" })

        #expect(try await deleted() == waste)
    }

    @Test func `leaves a folder alone that another table puts its data in`() async throws {
        try await make(
            "payouts", in: ["sales"], properties: [TableProperty("write.data.path", "\(folder)/data/shared/")])
        try await put(["\(folder)/data/shared/live.parquet", "\(folder)/data/killed.parquet"])

        #expect(try await deleted() == ["data/killed.parquet"])
    }

    @Test func `does not look outside the table's folder, which other tables may do too`() async throws {
        let shared = "\(folder)-shared"
        try await test.set("write.data.path", shared)
        try await test.set("write.metadata.path", "\(folder)/meta")
        try await put(["\(shared)/live.parquet", "\(folder)/meta/killed-m0.avro", "\(folder)/data/killed.parquet"])

        #expect(try await deleted() == ["data/killed.parquet", "meta/killed-m0.avro"])
        #expect(try await test.files.size(of: "\(shared)/live.parquet") == 1)
    }

    @Test func `takes a refusal to list namespaces in namespaces for none`() async throws {
        try await put(["\(folder)/data/killed.parquet"])

        #expect(try await deleted(through: FlatCatalog(catalog: test.catalog)) == ["data/killed.parquet"])
    }
}

/// A catalog whose namespaces have one level, as that of Glue.
private struct FlatCatalog: Catalog {
    let catalog: any Catalog

    func tables(in namespace: [String]) async throws -> [TableName] {
        guard namespace.count == 1 else { throw NilusError(.load, .sinkRefused, "one level only") }
        return try await catalog.tables(in: namespace)
    }

    func hasNamespace(_ namespace: [String]) async throws -> Bool { try await catalog.hasNamespace(namespace) }
    func createNamespace(_ namespace: [String]) async throws { try await catalog.createNamespace(namespace) }
    func load(_ table: TableName) async throws -> CatalogTable? { try await catalog.load(table) }
    func stage(_ table: TableName, _ draft: TableDraft) async throws -> CatalogTable {
        try await catalog.stage(table, draft)
    }
    func commit(_ change: TableChange, to table: CatalogTable) async throws -> CatalogTable {
        try await catalog.commit(change, to: table)
    }
}
