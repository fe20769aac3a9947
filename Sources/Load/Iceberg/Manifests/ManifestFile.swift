/// A manifest file as the manifest list of a snapshot tells of it.
///
/// - SeeAlso: Iceberg Table Spec, "Manifest Lists", struct `manifest_file`, version 2.
package struct ManifestFile: Sendable, Equatable {
    /// What the files that a manifest lists contain.
    package enum Content: Int32, Sendable {
        case data = 0
        case deletes = 1

        /// As the header of a manifest file spells it.
        var name: String { self == .data ? "data" : "deletes" }
    }

    /// The location of the manifest file.
    package var path: String
    /// The size of the manifest file.
    package var lengthBytes: Int64
    /// The partition spec of its files.
    package var specID: Int32
    /// What its files contain.
    package var content: Content
    /// The sequence number of the snapshot that added the manifest; `nil` until there is one.
    package var sequenceNumber: Int64?
    /// The lowest sequence number of a live file in it; `nil` stands for that of the snapshot to come.
    package var minimumSequenceNumber: Int64?
    /// The snapshot that added the manifest.
    package var addedSnapshotID: Int64
    /// Numbers of files in it.
    package var files: StatusCounts
    /// Numbers of rows in its files.
    package var rows: StatusCounts
    /// The range of each partition field, as found; `nil` when nobody wrote it.
    package var partitions: [PartitionSummary]?
    /// What another engine needs to decrypt the file.
    package var keyMetadata: [UInt8]?

    /// Whether a scan has to look at the manifest.
    package var hasLiveFiles: Bool { files.added > 0 || files.existing > 0 }
}

/// Numbers of files, or of rows in them, by what a snapshot did to them.
package struct StatusCounts: Sendable, Equatable {
    /// Those that the snapshot added.
    package var added: Int64 = 0
    /// Those that were there before.
    package var existing: Int64 = 0
    /// Those that the snapshot deleted.
    package var deleted: Int64 = 0

    mutating func add(_ count: Int64, for status: ManifestEntry.Status) {
        switch status {
        case .added: added += count
        case .existing: existing += count
        case .deleted: deleted += count
        }
    }
}

/// The range of the values of one partition field over the files of a manifest.
package struct PartitionSummary: Sendable, Equatable {
    /// Whether a file has no value for the field.
    package var containsNull: Bool
    /// Whether a file has NaN for the field; `nil` when nobody looked.
    package var containsNaN: Bool?
    /// A value that no file is below.
    package var lowerBound: [UInt8]?
    /// A value that no file is above.
    package var upperBound: [UInt8]?
}
