import Records

/// The rows of one data page, handed out in pieces.
final class OpenPage {
    /// Where a page has its levels.
    enum LevelPlace {
        /// At the beginning, their size in front; the number of their encoding.
        case inFront(encoding: Int32)
        /// In so many bytes, behind repetition levels of which a flat column has none.
        case apart(StoredPageHeader.LevelSizes)
    }

    /// A buffer larger than this many bytes is given back after its page.
    private static let keptBytes = 2 * 1_024 * 1_024
    /// The size in front of levels.
    private static let sizeBytes = 4

    private let values: StoredValues
    private let isRequired: Bool

    /// The page after decompression, to which the decoders refer.
    private var body = ByteBuffer()
    /// `nil` when each row has a value.
    private var levels: HybridDecoder?
    private var decoder: ValueDecoder?
    private var rowCount = 0
    /// Rows that were not handed out.
    private(set) var rowsLeft = 0

    private var levelBuffer = ElementBuffer<UInt32>()
    private var numbers = ElementBuffer<Int64>()
    private var texts = ElementBuffer<UnsafeRawBufferPointer>()

    init(_ values: StoredValues, isRequired: Bool) {
        self.values = values
        self.isRequired = isRequired
    }

    /// Whether a page was opened yet.
    var isOpen: Bool { decoder != nil }

    /// Opens a page in the place of the one before.
    ///
    /// - Parameters:
    ///   - rowCount: the rows of the page.
    ///   - encoding: the number of the encoding of its values.
    ///   - place: where its levels are.
    ///   - dictionary: the dictionary of the chunk, if there is one.
    ///   - fill: puts the page, decompressed, into the empty buffer.
    /// - Throws: `ParquetFault` when the page is not what its header says; what `fill` throws.
    func open(
        rowCount: Int, encoding: Int32, _ place: LevelPlace, _ dictionary: StoredDictionary?,
        filledBy fill: (inout ByteBuffer) throws(ParquetFault) -> Void
    ) throws(ParquetFault) {
        decoder = nil
        levels = nil
        body.removeAll(keepingAtMost: Self.keptBytes)
        try fill(&body)
        let valuesStart = try openLevels(place)
        let bytes = UnsafeRawBufferPointer(rebasing: body.bytes[valuesStart...])
        decoder = try .page(encoding, bytes, atMost: rowCount, values, dictionary)
        self.rowCount = rowCount
        rowsLeft = rowCount
    }

    /// The rows that may be read at once, so that their texts take about so many bytes at most, or are one.
    func readableRows(batchBytes: Int) -> Int {
        guard case .bytes(let decoder)? = decoder else { return rowsLeft }
        // In a page that holds its texts itself they are as large as its size tells on the average.
        let textBytes =
            decoder.largestValueBytes > 0 ? decoder.largestValueBytes : body.count / max(1, rowCount) + 1
        let rows = batchBytes / textBytes
        return min(rowsLeft, max(1, rows))
    }

    /// Gives the first rows of a column the next values.
    ///
    /// - Precondition: the column is empty and of a type that the stored values fit; so many rows are left.
    /// - Throws: `ParquetFault` when the page does not have what it promised.
    func read(_ rowCount: Int, into output: Column) throws(ParquetFault) {
        let present = try readPresence(rowCount)
        try set(present, rowCount, in: output)
        rowsLeft -= rowCount
    }

    /// Opens the levels and returns where the values begin.
    private func openLevels(_ place: LevelPlace) throws(ParquetFault) -> Int {
        let range = try levelRange(place)
        if !isRequired { levels = try HybridDecoder(UnsafeRawBufferPointer(rebasing: body.bytes[range]), bitWidth: 1) }
        return range.upperBound
    }

    private func levelRange(_ place: LevelPlace) throws(ParquetFault) -> Range<Int> {
        switch place {
        case .apart(let sizes): return sizes.repetition..<sizes.repetition + sizes.definition
        case .inFront where isRequired: return 0..<0
        case .inFront(let encoding):
            guard encoding == PageEncoding.rle.rawValue else {
                throw ParquetFault("levels in encoding \(encoding), not RLE")
            }
            guard body.count >= Self.sizeBytes else { throw .cutOff("its levels") }
            let byteCount = Int(UInt32(littleEndian: body.bytes.loadUnaligned(as: UInt32.self)))
            guard byteCount <= body.count - Self.sizeBytes else {
                throw ParquetFault("levels of \(byteCount) bytes in a page of \(body.count)")
            }
            return Self.sizeBytes..<Self.sizeBytes + byteCount
        }
    }

    /// Reads which of the next rows have a value and returns how many do; `nil` when all of them do.
    private func readPresence(_ rowCount: Int) throws(ParquetFault) -> Int? {
        guard levels != nil else { return nil }
        levelBuffer.removeAll()
        try levels?.read(rowCount, into: &levelBuffer)
        var present = 0
        for level in levelBuffer.elements { present &+= Int(level) }
        return present == rowCount ? nil : present
    }

    private func set(_ present: Int?, _ rowCount: Int, in output: Column) throws(ParquetFault) {
        let count = present ?? rowCount
        guard count > 0, let decoder else { return }
        let presence = present == nil ? nil : levelBuffer.elements
        switch decoder {
        case .numbers(let decoder):
            numbers.removeAll()
            try decoder.read(count, into: &numbers)
            try values.set(numbers.elements, presence, in: output)
        case .bytes(let decoder):
            texts.removeAll()
            try decoder.read(count, into: &texts)
            try values.set(texts.elements, presence, in: output)
        }
    }
}
