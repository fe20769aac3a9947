import Iceberg

/// The part of a table that is looked through for files to write anew.
enum CompactionScope: Hashable {
    case table
    case partitions(Set<FilePartition>)

    func contains(_ partition: FilePartition) -> Bool {
        switch self {
        case .table: true
        case .partitions(let wanted): wanted.contains(partition)
        }
    }
}

extension TableSurvey {
    /// The files of a part of the table.
    ///
    /// Deletions by values that concern all partitions stay among them: they count for this part too.
    func narrowed(to scope: CompactionScope) -> TableSurvey {
        var part = self
        part.files = files.filter { scope.contains($0.partition) }
        part.deletes = deletes.filter { scope.contains($0.partition) }
        part.equalityDeletes = equalityDeletes.filter { $0.isGlobal || scope.contains($0.file.partition) }
        return part
    }
}
