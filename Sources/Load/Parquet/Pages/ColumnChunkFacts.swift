/// What is known of a column chunk once its pages are made, or of all chunks of a column.
struct ColumnChunkFacts {
    /// Where in the file the first page is, in bytes.
    var offset = 0
    /// The dictionary page with its header; zero when there is none.
    var dictionaryBytes = 0
    /// All pages with their headers.
    var compressedBytes = 0
    /// All pages with their headers, as they were before compression.
    var uncompressedBytes = 0
    /// Rows, with and without a value.
    var valueCount = 0
    var nullCount = 0
    var plainPageCount = 0
    var dictionaryPageCount = 0
    var statistics = ValueStatistics()
    /// Where in the file the Bloom filter is, with its header; `nil` when there is none.
    var bloomFilter: Range<Int>?

    mutating func countPage(_ encoding: PageEncoding) {
        if encoding == .rleDictionary { dictionaryPageCount += 1 } else { plainPageCount += 1 }
    }

    /// Adds what a column's summary tells of another chunk.
    mutating func add(_ other: ColumnChunkFacts) {
        compressedBytes += other.compressedBytes
        valueCount += other.valueCount
        nullCount += other.nullCount
    }
}
