import Iceberg
import IcebergCatalog
package import Loading
package import NilusCore
import ObjectStorage

/// Looks at the tables of a lakehouse and keeps them fast: what people do between loads.
package struct TableMaintenance: Sendable {
    private let lakehouse: Lakehouse
    private let sizes: FileSizes
    private let time: TimeSource

    /// Maintenance of a lakehouse whose files become as large as `sizes` says.
    package init(_ lakehouse: Lakehouse, sizes: FileSizes, time: TimeSource) {
        self.lakehouse = lakehouse
        self.sizes = sizes
        self.time = time
    }

    /// The tables of a namespace by name.
    package func tables(in namespace: [String]) async throws -> [TableName] {
        try await lakehouse.catalog.tables(in: namespace)
    }

    /// Describes a table: its columns, its division, and its files as its manifests tell of them.
    ///
    /// - Throws: for this and all functions: `sinkRefused` (terminal) when there is no such table, and what
    ///   catalog and storage refuse.
    package func describe(_ name: TableName) async throws -> TableDescription {
        let table = try await table(name)
        var description = TableDescription(table)
        let content = TableFiles(of: table, in: lakehouse.serving(table).store)
        let sizes = sizes.following(table.metadata)
        for manifest in try await content.manifests() {
            description.manifestCount += 1
            try await content.forEachLiveEntry(of: manifest) { description.count($0.file, sizes: sizes) }
        }
        return description
    }

    /// The snapshots of a table, newest first.
    package func snapshots(of name: TableName) async throws -> [SnapshotDescription] {
        SnapshotDescription.all(of: try await table(name).metadata)
    }

    /// Reads the first rows of a table.
    package func preview(_ name: TableName, rowCount: Int) async throws -> TablePreview {
        let table = try await table(name)
        return try await PreviewReader(store: lakehouse.serving(table).store).read(table, rowCount: rowCount)
    }

    /// Writes small files and files with deleted rows anew, in one snapshot.
    ///
    /// - Throws: `commitConflict` (transient) when others changed the same files in the meantime.
    package func compact(_ name: TableName) async throws -> CompactionReport {
        try await compact(name, in: .table)
    }

    /// Writes files of a part of a table anew, see ``compact(_:)``.
    func compact(_ name: TableName, in scope: CompactionScope) async throws -> CompactionReport {
        let table = try await table(name)
        return try await Compaction(
            lakehouse: lakehouse.serving(table), name: name, sizes: sizes, scope: scope, time: time
        ).run(on: table)
    }

    /// Removes old snapshots and the files that only they needed.
    ///
    /// `age`, `keepLast`: as ``ExpiryRule`` has them; what is `nil` the table itself says. Another branch than
    /// `main` goes by its own settings first, if it has any.
    ///
    /// - Throws: `commitConflict` (transient) when the table changed in the meantime: nothing was removed.
    package func expire(
        _ name: TableName, age: Duration? = nil, keepLast: Int? = nil
    ) async throws -> ExpiryReport {
        let table = try await table(name)
        let retention = Retention(of: table.metadata, age: age, keepLast: keepLast)
        return try await Expiry(lakehouse: lakehouse.serving(table), time: time).run(retention, on: table)
    }

    /// Calls `body` with each file in the table's own folders that no snapshot needs and that is older than an age.
    ///
    /// `deleting`: whether the files are removed, each before `body` hears of it.
    ///
    /// - Throws: `usageInvalid` when the age is less than a day.
    package func orphans(
        of name: TableName, olderThan age: Duration, deleting: Bool, _ body: (OrphanFile) throws -> Void
    ) async throws {
        let table = try await table(name)
        let lakehouse = lakehouse.serving(table)
        try await OrphanSearch(lakehouse: lakehouse, time: time).forEach(olderThan: age, in: table) { orphan in
            if deleting { try await lakehouse.store.delete(orphan.location) }
            try body(orphan)
        }
    }

    private func table(_ name: TableName) async throws -> CatalogTable {
        guard let table = try await lakehouse.catalog.load(name) else {
            let others = try await lakehouse.catalog.tables(in: name.namespace).map(\.description)
            throw NilusError.tableMissing(name, others)
        }
        return table
    }
}

extension NilusError {
    fileprivate static func tableMissing(_ name: TableName, _ others: [String]) -> NilusError {
        let hint =
            Suggestion.closest(to: name.description, in: others).map { "did you mean '\($0)'?" }
            ?? (others.isEmpty
                ? "the namespace has no tables" : "the namespace has \(others.count) others, see 'nilus table list'")
        return NilusError(.load, .sinkRefused, "cannot find table '\(name)': \(hint)")
    }
}
