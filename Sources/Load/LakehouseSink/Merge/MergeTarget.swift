import Iceberg
import IcebergCatalog
import NilusCore
import ObjectStorage

/// The files of a table in one state that matter to a merge: those that can hold older versions of its rows, and
/// the deletions that apply to them.
struct MergeTarget {
    /// Data files to look into, partition by partition and by location within each.
    private(set) var files: [StoredFile] = []
    private(set) var deletes: [StoredDeletes] = []
    /// Live data files of the table.
    private(set) var fileCount = 0
    /// Manifest files of data that were read.
    private(set) var manifestsRead = 0
    /// Of the files that a search found rows in, those that live no more.
    private(set) var lostFiles: Set<String> = []
    /// Whether deletions came that an earlier search does not know of.
    private(set) var hasNewDeletes = false
    /// Files of other engines that delete rows by their values.
    private(set) var equalityDeletes: [EqualityDeletes] = []

    /// Looks through the table's manifests.
    ///
    /// `affected`: files that an earlier search found rows in.
    /// `addedSince`: the snapshots that came since that search; `nil` when there was none.
    /// `isWanted`: whether a file with such values matters.
    init(
        _ rows: ChangedRows, in table: CatalogTable, _ store: any ObjectStore, affected: Set<String> = [],
        addedSince: Set<Int64>? = nil, where isWanted: (FileBounds) -> Bool = { _ in true }
    ) async throws {
        let content = TableFiles(of: table, in: store)
        lostFiles = affected
        var prospects: [Int32: PartitionProspects] = [:]
        for manifest in try await content.manifests() {
            let partitions = prospects[manifest.specID] ?? PartitionProspects(rows, of: manifest, in: table.metadata)
            prospects[manifest.specID] = partitions
            if manifest.content == .data {
                fileCount += Int(manifest.files.added + manifest.files.existing)
                // Files that rows were found in before must be seen to live on.
                guard partitions.mayBe(in: manifest.partitions) || !lostFiles.isEmpty else { continue }
                manifestsRead += 1
            }
            try await content.forEachLiveEntry(of: manifest) { entry in
                let isNew = addedSince.map { entry.snapshotID.map($0.contains) ?? true } ?? true
                try take(entry, of: table.metadata, isNew: isNew, rows, partitions, isWanted)
            }
        }
        files.sort { $0.path.precedesByBytes($1.path) }
        files = files.gathered(by: \.partition)
    }

    /// Whether what an earlier search found still holds: its files live on, and nobody else deleted rows since.
    func continues(_ affected: Set<String>) -> Bool {
        lostFiles.isEmpty && (affected.isEmpty || !hasNewDeletes)
    }

    private mutating func take(
        _ entry: ManifestEntry, of table: TableMetadata, isNew: Bool, _ rows: ChangedRows,
        _ partitions: PartitionProspects, _ isWanted: (FileBounds) -> Bool
    ) throws(NilusError) {
        switch entry.file.content {
        // Rows that are deleted by their values are older than this load, whose rows have no part in that.
        case .equalityDeletes: equalityDeletes.append(EqualityDeletes(entry, of: table))
        case .positionDeletes:
            deletes.append(StoredDeletes(entry.file, sequenceNumber: entry.sequenceNumber ?? 0))
            if isNew { hasNewDeletes = true }
        case .data:
            lostFiles.remove(entry.file.path)
            guard isNew, partitions.mayBe(in: entry.file.partition) else { return }
            let bounds = FileBounds(entry.file)
            guard rows.prospects(in: bounds) > 0, isWanted(bounds) else { return }
            files.append(try StoredFile(entry, of: table))
        }
    }
}

extension PartitionProspects {
    fileprivate init(_ rows: ChangedRows, of manifest: ManifestFile, in table: TableMetadata) {
        self.init(rows, table.partitionSpec(withID: manifest.specID) ?? .unpartitioned)
    }
}

extension Array {
    /// The elements group by group, groups and elements in the order of their first appearance.
    fileprivate func gathered<Key: Hashable>(by key: KeyPath<Element, Key>) -> [Element] {
        var order: [Key] = []
        var groups: [Key: [Element]] = [:]
        for element in self {
            let key = element[keyPath: key]
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(element)
        }
        return order.flatMap { groups[$0] ?? [] }
    }
}
