import Iceberg

/// Which data files of a table are to be written anew.
struct CompactionChoice {
    /// The files, partition by partition.
    let files: [StoredFile]

    /// Chooses files of which rows are deleted, and small files where a partition has several of them.
    ///
    /// `deletedCounts`: numbers of deleted rows by the location of the file.
    init(among files: [StoredFile], deletedCounts: [String: Int], sizes: FileSizes) {
        var chosen: [StoredFile] = []
        var order: [FilePartition] = []
        var groups: [FilePartition: [StoredFile]] = [:]
        for file in files {
            if groups[file.partition] == nil { order.append(file.partition) }
            groups[file.partition, default: []].append(file)
        }
        for partition in order {
            let group = groups[partition] ?? []
            let small = group.filter { sizes.isSmall(bytes: Int64($0.sizeBytes), rows: $0.rowCount) }.map(\.path)
            let joined = Set(small.count > 1 ? small : [])
            chosen += group.filter { deletedCounts[$0.path, default: 0] > 0 || joined.contains($0.path) }
        }
        self.files = chosen
    }
}
