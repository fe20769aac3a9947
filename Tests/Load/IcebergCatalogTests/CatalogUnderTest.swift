import Iceberg
@testable import IcebergCatalog
import Loading
import NilusCore
import ObjectStorage
import Records
import TemporaryFolders
import Testing

/// A catalog without tables; every implementation joins the list.
struct CatalogUnderTest: Sendable {
    let catalog: any Catalog
    let store: any ObjectStore
    /// What goes when the test is over.
    let place: TemporaryFolder

    /// A kind of catalog, from which each test makes a fresh one.
    struct Kind: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let make: @Sendable () async throws -> CatalogUnderTest
    }

    static let kinds = [
        Kind(testDescription: "SQLite") { try await sqlite() },
        Kind(testDescription: "SQLite without types") {
            let place = try TemporaryFolder()
            let database = try SQLiteDatabase(path: "\(place.path)/catalog.db")
            try database.run(
                """
                CREATE TABLE iceberg_tables (catalog_name TEXT, table_namespace TEXT, table_name TEXT,
                metadata_location TEXT, previous_metadata_location TEXT,
                PRIMARY KEY (catalog_name, table_namespace, table_name))
                """)
            try database.run(
                """
                CREATE TABLE iceberg_namespace_properties (catalog_name TEXT, namespace TEXT, property_key TEXT,
                property_value TEXT, PRIMARY KEY (catalog_name, namespace, property_key))
                """)
            return try await sqlite(in: place)
        },
        Kind(testDescription: "REST") { try await SeaweedFS.catalog() },
    ]

    static func sqlite(
        in place: TemporaryFolder? = nil, store: any ObjectStore = LocalObjectStore(), settings: [String] = [],
        name: String = SQLiteCatalog.defaultName
    ) async throws -> CatalogUnderTest {
        let place = try place ?? TemporaryFolder()
        let pointers = SQLitePointers(path: "\(place.path)/catalog.db", catalog: name, settings: settings)
        let catalog = try await SQLiteCatalog.open(
            pointers, warehouse: "file://\(place.path)/lake", store: store, identifiers: .system,
            now: { Timestamp(microseconds: 1_700_000_000_000_000) })
        return CatalogUnderTest(catalog: catalog, store: store, place: place)
    }

    static let charges = TableName(namespace: ["sales"], name: "charges")
    static let columns = RecordSchema([Field("id", .text), Field("amount", .long)])

    /// A table that does not exist yet, in a namespace that does.
    func staged(_ table: TableName = charges) async throws -> CatalogTable {
        try await catalog.createNamespace(table.namespace)
        return try await catalog.stage(table, TableDraft(schema: IcebergSchema(creating: Self.columns)))
    }

    /// A table with one snapshot.
    func created(_ table: TableName = charges) async throws -> CatalogTable {
        let staged = try await staged(table)
        return try await catalog.commit(try await change(of: staged, id: 1), to: staged)
    }

    /// A change that adds a file to a table.
    func change(
        of table: CatalogTable, id: Int64, _ operation: SnapshotPlan.Operation = .append,
        columns: RecordSchema = columns
    ) async throws -> TableChange {
        var commit = TableCommit(
            SnapshotPlan(
                id: id, operation: operation,
                files: [DataFile(path: "\(table.metadata.dataFolder)/\(id)", recordCount: 1, sizeBytes: 10)], facts: []),
            evolution: table.metadata.evolution(toHold: columns), properties: [])
        return try await commit.prepare(on: table, in: store, at: Timestamp(microseconds: 1_700_000_000_000_000))
    }

    /// The names of the files in the table's metadata folder.
    func metadataFiles(of table: CatalogTable) async throws -> [String] {
        var names: [String] = []
        try await store.forEachPage(under: table.metadata.metadataFolder) { page in
            names += page.compactMap { $0.location.split(separator: "/").last.map(String.init) }
        }
        return names
    }
}
