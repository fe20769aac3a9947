import Iceberg
import IcebergCatalog
import NilusCore
import ObjectStorage

/// The files that snapshots of a table need: manifest lists, manifest files, data files and delete files.
///
/// Takes memory by the number of files, some 200 bytes each.
struct ReachableFiles {
    private(set) var manifestLists: Set<String> = []
    private(set) var manifests: [String: ManifestFile] = [:]
    /// Data files and delete files.
    private(set) var files: Set<String> = []

    /// Finds what snapshots need; manifests that `known` has are not read again and not counted.
    ///
    /// `withRemoved`: whether files that a manifest records as deleted count too.
    init(
        _ snapshots: [Snapshot], of table: CatalogTable, in store: any ObjectStore,
        besides known: ReachableFiles? = nil,
        withRemoved: Bool = false
    ) async throws {
        let content = TableFiles(of: table, in: store)
        for snapshot in snapshots {
            guard let list = snapshot.manifestList, manifestLists.insert(list).inserted else { continue }
            for manifest in try await content.manifests(of: snapshot) where known?.manifests[manifest.path] == nil {
                manifests[manifest.path] = manifest
            }
        }
        for manifest in manifests.values.sorted(by: { $0.path < $1.path }) {
            try await content.forEachEntry(of: manifest) { entry in
                if entry.isLive || withRemoved { files.insert(entry.file.path) }
            }
        }
    }
}
