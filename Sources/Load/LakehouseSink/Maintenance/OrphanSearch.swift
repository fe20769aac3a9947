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
/// A file of a run that is under way looks like one of a killed run; so only files of a certain age count.
struct OrphanSearch {
    let lakehouse: Lakehouse
    let time: TimeSource

    /// The least age that can be asked for: no run lasts as long.
    static let leastAge = Duration.seconds(86_400)

    /// Calls `body` with each orphan older than an age.
    ///
    /// - Throws: `usageInvalid` when the age is less than a day; `sinkRefused` when a manifest cannot be read.
    func forEach(
        olderThan age: Duration, in table: CatalogTable, _ body: (OrphanFile) async throws -> Void
    ) async throws {
        guard age >= Self.leastAge else { throw NilusError.ageTooSmall() }
        let youngest = time.utc().microseconds - age.milliseconds * 1_000
        let known = try await knownFiles(of: table)
        let folders = Set([
            table.metadata.location, table.metadata.dataFolder, table.metadata.metadataFolder,
        ])
        // A folder inside another one is listed with it.
        for folder in folders.sorted() where !folders.contains(where: { folder.hasPrefix("\($0)/") }) {
            try await lakehouse.store.forEachPage(under: folder) { page in
                for object in page
                where object.modified.microseconds < youngest && !known.contains(object.location.withoutScheme) {
                    try await body(
                        OrphanFile(
                            location: object.location, sizeBytes: object.sizeBytes, modified: object.modified))
                }
            }
        }
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

extension String {
    /// The location without its scheme: `s3a://b/k`, `s3://b/k` and `file:/b/k`, `file:///b/k` are the same place.
    fileprivate var withoutScheme: String {
        guard let colon = firstIndex(of: ":"), self[..<colon].allSatisfy({ $0.isLetter || $0.isNumber }) else {
            return self
        }
        let path = self[index(after: colon)...].drop { $0 == "/" }
        return String(path)
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
