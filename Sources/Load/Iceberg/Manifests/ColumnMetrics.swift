package import Records

/// What a writer knows of one column of a data file.
package struct ColumnMetrics: Sendable, Hashable {
    package let fieldID: Int
    package let type: FieldType
    /// Bytes of the column's pages in the file.
    package let compressedBytes: Int
    /// Rows, with a value or without.
    package let valueCount: Int
    package let nullCount: Int
    /// For floating point columns only.
    package let nanCount: Int?
    /// The least and greatest value, NaN apart; `nil` when there is none or they are not known.
    package let minimum: SingleValue?
    package let maximum: SingleValue?

    package init(
        fieldID: Int, type: FieldType, compressedBytes: Int, valueCount: Int, nullCount: Int, nanCount: Int? = nil,
        minimum: SingleValue? = nil, maximum: SingleValue? = nil
    ) {
        self.fieldID = fieldID
        self.type = type
        self.compressedBytes = compressedBytes
        self.valueCount = valueCount
        self.nullCount = nullCount
        self.nanCount = nanCount
        self.minimum = minimum
        self.maximum = maximum
    }
}

extension DataFile {
    /// A Parquet data file of an unpartitioned table, with the metrics of its columns.
    package init(
        path: String, recordCount: Int, sizeBytes: Int, columns: [ColumnMetrics], splitOffsets: [Int64]? = nil
    ) {
        self.init(
            path: path, recordCount: Int64(recordCount), sizeBytes: Int64(sizeBytes), splitOffsets: splitOffsets)
        columnSizes = Self.map(columns) { Int64($0.compressedBytes) }
        valueCounts = Self.map(columns) { Int64($0.valueCount) }
        nullCounts = Self.map(columns) { Int64($0.nullCount) }
        nanCounts = Self.map(columns) { $0.nanCount.map { Int64($0) } }
        lowerBounds = Self.map(columns) { $0.minimum?.lowerBound(of: $0.type) }
        upperBounds = Self.map(columns) { $0.maximum?.upperBound(of: $0.type) }
    }

    private static func map<Value>(
        _ columns: [ColumnMetrics], _ value: (ColumnMetrics) -> Value?
    ) -> [Int32: Value] {
        var map: [Int32: Value] = [:]
        for column in columns { map[Int32(truncatingIfNeeded: column.fieldID)] = value(column) }
        return map
    }
}
