package import Records

/// What a writer knows of one column of a data file.
package struct ColumnMetrics: Sendable, Hashable {
    /// The id of the column in the table.
    package let fieldID: Int
    /// The type of the column in the table.
    package let type: FieldType
    /// Bytes of the column's pages in the file.
    package let compressedBytes: Int
    /// Rows, with a value or without.
    package let valueCount: Int
    /// Rows without a value.
    package let nullCount: Int
    /// For floating point columns only.
    package let nanCount: Int?
    /// The least and greatest value, NaN apart; `nil` when there is none or they are not known.
    package let minimum: SingleValue?
    /// The greatest value, as `minimum` is the least.
    package let maximum: SingleValue?
    /// Whether text bounds stay whole, as those of the file paths in position deletes must.
    package let keepsWholeTexts: Bool

    /// The metrics of one column.
    package init(
        fieldID: Int, type: FieldType, compressedBytes: Int, valueCount: Int, nullCount: Int, nanCount: Int? = nil,
        minimum: SingleValue? = nil, maximum: SingleValue? = nil, keepsWholeTexts: Bool = false
    ) {
        self.fieldID = fieldID
        self.type = type
        self.compressedBytes = compressedBytes
        self.valueCount = valueCount
        self.nullCount = nullCount
        self.nanCount = nanCount
        self.minimum = minimum
        self.maximum = maximum
        self.keepsWholeTexts = keepsWholeTexts
    }

    fileprivate var lowerBound: [UInt8]? {
        keepsWholeTexts ? minimum?.bytes(of: type) : minimum?.lowerBound(of: type)
    }

    fileprivate var upperBound: [UInt8]? {
        keepsWholeTexts ? maximum?.bytes(of: type) : maximum?.upperBound(of: type)
    }
}

extension DataFile {
    /// A Parquet file with the metrics of its columns.
    package init(
        content: Content = .data, path: String, partition: FilePartition = .unpartitioned, recordCount: Int,
        sizeBytes: Int, columns: [ColumnMetrics], splitOffsets: [Int64]? = nil
    ) {
        self.init(
            content: content, path: path, partition: partition, recordCount: Int64(recordCount),
            sizeBytes: Int64(sizeBytes), splitOffsets: splitOffsets)
        columnSizes = Self.map(columns) { Int64($0.compressedBytes) }
        valueCounts = Self.map(columns) { Int64($0.valueCount) }
        nullCounts = Self.map(columns) { Int64($0.nullCount) }
        nanCounts = Self.map(columns) { $0.nanCount.map { Int64($0) } }
        lowerBounds = Self.map(columns, \.lowerBound)
        upperBounds = Self.map(columns, \.upperBound)
    }

    private static func map<Value>(
        _ columns: [ColumnMetrics], _ value: (ColumnMetrics) -> Value?
    ) -> [Int32: Value] {
        var map: [Int32: Value] = [:]
        for column in columns { map[Int32(truncatingIfNeeded: column.fieldID)] = value(column) }
        return map
    }
}
