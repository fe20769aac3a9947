import Iceberg
import NilusCore
import Parquet

/// A data file of the table that can hold older versions of the rows of a merge.
struct StoredFile {
    let path: String
    let sizeBytes: Int
    /// Rows in the file, deleted ones too.
    let rowCount: Int64
    let format: String
    let partition: FilePartition
    /// The age of the rows; files of deletions apply to rows of their own age and older ones.
    let sequenceNumber: Int64
    /// What all rows have in columns that the file may lack, by field id.
    let sharedValues: [Int32: ParquetBound?]

    /// `sharedValues`: what the place of the file in the table tells, see ``Iceberg/TableMetadata/sharedValues(in:)``.
    init(_ file: DataFile, sequenceNumber: Int64, sharedValues: [Int32: ParquetBound?] = [:]) {
        path = file.path
        sizeBytes = Int(file.sizeBytes)
        rowCount = file.recordCount
        format = file.format
        partition = file.partition
        self.sequenceNumber = sequenceNumber
        self.sharedValues = sharedValues
    }

    /// A data file of a table in a state.
    ///
    /// - Throws: `sinkRefused` (terminal) when the table does not have the file's partition spec.
    init(_ entry: ManifestEntry, of table: TableMetadata) throws(NilusError) {
        self.init(
            entry.file, sequenceNumber: entry.sequenceNumber ?? 0,
            sharedValues: try table.sharedValues(in: entry.file.partition))
    }

    /// The age of files that this load adds: no deletion is younger.
    static let youngest = Int64.max
}

extension TableMetadata {
    /// What all rows of a partition have in the columns that divide the table as they are, by field id.
    ///
    /// - Throws: `sinkRefused` (terminal) when the table does not have the partition's spec.
    /// - SeeAlso: Iceberg Table Spec, "Column Projection".
    func sharedValues(in partition: FilePartition) throws(NilusError) -> [Int32: ParquetBound?] {
        guard !partition.values.isEmpty else { return [:] }
        guard let spec = partitionSpec(withID: partition.specID) else {
            throw .specMissing(partition.specID, location)
        }
        var values: [Int32: ParquetBound?] = [:]
        for field in spec.fields where field.transform == .identity {
            guard let id = field.sourceID, let value = partition.values[field.fieldID] else { continue }
            values.updateValue(value.flatMap(ParquetBound.init), forKey: Int32(truncatingIfNeeded: id))
        }
        return values
    }
}

extension ParquetBound {
    /// A value as the rows of a file have it; `nil` for values of types that are not read.
    fileprivate init?(_ value: SingleValue) {
        switch value {
        case .integer(let number): self = .integer(number)
        case .double(let number): self = .double(number)
        case .decimal(let number): self = .decimal(number)
        case .text(let utf8): self = .bytes(utf8, isExact: true)
        case .bytes: return nil
        }
    }
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

    fileprivate static func specMissing(_ id: Int32, _ location: String) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot read the files of the table at '\(location)': they are divided by partition spec \(id), which its "
                + "metadata does not have; repair the table with the engine that wrote it")
    }
}
