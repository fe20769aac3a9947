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

    package var path: String
    package var lengthBytes: Int64
    package var specID: Int32
    package var content: Content
    /// The sequence number of the snapshot that added the manifest; `nil` until there is one.
    package var sequenceNumber: Int64?
    /// The lowest sequence number of a live file in it; `nil` stands for that of the snapshot to come.
    package var minimumSequenceNumber: Int64?
    package var addedSnapshotID: Int64
    package var files: StatusCounts
    package var rows: StatusCounts
    /// The range of each partition field, as found; `nil` when nobody wrote it.
    package var partitions: [PartitionSummary]?
    package var keyMetadata: [UInt8]?

    /// Whether a scan has to look at the manifest.
    package var hasLiveFiles: Bool { files.added > 0 || files.existing > 0 }
}

/// Numbers of files, or of rows in them, by what a snapshot did to them.
package struct StatusCounts: Sendable, Equatable {
    package var added: Int64 = 0
    package var existing: Int64 = 0
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
    package var containsNull: Bool
    package var containsNaN: Bool?
    package var lowerBound: [UInt8]?
    package var upperBound: [UInt8]?
}
