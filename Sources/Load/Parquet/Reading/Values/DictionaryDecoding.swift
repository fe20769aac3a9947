/// The entries of a dictionary page, and the page itself.
final class StoredDictionary {
    /// The page, in which texts lie in PLAIN encoding.
    private let page: ByteBuffer
    /// The entries of a column of numbers.
    private var numbers = ElementBuffer<Int64>()
    /// Where in the page the bytes of each text begin and end, for a column of texts.
    private var texts = ElementBuffer<Place>()
    /// The largest text.
    private(set) var largestValueBytes = 0

    private struct Place: BitwiseCopyable {
        let start: UInt32
        let end: UInt32
    }

    /// Reads all entries.
    ///
    /// - Precondition: the page has less than 4 GiB.
    init(_ page: consuming ByteBuffer, entryCount: Int, of values: StoredValues) throws(ParquetFault) {
        self.page = page
        guard values.physicalType != .boolean else { throw ParquetFault("a dictionary of booleans") }
        switch try ValueDecoder.plain(self.page.bytes, values) {
        case .numbers(let decoder): try decoder.read(entryCount, into: &numbers)
        case .bytes(let decoder): try readTexts(decoder, entryCount)
        }
    }

    /// Notes where the texts are, a few at a time: the places take less than the texts as such would.
    private func readTexts(_ decoder: any BytesDecoding, _ count: Int) throws(ParquetFault) {
        var some = ElementBuffer<UnsafeRawBufferPointer>()
        guard let base = page.bytes.baseAddress else {
            guard count == 0 else { throw .cutOff("a dictionary of \(count) entries") }
            return
        }
        while texts.count < count {
            some.removeAll()
            try decoder.read(min(count - texts.count, Self.textsAtOnce), into: &some)
            for text in some.elements {
                let start = text.baseAddress.map { $0 - base } ?? 0
                texts.append(Place(start: UInt32(start), end: UInt32(start + text.count)))
                largestValueBytes = max(largestValueBytes, text.count)
            }
        }
    }

    private static let textsAtOnce = 1_024

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
            let place = texts[Int(position)]
            output.append(UnsafeRawBufferPointer(rebasing: page.bytes[Int(place.start)..<Int(place.end)]))
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
