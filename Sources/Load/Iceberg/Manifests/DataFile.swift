/// A file of rows, or of deletions of rows, as a manifest file tells of it.
///
/// - SeeAlso: Iceberg Table Spec, "Entries in Manifests", struct `data_file`, version 2.
package struct DataFile: Sendable, Equatable {
    /// What the rows of a file mean.
    package enum Content: Int32, Sendable {
        case data = 0
        case positionDeletes = 1
        case equalityDeletes = 2
    }

    /// What the rows mean.
    package var content: Content
    /// The location of the file.
    package var path: String
    /// `PARQUET`, `AVRO` or `ORC`, in any letter case.
    package var format: String
    /// The partition spec of the file and the values that its rows share.
    package var partition: FilePartition
    /// Rows in the file.
    package var recordCount: Int64
    /// The size of the file.
    package var sizeBytes: Int64
    private var packedColumnSizes: PackedMetrics?
    private var packedValueCounts: PackedMetrics?
    private var packedNullCounts: PackedMetrics?
    private var packedNaNCounts: PackedMetrics?
    private var packedLowerBounds: PackedMetrics?
    private var packedUpperBounds: PackedMetrics?
    /// What another engine needs to decrypt the file.
    package var keyMetadata: [UInt8]?
    /// Where a reader may start, such as the row groups of Parquet; ascending.
    package var splitOffsets: [Int64]?
    /// The columns that identify deleted rows; for equality deletes only.
    package var equalityIDs: [Int32]?
    /// The order of the rows, when the table knows one.
    package var sortOrderID: Int32?
    /// The one data file whose rows are deleted, when it is one.
    package var referencedDataFile: String?

    /// A Parquet file without metrics yet.
    package init(
        content: Content = .data, path: String, partition: FilePartition = .unpartitioned, recordCount: Int64,
        sizeBytes: Int64, splitOffsets: [Int64]? = nil
    ) {
        self.content = content
        self.path = path
        format = "PARQUET"
        self.partition = partition
        self.recordCount = recordCount
        self.sizeBytes = sizeBytes
        self.splitOffsets = splitOffsets
    }
}

/// The metrics by field id; `nil` when nobody wrote them. Each is unpacked when it is asked for.
extension DataFile {
    /// Bytes of each column in the file.
    package var columnSizes: [Int32: Int64]? {
        get { packedColumnSizes?.numbers }
        set { packedColumnSizes = newValue.map(PackedMetrics.init(numbers:)) }
    }

    /// Values of each column, nulls and NaNs among them.
    package var valueCounts: [Int32: Int64]? {
        get { packedValueCounts?.numbers }
        set { packedValueCounts = newValue.map(PackedMetrics.init(numbers:)) }
    }

    /// Rows of each column without a value.
    package var nullCounts: [Int32: Int64]? {
        get { packedNullCounts?.numbers }
        set { packedNullCounts = newValue.map(PackedMetrics.init(numbers:)) }
    }

    /// Rows of each floating point column whose value is NaN.
    package var nanCounts: [Int32: Int64]? {
        get { packedNaNCounts?.numbers }
        set { packedNaNCounts = newValue.map(PackedMetrics.init(numbers:)) }
    }

    /// Values that none of the column is below, as ``SingleValue`` writes them.
    package var lowerBounds: [Int32: [UInt8]]? {
        get { packedLowerBounds?.values }
        set { packedLowerBounds = newValue.map(PackedMetrics.init(values:)) }
    }

    /// Values that none of the column is above.
    package var upperBounds: [Int32: [UInt8]]? {
        get { packedUpperBounds?.values }
        set { packedUpperBounds = newValue.map(PackedMetrics.init(values:)) }
    }
}
