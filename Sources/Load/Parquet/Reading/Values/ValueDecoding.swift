/// Reads numbers of a page in order: integers, the bits of floating-point numbers, booleans, times.
protocol NumberDecoding: AnyObject {
    /// Adds the next values to a buffer.
    ///
    /// - Throws: `ParquetFault` when the page does not have them.
    func read(_ count: Int, into output: inout ElementBuffer<Int64>) throws(ParquetFault)
}

/// Reads texts and values of fixed length of a page in order.
protocol BytesDecoding: AnyObject {
    /// The largest value where all values together may be larger than the page; zero where they are not.
    var largestValueBytes: Int { get }

    /// Adds the next values to a buffer; their bytes stay in place until the next call.
    ///
    /// - Throws: `ParquetFault` when the page does not have them.
    func read(_ count: Int, into output: inout ElementBuffer<UnsafeRawBufferPointer>) throws(ParquetFault)
}

/// The values of the open page.
enum ValueDecoder {
    case numbers(any NumberDecoding)
    case bytes(any BytesDecoding)
}
