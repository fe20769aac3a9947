/// How much memory reading a file may take, whatever the file says.
package struct ParquetReadLimits: Sendable, Hashable {
    /// The largest footer, in bytes; a file of 60 columns and 1,000 row groups has about 12 MiB.
    package var footerBytes = 32 * 1_024 * 1_024
    /// The largest page, in bytes, before and after decompression; writers aim at 1 MiB or less.
    package var pageBytes = 64 * 1_024 * 1_024
    /// The largest Bloom filter, in bytes; parquet-java and Arrow write no larger one.
    package var bloomFilterBytes = 128 * 1_024 * 1_024
    /// Bytes of a column chunk that are read in one request; a larger page is read whole.
    package var requestBytes = 512 * 1_024
    /// Rows that a batch has at most.
    package var batchRows = 8_192
    /// Bytes of text that a batch has about at most; one value may be larger.
    package var batchBytes = 4 * 1_024 * 1_024

    /// The usual limits.
    package init() {}
}
