import Iceberg

/// Which data files of a table are to be written anew.
struct CompactionChoice {
    /// Part of the target size below which a file is small.
    private static let smallShare = 0.75

    /// The files, partition by partition.
    let files: [StoredFile]

    /// The size below which a file is small.
    static func smallBytes(_ targetBytes: Int) -> Int { Int(Double(targetBytes) * smallShare) }

    /// Chooses files of which rows are deleted, and small files where a partition has several of them.
    ///
    init(among files: [StoredFile], deletedCounts: [String: Int], targetBytes: Int) {
        var chosen: [StoredFile] = []
        var order: [FilePartition] = []
        var groups: [FilePartition: [StoredFile]] = [:]
        for file in files {
            if groups[file.partition] == nil { order.append(file.partition) }
            groups[file.partition, default: []].append(file)
        }
        for partition in order {
            let group = groups[partition] ?? []
            let limit = Self.smallBytes(targetBytes)
            let isSplit = group.filter { $0.sizeBytes < limit }.count > 1
            chosen += group.filter { file in
                deletedCounts[file.path, default: 0] > 0 || (isSplit && file.sizeBytes < limit)
            }
        }
        self.files = chosen
    }
}
