package import IcebergCatalog
package import NilusCore
package import ObjectStorage

/// A lakehouse that is open: its catalog, and the storage where its files lie.
package struct Lakehouse: Sendable {
    package let catalog: any Catalog
    package let store: any ObjectStore

    package init(catalog: any Catalog, store: any ObjectStore) {
        self.catalog = catalog
        self.store = store
    }

    /// Opens the lakehouse in local files: a catalog in SQLite, tables below a folder.
    ///
    /// - Throws: `sinkRefused`, `sinkUnavailable`.
    package static func local(
        catalogPath: String, catalogName: String, warehouse: String, time: TimeSource
    ) async throws -> Lakehouse {
        let store = LocalObjectStore()
        let catalog = try await SQLiteCatalog.open(
            path: catalogPath, name: catalogName, warehouse: warehouse, store: store, now: time.utc)
        return Lakehouse(catalog: catalog, store: store)
    }
}
