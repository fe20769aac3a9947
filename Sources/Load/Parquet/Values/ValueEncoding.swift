import Records

/// Encodes values of a batch, given by their positions among the values, into the open page.
///
/// Returns how many were taken; fewer than asked means that the page must be finished first. After a
/// `MisfitValue` the encoder is of no use.
typealias AppendFunction = (Column, Range<Int>) throws(MisfitValue) -> Int

/// Encodes the values of one column, page by page and chunk by chunk.
///
/// It knows values only: which rows have one is the business of ``DefinitionLevels``.
protocol ValueEncoding: AnyObject {
    /// How values are added.
    var appendFunction: AppendFunction { get }

    /// The size of the open page's values as far as they are encoded, in bytes.
    var bufferedByteCount: Int { get }

    /// Writes the values of the open page and starts the next one.
    func finishPage(into output: inout ByteBuffer) -> PageEncoding

    /// Writes the dictionary page and returns the number of its entries; `nil` when no page needs one.
    func finishDictionary(into output: inout ByteBuffer) -> Int?

    /// Takes what is known of the values since the last call, and starts the next chunk.
    func finishChunk() -> ValueStatistics

    /// What is known of the values of all chunks.
    var totals: ValueStatistics { get }

    /// The memory held, in bytes.
    var allocatedBytes: Int { get }

    /// Gives the memory back; between two chunks only.
    func releaseMemory()
}

/// An encoder, with the function that is called most ready at hand.
struct ColumnEncoder {
    let values: any ValueEncoding
    let append: AppendFunction

    @inline(__always)
    init(_ encoder: some ValueEncoding) {
        values = encoder
        append = encoder.appendFunction
    }
}

/// How the values of a page are encoded; the numbers are those of `Encoding` in parquet.thrift.
enum PageEncoding: Int32 {
    case plain = 0
    /// The older name of ``rleDictionary``, and of the plain values in a dictionary page; only read.
    case plainDictionary = 2
    /// Runs and packed groups; for levels, and for booleans that others wrote.
    case rle = 3
    /// Integers as differences; only read, as the next three.
    case deltaBinaryPacked = 5
    case deltaLengthByteArray = 6
    case deltaByteArray = 7
    /// Positions in the dictionary page.
    case rleDictionary = 8
    /// The first bytes of all values, then their second bytes, and so on; only read.
    case byteStreamSplit = 9
}

/// What readers may know of values without reading them.
struct ValueStatistics {
    var nanCount = 0
    var lower: ParquetBound?
    var upper: ParquetBound?
    /// The Bloom filter of a chunk whose column has one and that has values.
    var filter: SplitBlockFilter?
}
