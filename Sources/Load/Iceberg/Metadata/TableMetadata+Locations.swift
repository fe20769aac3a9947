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
