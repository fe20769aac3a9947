package import Iceberg
import NilusCore
package import ObjectStorage

/// The files of a table's current snapshot, as its manifest files tell of them.
///
/// Reads one manifest file at a time, so that memory does not grow with the table.
package struct TableFiles: Sendable {
    private let table: CatalogTable
    private let store: any ObjectStore

    /// The files of a table in a state.
    package init(of table: CatalogTable, in store: any ObjectStore) {
        self.table = table
        self.store = store
    }

    /// The manifest files in which something lives; none before the first snapshot.
    ///
    /// - Throws: `sinkRefused` (terminal) when the manifest list is damaged or of an early version 1 table;
    ///   what the store throws.
    package func manifests() async throws -> [ManifestFile] {
        guard let snapshot = table.metadata.currentSnapshot else { return [] }
        return try await manifests(of: snapshot).filter(\.hasLiveFiles)
    }

    /// All manifest files of a snapshot of the table.
    package func manifests(of snapshot: Snapshot) async throws -> [ManifestFile] {
        guard let list = snapshot.manifestList else {
            throw NilusError.manifestsInline(table.identifier, snapshotID: snapshot.id)
        }
        return try ManifestList.read(
            try await store.read(list, limit: TableCommit.maximumManifestBytes), from: list)
    }

    /// Calls `body` with each live entry of a manifest file.
    ///
    /// - Throws: `sinkRefused` (terminal) when the manifest file is damaged; what store and body throw.
    package func forEachLiveEntry(of manifest: ManifestFile, _ body: (ManifestEntry) throws -> Void) async throws {
        try await forEachEntry(of: manifest) { if $0.isLive { try body($0) } }
    }

    /// Calls `body` with each entry of a manifest file, those of deleted files too.
    package func forEachEntry(of manifest: ManifestFile, _ body: (ManifestEntry) throws -> Void) async throws {
        let content = try await store.read(manifest.path, limit: TableCommit.maximumManifestBytes)
        var reader = try ManifestReader(content, of: manifest)
        while let entry = try reader.next() { try body(entry) }
    }
}
