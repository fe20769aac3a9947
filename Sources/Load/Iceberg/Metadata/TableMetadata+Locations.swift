import JSON

extension TableMetadata {
    /// Where data files belong, without a slash at the end.
    package var dataFolder: String {
        properties["write.data.path"]?.withoutTrailingSlash ?? "\(location)/data"
    }

    /// Where metadata files, manifest lists and manifest files belong, without a slash at the end.
    package var metadataFolder: String {
        properties["write.metadata.path"]?.withoutTrailingSlash ?? "\(location)/metadata"
    }
}

extension TableMetadata {
    /// The files that the document names besides those of snapshots: earlier metadata files and statistics.
    package var namedFiles: Set<String> {
        let lists = [
            ("metadata-log", "metadata-file"), ("statistics", "statistics-path"),
            ("partition-statistics", "statistics-path"),
        ]
        return Set(
            lists.flatMap { list, member in
                (document[list]?.array ?? []).compactMap { $0[member]?.string }
            })
    }
}
