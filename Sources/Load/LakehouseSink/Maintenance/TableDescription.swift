import Iceberg
import IcebergCatalog
package import Loading
package import NilusCore

/// What a table is and how it stands.
package struct TableDescription: Sendable {
    /// A column as the table has it.
    package struct Column: Sendable, Hashable {
        package let name: String
        package let type: String
        package let isRequired: Bool
    }

    package let name: TableName
    package let location: String
    package let formatVersion: Int
    package let columns: [Column]
    /// Such as `month(created)`; none for a table that is not partitioned.
    package let partitionedBy: [String]
    /// Such as `customer`, with `descending` after it where it is.
    package let sortedBy: [String]
    package let snapshotCount: Int
    /// The newest snapshots, the newest first; ``newestSnapshotCount`` at most.
    package let newestSnapshots: [SnapshotDescription]
    package let current: SnapshotDescription?
    /// The position up to which the table is complete, as our loads left it.
    package let checkpoint: String?
    package internal(set) var manifestCount = 0
    package private(set) var dataFileCount = 0
    /// Data files well below the size, and the number of rows, that new ones get.
    package private(set) var smallFileCount = 0
    /// The small files by the partition that they are in.
    private(set) var smallFiles: [FilePartition: Int] = [:]
    package private(set) var dataBytes: Int64 = 0
    /// Rows that lie in data files, deleted ones too.
    package private(set) var storedRowCount: Int64 = 0
    package private(set) var positionDeleteFileCount = 0
    package private(set) var deletedRowCount: Int64 = 0
    package private(set) var equalityDeleteFileCount = 0
    /// Delete files by the partition whose rows they delete; those that concern all are under
    /// ``Iceberg/FilePartition/unpartitioned``.
    private(set) var deleteFiles: [FilePartition: Int] = [:]
    /// The partition specs that divide nothing: values deleted under them are deleted in all partitions.
    private let undividedSpecs: Set<Int32>

    /// As many snapshots as a screen has room for; `nilus table snapshots` lists all.
    package static let newestSnapshotCount = 10

    init(_ table: CatalogTable) {
        let metadata = table.metadata
        func column(_ id: Int?) -> String {
            metadata.currentSchema.fields.first { $0.id == id }?.name ?? "a column of other kind"
        }
        name = table.identifier
        location = metadata.location
        formatVersion = metadata.formatVersion
        columns = metadata.currentSchema.fields.map {
            Column(name: $0.name, type: $0.type.description, isRequired: $0.isRequired)
        }
        partitionedBy = metadata.defaultSpec.fields.filter { $0.transform != .void }.map {
            $0.transform == .identity ? column($0.sourceID) : "\($0.transform)(\(column($0.sourceID)))"
        }
        sortedBy = metadata.defaultSortOrder.fields.map { field in
            let name = column(field.sourceID)
            let sorted = field.transform == .identity ? name : "\(field.transform)(\(name))"
            return field.isDescending ? "\(sorted) descending" : sorted
        }
        snapshotCount = metadata.snapshots.count
        newestSnapshots = SnapshotDescription.all(of: metadata, atMost: Self.newestSnapshotCount)
        current = metadata.currentSnapshot.map { SnapshotDescription($0, isInLine: true) }
        checkpoint = metadata.checkpoint
        undividedSpecs = Set(
            metadata.partitionSpecs.filter(\.isUndivided).map { Int32(truncatingIfNeeded: $0.id) })
    }

    /// Rows that readers see, as the files tell; `nil` when rows are deleted by their values.
    ///
    /// A snapshot need not tell: its summary may lack the totals.
    package var rowCount: Int64? {
        equalityDeleteFileCount == 0 ? max(0, storedRowCount &- deletedRowCount) : nil
    }

    mutating func count(_ file: DataFile, sizes: FileSizes) {
        switch file.content {
        case .data:
            dataFileCount += 1
            dataBytes += file.sizeBytes
            storedRowCount &+= file.recordCount
            guard sizes.isSmall(bytes: file.sizeBytes, rows: file.recordCount) else { return }
            smallFileCount += 1
            smallFiles[file.partition, default: 0] += 1
        case .positionDeletes:
            positionDeleteFileCount += 1
            deleteFiles[file.partition, default: 0] += 1
            deletedRowCount &+= file.recordCount
        case .equalityDeletes:
            equalityDeleteFileCount += 1
            let isGlobal = undividedSpecs.contains(file.partition.specID)
            deleteFiles[isGlobal ? .unpartitioned : file.partition, default: 0] += 1
        }
    }
}

/// A version of a table and the load that made it.
package struct SnapshotDescription: Sendable, Hashable {
    package let id: Int64
    package let time: Timestamp
    /// `append`, `overwrite`, `delete` or `replace`.
    package let operation: String
    package let rowsAdded: Int64
    /// Rows of removed files and rows that new delete files name.
    package let rowsRemoved: Int64
    package let loadID: String?
    package let runID: String?
    package let endpoint: String?
    package let checkpoint: String?
    /// Whether it is the current snapshot or an ancestor of it; others were rolled back or are of other branches.
    package let isInLine: Bool

    /// The snapshots of a table, newest first.
    static func all(of metadata: TableMetadata, atMost count: Int = .max) -> [SnapshotDescription] {
        let line = Set(metadata.ancestors.map(\.id))
        return metadata.snapshots.suffix(count).reversed().map {
            SnapshotDescription($0, isInLine: line.contains($0.id))
        }
    }

    init(_ snapshot: Snapshot, isInLine: Bool) {
        id = snapshot.id
        time = Timestamp(microseconds: snapshot.timestampMilliseconds &* 1_000)
        operation = snapshot.summary["operation"] ?? "unknown"
        rowsAdded = snapshot.count("added-records") ?? 0
        rowsRemoved = (snapshot.count("deleted-records") ?? 0) &+ (snapshot.count("added-position-deletes") ?? 0)
        loadID = snapshot.summary[LoadFacts.loadID]
        runID = snapshot.summary[LoadFacts.runID]
        endpoint = snapshot.summary[LoadFacts.endpoint]
        checkpoint = snapshot.summary[LoadFacts.checkpoint].flatMap { $0 == LoadFacts.noCheckpoint ? nil : $0 }
        self.isInLine = isInLine
    }
}
