/// The sizes of a Parquet file's parts, and what the file says of itself.
package struct ParquetOptions: Sendable, Hashable {
    /// A piece of text in the footer, found by its key.
    package struct Metadata: Sendable, Hashable {
        /// The name, once in a file.
        package let key: String
        package let value: String

        /// Names a piece of text.
        package init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    /// Bytes of encoded pages at which a row group is written.
    ///
    /// Measured on a million rows of 60 columns: 2 MiB peaked at 16 MiB of memory, 8 MiB at 21, 16 MiB at 29.
    package static let usualRowGroupBytes = 8 * 1_024 * 1_024
    /// Rows at which a row group is written even if it is small: 2²⁰, as other writers do.
    package static let usualRowGroupRows = 1_048_576
    /// Bytes of encoded values at which a page is compressed.
    package static let usualPageBytes = 64 * 1_024
    /// Bytes that a dictionary page may have; beyond it, values are written one after another.
    package static let usualDictionaryBytes = 32 * 1_024
    /// Rows at which a page is compressed even if it is small.
    ///
    /// - SeeAlso: apache/parquet-java, parquet-hadoop/README.md, `parquet.page.row.count.limit`
    package static let usualPageRows = 20_000

    /// Bytes of encoded pages that may wait before the row group is written; one batch may exceed it.
    package var rowGroupBytes: Int
    /// Rows that a row group may have; one batch may exceed it.
    package var rowGroupRowLimit: Int
    /// Bytes of encoded values in a page; a larger value gets a page of its own.
    package var pageBytes: Int
    /// Rows in a page.
    package var pageRowLimit: Int
    /// Bytes in a dictionary page; zero for no dictionaries.
    package var dictionaryBytes: Int
    /// Texts to put into the footer, such as `iceberg.schema`.
    package var metadata: [Metadata]
    /// The program that writes the file, as `<name> version <version>`; readers parse it.
    package var createdBy: String

    /// Chooses sizes; what is left out is as usual.
    ///
    /// - Precondition: a page has 1 byte to 16 MiB and at least one row, a dictionary at most 16 MiB, a
    ///   row group at least one byte and one row; ``ParquetFileWriter`` stops at anything else.
    package init(
        rowGroupBytes: Int = ParquetOptions.usualRowGroupBytes,
        rowGroupRowLimit: Int = ParquetOptions.usualRowGroupRows,
        pageBytes: Int = ParquetOptions.usualPageBytes,
        pageRowLimit: Int = ParquetOptions.usualPageRows,
        dictionaryBytes: Int = ParquetOptions.usualDictionaryBytes,
        metadata: [Metadata] = [],
        createdBy: String
    ) {
        self.rowGroupBytes = rowGroupBytes
        self.rowGroupRowLimit = rowGroupRowLimit
        self.pageBytes = pageBytes
        self.pageRowLimit = pageRowLimit
        self.dictionaryBytes = dictionaryBytes
        self.metadata = metadata
        self.createdBy = createdBy
    }
}

extension ParquetOptions {
    /// The largest page, so that a page with one of the largest values still fits 31 bits of size.
    private static let largestPageBytes = 16 * 1_024 * 1_024

    /// Stops at sizes that no caller means.
    func check() {
        precondition((1...Self.largestPageBytes).contains(pageBytes), "a page has 1 byte to 16 MiB")
        precondition((0...Self.largestPageBytes).contains(dictionaryBytes), "a dictionary page has at most 16 MiB")
        precondition((1...Int(Int32.max)).contains(pageRowLimit), "a page has 1 to 2^31 - 1 rows")
        precondition(rowGroupBytes > 0 && rowGroupRowLimit > 0, "a row group has rows")
    }
}
