import Compression
import NilusCore
import Records

/// Reads the pages of one column chunk, one at a time, and hands out their rows in pieces.
final class ColumnPageReader {
    /// A page buffer larger than this many bytes is given back after its page.
    private static let keptBytes = 2 * 1_024 * 1_024

    private let input: ParquetInput
    private let limits: ParquetReadLimits
    private let column: ParquetFileColumn
    private let values: StoredValues
    private let codec: PageDecompressor.Codec
    private let decompressor: PageDecompressor
    private var window: ChunkWindow
    /// Rows of the chunk that no page read so far has.
    private var rowsInLaterPages: Int

    private var dictionary: StoredDictionary?
    /// The open page after decompression, to which the decoders refer.
    private var body = ByteBuffer()
    /// The levels of the open page; `nil` when each of its rows has a value.
    private var levels: HybridDecoder?
    private var decoder: ValueDecoder?
    /// Rows of the open page that were not handed out.
    private(set) var rowsLeft = 0

    private var levelBuffer = ElementBuffer<UInt32>()
    private var numbers = ElementBuffer<Int64>()
    private var texts = ElementBuffer<UnsafeRawBufferPointer>()

    /// - Throws: `sinkRefused` when the chunk cannot be where the footer says or its compression is not read.
    init(
        _ input: ParquetInput, _ limits: ParquetReadLimits, _ column: ParquetFileColumn, _ values: StoredValues,
        _ chunk: ColumnChunkMetadata, rowCount: Int, _ decompressor: PageDecompressor
    ) throws {
        self.input = input
        self.limits = limits
        self.column = column
        self.values = values
        self.decompressor = decompressor
        rowsInLaterPages = rowCount
        do throws(ParquetFault) {
            codec = try PageDecompressor.Codec(number: chunk.codec)
            let range = try chunk.checkedRange(rowCount: rowCount, values.physicalType, fileBytes: input.byteCount)
            window = ChunkWindow(input, range, requestBytes: limits.requestBytes)
        } catch {
            throw input.fileFault(error, in: "column '\(column.name)'")
        }
    }

    /// The rows that the next call of ``read(_:into:)`` may ask for.
    var readableRows: Int {
        guard case .bytes(let decoder)? = decoder, decoder.largestValueBytes > 0 else { return rowsLeft }
        return min(rowsLeft, max(1, limits.batchBytes / decoder.largestValueBytes))
    }

    /// Opens the next page with rows, unless rows of the open one are left.
    func openPage() async throws {
        while rowsLeft == 0 {
            let start = window.filePosition
            let header = try await readHeader()
            try await window.fill(header.compressedBytes)
            do throws(ParquetFault) {
                try open(header)
            } catch {
                throw fault(error, at: start)
            }
        }
    }

    /// Adds rows of the open page to a column.
    ///
    /// - Precondition: the column holds values of a type that the stored values fit, the open page has the
    ///   rows, and each call asks for no more than ``readableRows``.
    func read(_ rowCount: Int, into output: Column) throws {
        do throws(ParquetFault) {
            let presence = try readPresence(rowCount)
            try append(presence, rowCount, to: output)
        } catch {
            throw fault(error, at: window.filePosition)
        }
        rowsLeft -= rowCount
    }

    private func fault(_ fault: ParquetFault, at position: Int) -> NilusError {
        input.fileFault(fault, in: "column '\(column.name)', page at byte \(position),")
    }
}

// MARK: Pages

extension ColumnPageReader {
    /// Bytes that a page header usually fits into, and the most that one may have: it can hold bounds.
    private static let usualHeaderBytes = 256
    private static let largestHeaderBytes = 4 * 1_024 * 1_024

    private func readHeader() async throws -> StoredPageHeader {
        let start = window.filePosition
        var wanted = Self.usualHeaderBytes
        while true {
            try await window.fill(wanted)
            let available = min(wanted, window.availableBytes)
            do throws(ParquetFault) {
                guard available > 0 else {
                    throw ParquetFault("no more pages where \(rowsInLaterPages) rows are missing")
                }
                let (header, size) = try window.withBytes(available) { (bytes) throws(ParquetFault) in
                    var reader = ThriftReader(bytes)
                    return (try StoredPageHeader(&reader), reader.position)
                }
                window.consume(size)
                try check(header)
                return header
            } catch {
                guard error.isCutOff, available < window.remainingBytes, wanted < Self.largestHeaderBytes else {
                    throw fault(error, at: start)
                }
                wanted *= 4
            }
        }
    }

    private func check(_ header: StoredPageHeader) throws(ParquetFault) {
        guard header.compressedBytes <= window.remainingBytes else {
            throw ParquetFault("\(header.compressedBytes) bytes where its chunk has \(window.remainingBytes) left")
        }
        let largest = max(header.compressedBytes, header.uncompressedBytes)
        guard largest <= limits.pageBytes else {
            throw ParquetFault("\(largest.asByteCount), more than \(limits.pageBytes.asByteCount)")
        }
    }

    /// Reads the page whose header was read and whose bytes are available.
    private func open(_ header: StoredPageHeader) throws(ParquetFault) {
        defer { window.consume(header.compressedBytes) }
        if let checksum = header.checksum {
            let found = try window.withBytes(header.compressedBytes) { (bytes) throws(ParquetFault) in
                CRC32.checksum(of: bytes)
            }
            guard found == checksum else { throw ParquetFault("bytes that do not match its checksum") }
        }
        switch header.kind {
        case .other: break
        case .dictionary(let entryCount): try openDictionary(header, entryCount)
        case .data(let valueCount, let encoding, let levelEncoding):
            try countRows(valueCount)
            try readBody(header, skipping: 0, isCompressed: true)
            let valuesStart = try openLevels(valueCount, levelEncoding)
            decoder = try valueDecoder(encoding, valueCount, from: valuesStart)
            rowsLeft = valueCount
        case .dataV2(let valueCount, let encoding, let sizes, let isCompressed):
            try countRows(valueCount)
            try readBody(
                header, skipping: sizes.repetition + sizes.definition, isCompressed: isCompressed)
            try openLevels(valueCount, sizes)
            decoder = try valueDecoder(encoding, valueCount, from: sizes.repetition + sizes.definition)
            rowsLeft = valueCount
        }
    }

    private func countRows(_ count: Int) throws(ParquetFault) {
        guard count <= rowsInLaterPages else {
            throw ParquetFault("\(count) rows where its chunk has \(rowsInLaterPages) left")
        }
        rowsInLaterPages -= count
    }

    private func openDictionary(_ header: StoredPageHeader, _ entryCount: Int) throws(ParquetFault) {
        guard dictionary == nil, decoder == nil else { throw ParquetFault("a dictionary behind other pages") }
        var page = ByteBuffer()
        try append(header, skipping: 0, isCompressed: true, to: &page)
        dictionary = try StoredDictionary(page, entryCount: entryCount, of: values)
    }

    /// Puts the page into `body`, levels that stand outside of the compressed part first.
    private func readBody(
        _ header: StoredPageHeader, skipping levelBytes: Int, isCompressed: Bool
    ) throws(ParquetFault) {
        decoder = nil
        levels = nil
        body.removeAll(keepingAtMost: Self.keptBytes)
        try append(header, skipping: levelBytes, isCompressed: isCompressed, to: &body)
    }

    private func append(
        _ header: StoredPageHeader, skipping levelBytes: Int, isCompressed: Bool, to output: inout ByteBuffer
    ) throws(ParquetFault) {
        let codec = isCompressed ? codec : .uncompressed
        let contentBytes = header.uncompressedBytes - levelBytes
        try window.appendPage(
            header.compressedBytes, levelBytes: levelBytes, contentBytes: contentBytes, codec, decompressor,
            to: &output)
    }

    private func valueDecoder(
        _ encoding: Int32, _ valueCount: Int, from start: Int
    ) throws(ParquetFault) -> ValueDecoder {
        let bytes = UnsafeRawBufferPointer(rebasing: body.bytes[start...])
        return try .page(encoding, bytes, atMost: valueCount, values, dictionary)
    }
}

extension ChunkWindow {
    /// Adds the next page to the output: its levels as they are, the rest decompressed.
    fileprivate func appendPage(
        _ byteCount: Int, levelBytes: Int, contentBytes: Int, _ codec: PageDecompressor.Codec,
        _ decompressor: PageDecompressor, to output: inout ByteBuffer
    ) throws(ParquetFault) {
        var page = ByteBuffer()
        swap(&page, &output)
        defer { swap(&page, &output) }
        try withBytes(byteCount) { (bytes) throws(ParquetFault) in
            page.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[..<levelBytes]))
            let content = UnsafeRawBufferPointer(rebasing: bytes[levelBytes...])
            // A page of nulls may have no values at all, not even compressed ones.
            guard contentBytes > 0 || !content.isEmpty else { return }
            try decompressor.decompress(content, codec, byteCount: contentBytes, into: &page)
        }
    }
}

// MARK: Levels

extension ColumnPageReader {
    /// Opens the levels that begin a page of version 1 and returns where its values begin.
    private func openLevels(_ valueCount: Int, _ encoding: Int32) throws(ParquetFault) -> Int {
        guard !column.isRequired else { return 0 }
        guard encoding == PageEncoding.rle.rawValue else {
            throw ParquetFault("levels in encoding \(encoding), not RLE")
        }
        guard body.count >= 4 else { throw .cutOff("its levels") }
        let byteCount = Int(UInt32(littleEndian: body.bytes.loadUnaligned(as: UInt32.self)))
        guard byteCount <= body.count - 4 else {
            throw ParquetFault("levels of \(byteCount) bytes in a page of \(body.count)")
        }
        let end = 4 + byteCount
        levels = try HybridDecoder(UnsafeRawBufferPointer(rebasing: body.bytes[4..<end]), bitWidth: 1)
        return end
    }

    /// Opens the levels that stand before the compressed part of a page of version 2.
    private func openLevels(_ valueCount: Int, _ sizes: StoredPageHeader.LevelSizes) throws(ParquetFault) {
        guard !column.isRequired else { return }
        let range = sizes.repetition..<sizes.repetition + sizes.definition
        levels = try HybridDecoder(UnsafeRawBufferPointer(rebasing: body.bytes[range]), bitWidth: 1)
    }

    /// Reads which of the next rows have a value; `nil` when all of them do.
    private func readPresence(_ rowCount: Int) throws(ParquetFault) -> Int? {
        guard levels != nil else { return nil }
        levelBuffer.removeAll()
        try levels?.read(rowCount, into: &levelBuffer)
        var present = 0
        for level in levelBuffer.elements { present &+= Int(level) }
        return present == rowCount ? nil : present
    }
}

// MARK: Values

extension ColumnPageReader {
    /// Adds rows whose presence was read; as many values as are present.
    private func append(_ present: Int?, _ rowCount: Int, to output: Column) throws(ParquetFault) {
        let count = present ?? rowCount
        guard count > 0, let decoder else { return }
        switch decoder {
        case .numbers(let decoder):
            numbers.removeAll()
            try decoder.read(count, into: &numbers)
            try values.set(numbers.elements, present == nil ? nil : levelBuffer.elements, in: output)
        case .bytes(let decoder):
            texts.removeAll()
            try decoder.read(count, into: &texts)
            try values.set(texts.elements, present == nil ? nil : levelBuffer.elements, in: output)
        }
    }
}

extension ColumnChunkMetadata {
    /// Where the pages are, once what the footer says of the chunk fits its column and the file.
    fileprivate func checkedRange(
        rowCount: Int, _ type: PhysicalType, fileBytes: Int
    ) throws(ParquetFault) -> Range<Int> {
        guard !isElsewhere else { throw ParquetFault("values that are encrypted or in another file") }
        guard physicalType == type.rawValue else {
            throw ParquetFault("values of physical type \(physicalType), not \(type.rawValue)")
        }
        guard valueCount == rowCount else { throw ParquetFault("\(valueCount) values in \(rowCount) rows") }
        return try byteRange(inFileOf: fileBytes)
    }
}
