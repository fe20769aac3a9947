/// The bytes of a column chunk that are in memory: a part that moves on as pages are read.
struct ChunkWindow {
    private let input: ParquetInput
    private let requestBytes: Int
    /// The bytes of the chunk that were not asked for yet.
    private var rest: Range<Int>
    private var bytes: [UInt8] = []
    private var position = 0

    init(_ input: ParquetInput, _ range: Range<Int>, requestBytes: Int) {
        self.input = input
        self.requestBytes = requestBytes
        rest = range
    }

    /// Bytes of the chunk that were not consumed yet.
    var remainingBytes: Int { bytes.count - position + rest.count }

    /// Where in the file the next byte is.
    var filePosition: Int { rest.lowerBound - (bytes.count - position) }

    /// The bytes that can be read without waiting.
    var availableBytes: Int { bytes.count - position }

    /// Makes sure that so many bytes are available, or all that the chunk has left.
    mutating func fill(_ count: Int) async throws {
        let missing = min(count, remainingBytes) - availableBytes
        guard missing > 0 else { return }
        let asked = rest.prefix(max(missing, requestBytes))
        let more = try await input.bytes(asked)
        bytes.removeSubrange(..<position)
        position = 0
        bytes += more
        rest = asked.upperBound..<rest.upperBound
    }

    /// Lends the next available bytes.
    func withBytes<Result>(
        _ count: Int, _ body: (UnsafeRawBufferPointer) throws(ParquetFault) -> Result
    ) throws(ParquetFault) -> Result {
        try bytes.withFaultyBytes { (all) throws(ParquetFault) in
            try body(UnsafeRawBufferPointer(rebasing: all[position..<position + count]))
        }
    }

    /// Steps over available bytes.
    mutating func consume(_ count: Int) {
        position += count
    }
}
