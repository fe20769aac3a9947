/// Counts the files and rows that a snapshot adds and removes, for its summary.
///
/// - SeeAlso: Iceberg Table Spec, Appendix F, "Optional Snapshot Summary Fields".
struct SnapshotTally {
    private struct Side {
        var dataFiles: Int64 = 0
        var records: Int64 = 0
        var positionDeleteFiles: Int64 = 0
        var positionDeletes: Int64 = 0
        var equalityDeleteFiles: Int64 = 0
        var equalityDeletes: Int64 = 0
        var bytes: Int64 = 0

        var deleteFiles: Int64 { positionDeleteFiles + equalityDeleteFiles }

        mutating func count(_ file: DataFile) {
            bytes &+= file.sizeBytes
            switch file.content {
            case .data:
                dataFiles += 1
                records &+= file.recordCount
            case .positionDeletes:
                positionDeleteFiles += 1
                positionDeletes &+= file.recordCount
            case .equalityDeletes:
                equalityDeleteFiles += 1
                equalityDeletes &+= file.recordCount
            }
        }
    }

    private var added = Side()
    private var removed = Side()
    private var partitions: Set<FilePartition> = []

    mutating func add(_ file: DataFile) {
        added.count(file)
        partitions.insert(file.partition)
    }

    mutating func remove(_ file: DataFile) {
        removed.count(file)
        partitions.insert(file.partition)
    }

    /// The counters; a change of zero is left out, as others do.
    ///
    /// Totals follow from those of the parent. They are left out when the parent lacks them, and start
    /// from nothing when there is no parent or when all of its files are removed.
    func counters(parent: Snapshot?, removesEverything: Bool) -> [TableProperty] {
        let changes = changes.filter { $0.count != 0 }.map { TableProperty($0.name, String($0.count)) }
        let totals = totals.compactMap { total -> TableProperty? in
            let before = removesEverything || parent == nil ? total.removed : parent?.count(total.name)
            guard let before, before >= total.removed else { return nil }
            return TableProperty(total.name, String(before &- total.removed &+ total.added))
        }
        return changes + [TableProperty("changed-partition-count", String(partitions.count))] + totals
    }

    private var changes: [(name: String, count: Int64)] {
        [
            ("added-data-files", added.dataFiles), ("deleted-data-files", removed.dataFiles),
            ("added-delete-files", added.deleteFiles), ("removed-delete-files", removed.deleteFiles),
            ("added-position-delete-files", added.positionDeleteFiles),
            ("removed-position-delete-files", removed.positionDeleteFiles),
            ("added-equality-delete-files", added.equalityDeleteFiles),
            ("removed-equality-delete-files", removed.equalityDeleteFiles),
            ("added-records", added.records), ("deleted-records", removed.records),
            ("added-position-deletes", added.positionDeletes), ("removed-position-deletes", removed.positionDeletes),
            ("added-equality-deletes", added.equalityDeletes), ("removed-equality-deletes", removed.equalityDeletes),
            ("added-files-size", added.bytes), ("removed-files-size", removed.bytes),
        ]
    }

    private var totals: [(name: String, added: Int64, removed: Int64)] {
        [
            ("total-data-files", added.dataFiles, removed.dataFiles),
            ("total-delete-files", added.deleteFiles, removed.deleteFiles),
            ("total-records", added.records, removed.records),
            ("total-files-size", added.bytes, removed.bytes),
            ("total-position-deletes", added.positionDeletes, removed.positionDeletes),
            ("total-equality-deletes", added.equalityDeletes, removed.equalityDeletes),
        ]
    }
}
