import Iceberg
import IcebergCatalog
import NilusCore
import ObjectStorage

/// The files of a table in one state in which rows of an interval are, and the deletions that may apply to them.
struct IntervalTarget {
    /// Files of which all rows lie inside, with their numbers of rows.
    private(set) var whole: [(file: StoredFile, rowCount: Int)] = []
    /// Files of which some rows may lie inside.
    private(set) var partial: [StoredFile] = []
    private(set) var deletes: [StoredDeletes] = []
    /// Live data files of the table.
    private(set) var fileCount = 0
    /// Manifest files of data that were read.
    private(set) var manifestsRead = 0

    /// Looks through the table's manifests.
    init(_ interval: CreatedInterval, in table: CatalogTable, _ store: any ObjectStore) async throws {
        let content = TableFiles(of: table, in: store)
        var known: [Int32: IntervalPartitions] = [:]
        for manifest in try await content.manifests() {
            let spec = table.metadata.partitionSpec(withID: manifest.specID) ?? .unpartitioned
            let partitions = known[manifest.specID] ?? IntervalPartitions(interval, spec)
            known[manifest.specID] = partitions
            if manifest.content == .data {
                fileCount += Int(manifest.files.added + manifest.files.existing)
                guard partitions.mayBe(in: manifest.partitions) else { continue }
                manifestsRead += 1
            }
            try await content.forEachLiveEntry(of: manifest) {
                try take($0, of: table.metadata, interval, partitions)
            }
        }
        partial.sort { $0.path.precedesByBytes($1.path) }
    }

    private mutating func take(
        _ entry: ManifestEntry, of table: TableMetadata, _ interval: CreatedInterval, _ partitions: IntervalPartitions
    ) throws(NilusError) {
        switch entry.file.content {
        // Rows that are deleted by their values can be deleted once more without harm.
        case .equalityDeletes: break
        case .positionDeletes:
            deletes.append(StoredDeletes(entry.file, sequenceNumber: entry.sequenceNumber ?? 0))
        case .data:
            guard partitions.mayBe(in: entry.file.partition) else { return }
            let file = try StoredFile(entry, of: table)
            switch interval.coverage(of: FileBounds(entry.file)) {
            case .none: break
            case .some: partial.append(file)
            case .all: whole.append((file, Int(entry.file.recordCount)))
            }
        }
    }
}
