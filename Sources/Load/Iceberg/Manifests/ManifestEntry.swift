/// A data file in a manifest file: whether it was added, kept or deleted, and when.
package struct ManifestEntry: Sendable, Equatable {
    /// What the snapshot of the manifest did to the file.
    package enum Status: Int32, Sendable {
        case existing = 0
        case added = 1
        /// For the record only; scans ignore such entries.
        case deleted = 2
    }

    /// What was done to the file.
    package var status: Status
    /// The snapshot that added the file, or deleted it; `nil` stands for that of the manifest file.
    package var snapshotID: Int64?
    /// The age of the file's rows; `nil` in a new entry stands for that of the snapshot to come.
    package var sequenceNumber: Int64?
    /// The age of the file itself.
    package var fileSequenceNumber: Int64?
    /// The file itself.
    package var file: DataFile

    /// An entry for a file that a snapshot adds; its sequence numbers are inherited at commit.
    package init(adding file: DataFile, in snapshotID: Int64) {
        status = .added
        self.snapshotID = snapshotID
        self.file = file
    }

    init(
        status: Status, snapshotID: Int64?, sequenceNumber: Int64?, fileSequenceNumber: Int64?, file: DataFile
    ) {
        self.status = status
        self.snapshotID = snapshotID
        self.sequenceNumber = sequenceNumber
        self.fileSequenceNumber = fileSequenceNumber
        self.file = file
    }

    /// Whether the file belongs to the snapshot.
    package var isLive: Bool { status != .deleted }

    /// The entry that carries this file over to another manifest; it keeps snapshot and sequence numbers.
    ///
    /// - Precondition: the entry was read from a snapshot, so that its numbers are known.
    package var existing: ManifestEntry {
        var entry = self
        entry.status = .existing
        return entry
    }

    /// The entry that records the deletion of this file; it keeps the sequence numbers, explicitly.
    package func deleted(in snapshotID: Int64) -> ManifestEntry {
        var entry = self
        entry.status = .deleted
        entry.snapshotID = snapshotID
        return entry
    }
}
