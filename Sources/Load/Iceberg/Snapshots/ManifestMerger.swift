package import NilusCore

/// Writes what several manifest files list into one, which takes their place in a new snapshot.
///
/// Files that were there before keep the snapshot that added them and their sequence numbers; what other snapshots
/// recorded as deleted is left out. Takes memory for one manifest that is read and for the one that is written.
package struct ManifestMerger {
    private let snapshotID: Int64
    private let spec: PartitionSpec
    private let base: TableMetadata
    private var writer: ManifestWriter

    init(_ writer: ManifestWriter, for snapshotID: Int64, spec: PartitionSpec, of base: TableMetadata) {
        self.writer = writer
        self.snapshotID = snapshotID
        self.spec = spec
        self.base = base
    }

    /// Takes over what a manifest lists.
    ///
    /// - Throws: `sinkRefused` (terminal) when the manifest is damaged.
    package mutating func take(_ manifest: ManifestFile, content: [UInt8]) throws(NilusError) {
        var (reader, _) = try ManifestReader.open(content, of: manifest, spec: spec, in: base)
        while let entry = try reader.next() {
            if entry.snapshotID == snapshotID {
                // Of this very snapshot: readers of changes look for what it added and deleted.
                try writer.append(entry)
            } else if entry.isLive {
                try writer.append(entry.existing)
            }
        }
    }

    /// Closes the manifest, which is to lie at `path`.
    package consuming func finish(path: String) -> EncodedManifest {
        writer.finish(path: path)
    }
}
