import Iceberg
import IcebergCatalog
import Loading
package import NilusCore
import ObjectStorage

/// A file below a table's folder that no snapshot needs.
package struct OrphanFile: Sendable, Hashable {
    package let location: String
    package let sizeBytes: Int
    package let modified: Timestamp
}

/// Finds files that no snapshot of a table needs, such as those of killed runs.
///
/// A file of a run that is under way looks like one of a killed run; so only files of a certain age count. What lies
/// in the folder of another table does not count: ``OrphanFolders``.
struct OrphanSearch {
    let lakehouse: Lakehouse
    let time: TimeSource

    /// The least age that can be asked for: no run lasts as long.
    static let leastAge = Duration.seconds(86_400)

    /// Calls `body` with each orphan older than an age.
    ///
    /// - Throws: `usageInvalid` when the age is less than a day; `sinkRefused` when a manifest, or a table
    ///   beside this one, cannot be read.
    func forEach(
        olderThan age: Duration, in table: CatalogTable, _ body: (OrphanFile) async throws -> Void
    ) async throws {
        guard age >= Self.leastAge else { throw NilusError.ageTooSmall() }
        let youngest = time.utc().microseconds - age.milliseconds * 1_000
        let known = try await knownFiles(of: table)
        let folders = try await folders(of: table)
        for folder in folders.searched {
            try await lakehouse.store.forEachPage(under: folder) { page in
                for object in page
                where object.modified.microseconds < youngest && !known.contains(object.location.withoutScheme)
                    && !folders.isForeign(object.location)
                {
                    try await body(
                        OrphanFile(
                            location: object.location, sizeBytes: object.sizeBytes, modified: object.modified))
                }
            }
        }
    }

    /// Where to look.
    ///
    /// All files are seen once before any of them is taken for an orphan: one that comes late tells of another table.
    private func folders(of table: CatalogTable) async throws -> OrphanFolders {
        var folders = OrphanFolders(of: table.metadata, besides: try await neighbors(of: table.identifier))
        for folder in folders.searched {
            try await lakehouse.store.forEachPage(under: folder) { page in
                for object in page { folders.learn(from: object.location) }
            }
        }
        return folders
    }

    /// The other tables beside a table, and those in the namespace that is called like it, whose folder is in its own.
    private func neighbors(of name: TableName) async throws -> [TableMetadata] {
        var names = try await lakehouse.catalog.tables(in: name.namespace).filter { $0 != name }
        do { names += try await lakehouse.catalog.tables(in: name.namespace + [name.name]) } catch let error
            as NilusError
            where error.code == .sinkRefused
        {
            // Some catalogs have no namespaces in namespaces, and refuse the question.
        }
        var found: [TableMetadata] = []
        for name in names {
            if let table = try await lakehouse.catalog.load(name) { found.append(table.metadata) }
        }
        return found
    }

    /// Everything that the table's metadata names, now or in the past, without schemes.
    private func knownFiles(of table: CatalogTable) async throws -> Set<String> {
        let metadata = table.metadata
        let needed = try await ReachableFiles(metadata.snapshots, of: table, in: lakehouse.store)
        var known = needed.files.union(needed.manifestLists).union(needed.manifests.keys)
        known.formUnion(metadata.namedFiles)
        if let location = table.metadataLocation { known.insert(location) }
        known.insert("\(metadata.location)/metadata/version-hint.text")
        return Set(known.map(\.withoutScheme))
    }
}

extension NilusError {
    fileprivate static func ageTooSmall() -> NilusError {
        NilusError(
            .load, .usageInvalid,
            "cannot look for orphans younger than a day: a run that is under way has such files; expected '--older-than' "
                + "of 1d or more")
    }
}
