import Records

/// A ``ValueEncoder`` behind the protocol.
///
/// The encoder lies in memory of its own, so that its loops run without the checks of exclusive
/// access that the variables of a class get.
final class EncoderOfKind<Kind: ValueKind>: ValueEncoding {
    private let encoder: UnsafeMutablePointer<ValueEncoder<Kind>>

    init(_ kind: Kind, pageBytes: Int, dictionaryBytes: Int, hasFilter: Bool) {
        encoder = .allocate(capacity: 1)
        encoder.initialize(
            to: ValueEncoder(
                kind, pageBytes: pageBytes, dictionaryBytes: dictionaryBytes, hasFilter: hasFilter))
    }

    deinit {
        encoder.deinitialize(count: 1)
        encoder.deallocate()
    }

    /// ``append(_:_:)`` as a function: made where the kind is known, it is compiled for that kind,
    /// while a call through the protocol runs code for any kind.
    @inline(__always)
    var appendFunction: AppendFunction {
        { (column, range) throws(MisfitValue) in try self.encoder.pointee.append(column, range) }
    }

    var bufferedByteCount: Int { encoder.pointee.bufferedByteCount }

    var allocatedBytes: Int { encoder.pointee.allocatedBytes }

    func finishPage(into output: inout ByteBuffer) -> PageEncoding { encoder.pointee.finishPage(into: &output) }

    func finishDictionary(into output: inout ByteBuffer) -> Int? { encoder.pointee.finishDictionary(into: &output) }

    func finishChunk() -> ValueStatistics { encoder.pointee.finishChunk() }

    var totals: ValueStatistics { encoder.pointee.totals }

    func releaseMemory() { encoder.pointee.releaseMemory() }
}
