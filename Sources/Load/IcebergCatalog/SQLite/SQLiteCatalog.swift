package import Iceberg
package import Loading
package import NilusCore
package import ObjectStorage

/// A catalog in one SQLite file, in the tables that Iceberg's JDBC catalogs share.
///
/// pyiceberg's `SqlCatalog` and Spark's `JdbcCatalog` open the same file. Each operation opens it anew:
/// that costs a tenth of a millisecond and leaves no lock and no shared state behind. The journal mode
/// of the file is left as it is; a new file has SQLite's rollback journal, which also works on network
/// file systems and for readers without write access, unlike a write-ahead log.
///
/// | table | columns |
/// |---|---|
/// | `iceberg_tables` | `catalog_name`, `table_namespace`, `table_name`, `metadata_location`, `previous_metadata_location`, `iceberg_type` |
/// | `iceberg_namespace_properties` | `catalog_name`, `namespace`, `property_key`, `property_value` |
package struct SQLiteCatalog: Catalog {
    /// The name under which we keep tables in a file that several catalogs may share.
    package static let defaultName = "nilus"

    let pointers: SQLitePointers
    let store: any ObjectStore
    private let warehouse: String
    private let identifiers: IdentifierSource
    private let now: @Sendable () -> Timestamp

    /// Opens a catalog; makes the file, its folder and the warehouse when they are missing.
    ///
    /// `path` is the file, `warehouse` the location under which new tables get their folders.
    ///
    /// - Throws: `sinkRefused` (terminal) when the file is no catalog or may not be written,
    ///   `sinkUnavailable` (transient) when another process holds it.
    package static func open(
        path: String, name: String = defaultName, warehouse: String, store: any ObjectStore,
        identifiers: IdentifierSource = .system, now: @escaping @Sendable () -> Timestamp
    ) async throws -> SQLiteCatalog {
        try await open(
            SQLitePointers(path: path, catalog: name), warehouse: warehouse, store: store, identifiers: identifiers,
            now: now)
    }

    static func open(
        _ pointers: SQLitePointers, warehouse: String, store: any ObjectStore, identifiers: IdentifierSource,
        now: @escaping @Sendable () -> Timestamp
    ) async throws -> SQLiteCatalog {
        if let slash = pointers.path.lastIndex(of: "/"), slash != pointers.path.startIndex {
            try await LocalObjectStore().createContainer(String(pointers.path[..<slash]))
        }
        try await store.createContainer(warehouse)
        return SQLiteCatalog(
            pointers: try pointers.prepared(), store: store, warehouse: warehouse, identifiers: identifiers, now: now)
    }

    package func hasNamespace(_ namespace: [String]) async throws -> Bool {
        try pointers.hasNamespace(try SQLiteName.namespace(namespace))
    }

    package func createNamespace(_ namespace: [String]) async throws {
        try pointers.addNamespace(try SQLiteName.namespace(namespace))
    }

    package func tables(in namespace: [String]) async throws -> [TableName] {
        try pointers.tables(in: try SQLiteName.namespace(namespace)).map {
            TableName(namespace: namespace, name: $0)
        }
    }

    package func load(_ table: TableName) async throws -> CatalogTable? {
        guard let location = try pointers.location(of: try SQLiteName(table)) else { return nil }
        return try await load(table, at: location)
    }

    package func stage(_ table: TableName, _ draft: TableDraft) async throws -> CatalogTable {
        let name = try SQLiteName(table)
        guard try pointers.hasNamespace(name.namespace) else { throw NilusError.namespaceMissing(table) }
        let base = try pointers.namespaceLocation(name.namespace)
        let folder = base ?? ([warehouse] + table.namespace).joined(separator: "/")
        let creation = TableCreation(
            uuid: identifiers.uuid(), location: "\(folder)/\(table.name)", schema: draft.schema, spec: draft.spec,
            sortOrder: draft.sortOrder, properties: draft.properties)
        let metadata = try TableMetadata.creating(creation.updates, at: now())
        return CatalogTable(identifier: table, metadata: metadata, metadataLocation: nil)
    }

    package func commit(_ change: TableChange, to table: CatalogTable) async throws -> CatalogTable {
        let name = try SQLiteName(table.identifier)
        let head = try await head(of: table, name)
        for requirement in change.requirements {
            guard let violation = requirement.violation(by: head?.metadata) else { continue }
            throw NilusError.commitConflict(table.identifier, violation, head: head)
        }
        let metadata = try next(after: head, change.updates)
        let location = try await write(metadata, named: fileName(after: head?.metadataLocation))
        try await swap(name, from: head?.metadataLocation, to: location, table.identifier)
        await writeHint(for: name, metadata)
        return CatalogTable(identifier: table.identifier, metadata: metadata, metadataLocation: location)
    }

    private func head(of table: CatalogTable, _ name: SQLiteName) async throws -> CatalogTable? {
        guard let location = try pointers.location(of: name) else { return nil }
        return location == table.metadataLocation ? table : try await load(table.identifier, at: location)
    }

    private func next(after head: CatalogTable?, _ updates: [TableUpdate]) throws(NilusError) -> TableMetadata {
        guard let head else { return try TableMetadata.creating(updates, at: now()) }
        return try head.metadata.applying(updates, at: now(), previousLocation: head.metadataLocation)
    }

    /// The name of the next metadata file without its ending: the version in five digits, and a UUID.
    private func fileName(after location: String?) -> String {
        let last = location?.split(separator: "/").last?.prefix { $0 != "-" }
        let version = last.flatMap { Int32($0) }.map { Int64($0) + 1 } ?? 0
        let digits = String(max(0, version))
        return String(repeating: "0", count: max(0, 5 - digits.count)) + "\(digits)-\(identifiers.uuid())"
    }
}

extension NilusError {
    static func namespaceMissing(_ table: TableName) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot create table '\(table)': there is no namespace '\(table.namespace.joined(separator: "."))'; "
                + "create it first", cause: NamespaceMissing())
    }
}
