/// The entries of a dictionary page, and the page itself.
final class StoredDictionary {
    /// The page, in which texts lie.
    private var page: ByteBuffer
    /// The entries of a column of numbers, or of texts.
    private var numbers = ElementBuffer<Int64>()
    private var texts = ElementBuffer<UnsafeRawBufferPointer>()
    /// The largest text.
    private(set) var largestValueBytes = 0

    /// Reads all entries.
    init(_ page: consuming ByteBuffer, entryCount: Int, of values: StoredValues) throws(ParquetFault) {
        self.page = page
        // Each entry takes a bit at least, so that the page bounds their number.
        guard entryCount <= self.page.count * 8 else {
            throw ParquetFault("a dictionary of \(entryCount) entries in \(self.page.count) bytes")
        }
        switch try ValueDecoder.plain(self.page.bytes, values) {
        case .numbers(let decoder): try decoder.read(entryCount, into: &numbers)
        case .bytes(let decoder):
            try decoder.read(entryCount, into: &texts)
            for text in texts.elements { largestValueBytes = max(largestValueBytes, text.count) }
        }
    }

    /// Reads values that are positions in the dictionary.
    func decoder(_ bytes: UnsafeRawBufferPointer, _ values: StoredValues) throws(ParquetFault) -> ValueDecoder {
        guard let bitWidth = bytes.first else { throw .cutOff("a page of dictionary positions") }
        let rest = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
        let positions = try HybridDecoder(rest, bitWidth: Int(bitWidth))
        return values.physicalType.isNumber
            ? .numbers(IndexedNumbers(self, positions)) : .bytes(IndexedBytes(self, positions))
    }

    /// Adds the numbers at positions to a buffer.
    func append(
        _ positions: UnsafeBufferPointer<UInt32>, to output: inout ElementBuffer<Int64>
    ) throws(ParquetFault) {
        let count = numbers.count
        for position in positions {
            guard Int(position) < count else { throw Self.noEntry(position, count) }
            output.append(numbers[Int(position)])
        }
    }

    /// Adds the texts at positions to a buffer.
    func append(
        _ positions: UnsafeBufferPointer<UInt32>, to output: inout ElementBuffer<UnsafeRawBufferPointer>
    ) throws(ParquetFault) {
        let count = texts.count
        for position in positions {
            guard Int(position) < count else { throw Self.noEntry(position, count) }
            output.append(texts[Int(position)])
        }
    }

    private static func noEntry(_ position: UInt32, _ count: Int) -> ParquetFault {
        ParquetFault("position \(position) of a dictionary of \(count) entries")
    }
}

private final class IndexedNumbers: NumberDecoding {
    private let dictionary: StoredDictionary
    private var positions: HybridDecoder
    private var buffer = ElementBuffer<UInt32>()

    init(_ dictionary: StoredDictionary, _ positions: HybridDecoder) {
        self.dictionary = dictionary
        self.positions = positions
    }

    func read(_ count: Int, into output: inout ElementBuffer<Int64>) throws(ParquetFault) {
        buffer.removeAll()
        try positions.read(count, into: &buffer)
        try dictionary.append(buffer.elements, to: &output)
    }
}

private final class IndexedBytes: BytesDecoding {
    private let dictionary: StoredDictionary
    private var positions: HybridDecoder
    private var buffer = ElementBuffer<UInt32>()

    init(_ dictionary: StoredDictionary, _ positions: HybridDecoder) {
        self.dictionary = dictionary
        self.positions = positions
    }

    var largestValueBytes: Int { dictionary.largestValueBytes }

    func read(_ count: Int, into output: inout ElementBuffer<UnsafeRawBufferPointer>) throws(ParquetFault) {
        buffer.removeAll()
        try positions.read(count, into: &buffer)
        try dictionary.append(buffer.elements, to: &output)
    }
}

extension PhysicalType {
    /// Whether values are numbers, not bytes.
    var isNumber: Bool {
        switch self {
        case .byteArray, .fixedLenByteArray: false
        default: true
        }
    }
}
