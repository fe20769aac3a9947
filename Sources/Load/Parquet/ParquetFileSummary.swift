/// What a table must know of a finished file.
package struct ParquetFileSummary: Sendable, Hashable {
    package let rowCount: Int
    /// The size of the file.
    package let byteCount: Int
    /// The size of the footer at the end, with its length and the magic number.
    package let footerByteCount: Int
    /// Where each row group begins, ascending, in bytes.
    package let splitOffsets: [Int]
    /// One for each column, in file order.
    package let columns: [ParquetColumnSummary]
}

/// What a table must know of one column of a finished file.
package struct ParquetColumnSummary: Sendable, Hashable {
    package let fieldID: Int32
    /// The size of the column's pages in the file, with their headers.
    package let compressedByteCount: Int
    /// Rows, with and without a value.
    package let valueCount: Int
    /// Rows without a value.
    package let nullCount: Int
    /// Rows whose value is NaN; `nil` unless the type is `float` or `double`.
    package let nanCount: Int?
    /// What no value is below; `nil` without values, with NaN only, and for `json`.
    package let lowerBound: ParquetBound?
    /// What no value is above; `nil` as before, and when no text above a cut one exists.
    package let upperBound: ParquetBound?
}
