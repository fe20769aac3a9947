import Iceberg
import NilusCore

/// A data file of the table that can hold older versions of the rows of a merge.
struct StoredFile {
    let path: String
    let sizeBytes: Int
    let format: String
    let partition: FilePartition
    /// The age of the rows; files of deletions apply to rows of their own age and older ones.
    let sequenceNumber: Int64

    init(_ file: DataFile, sequenceNumber: Int64) {
        path = file.path
        sizeBytes = Int(file.sizeBytes)
        format = file.format
        partition = file.partition
        self.sequenceNumber = sequenceNumber
    }

    /// The age of files that this load adds: no deletion is younger.
    static let youngest = Int64.max
}

/// A file of the table that says which rows of data files are gone.
struct StoredDeletes {
    let path: String
    let sizeBytes: Int
    let format: String
    let partition: FilePartition
    let sequenceNumber: Int64
    private let lowerPath: [UInt8]?
    private let upperPath: [UInt8]?
    private let onlyFile: String?

    init(_ file: DataFile, sequenceNumber: Int64) {
        path = file.path
        sizeBytes = Int(file.sizeBytes)
        format = file.format
        partition = file.partition
        self.sequenceNumber = sequenceNumber
        lowerPath = file.lowerBounds?[Int32(PositionDeleteWriter.pathID)]
        upperPath = file.upperBounds?[Int32(PositionDeleteWriter.pathID)]
        onlyFile = file.referencedDataFile
    }

    /// Whether rows of a data file may be deleted here.
    ///
    /// - SeeAlso: Iceberg Table Spec, "Scan Planning": same partition, and not younger than the deletes.
    func mayApply(to file: StoredFile) -> Bool {
        guard partition == file.partition, file.sequenceNumber <= sequenceNumber else { return false }
        if let onlyFile { return onlyFile == file.path }
        if let lowerPath, file.path.utf8.lexicographicallyPrecedes(lowerPath) { return false }
        if let upperPath, upperPath.lexicographicallyPrecedes(file.path.utf8) { return false }
        return true
    }
}

extension NilusError {
    /// The table has a file in a format that is not read.
    static func formatUnread(_ path: String, _ format: String) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot look into '\(path)': it is of format \(MessageText.quoted(format)); rewrite the table in Parquet, "
                + "or load with another 'incremental-strategy'")
    }
}
