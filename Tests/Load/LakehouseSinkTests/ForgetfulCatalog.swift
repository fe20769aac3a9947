import Iceberg
import IcebergCatalog
import Loading

/// A catalog that stages tables without the layout asked for, as a service of an older protocol may.
struct ForgetfulCatalog: Catalog {
    let catalog: any Catalog

    func hasNamespace(_ namespace: [String]) async throws -> Bool { try await catalog.hasNamespace(namespace) }

    func createNamespace(_ namespace: [String]) async throws { try await catalog.createNamespace(namespace) }

    func tables(in namespace: [String]) async throws -> [TableName] { try await catalog.tables(in: namespace) }

    func load(_ table: TableName) async throws -> CatalogTable? { try await catalog.load(table) }

    func stage(_ table: TableName, _ draft: TableDraft) async throws -> CatalogTable {
        try await catalog.stage(table, TableDraft(schema: draft.schema, properties: draft.properties))
    }

    func commit(_ change: TableChange, to table: CatalogTable) async throws -> CatalogTable {
        try await catalog.commit(change, to: table)
    }
}
