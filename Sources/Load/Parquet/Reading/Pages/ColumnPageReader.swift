import Compression
import NilusCore
import Records

/// Reads the pages of one column chunk, one at a time, and hands out their rows in pieces.
final class ColumnPageReader {
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
    private let page: OpenPage

    /// Finds the chunk.
    ///
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
        page = OpenPage(values, isRequired: column.isRequired)
        do throws(ParquetFault) {
            codec = try PageDecompressor.Codec(number: chunk.codec)
            let range = try chunk.checkedRange(rowCount: rowCount, values.physicalType, fileBytes: input.byteCount)
            window = ChunkWindow(input, range, requestBytes: limits.requestBytes)
        } catch {
            throw input.fileFault(error, in: "column '\(column.name)'")
        }
    }

    /// The rows that the next call of ``read(_:into:)`` may ask for.
    var readableRows: Int { page.readableRows(batchBytes: limits.batchBytes) }

    /// Opens the next page with rows, unless rows of the open one are left.
    func openPage() async throws {
        while page.rowsLeft == 0 {
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

    /// Gives the first rows of a column the next rows of the open page.
    ///
    /// - Precondition: the column is empty and holds values of a type that the stored values fit; no more rows
    ///   are asked for than ``readableRows``.
    func read(_ rowCount: Int, into output: Column) throws {
        do throws(ParquetFault) {
            try page.read(rowCount, into: output)
        } catch {
            throw input.fileFault(error, in: "column '\(column.name)', page before byte \(window.filePosition),")
        }
    }

    private func fault(_ fault: ParquetFault, at position: Int) -> NilusError {
        input.fileFault(fault, in: "column '\(column.name)', page at byte \(position),")
    }
}

// MARK: Headers

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
                return try takeHeader(available)
            } catch {
                guard error.isCutOff, available < window.remainingBytes, wanted < Self.largestHeaderBytes else {
                    throw fault(error, at: start)
                }
                wanted *= 4
            }
        }
    }

    /// Reads a header that lies in the next bytes, and steps over it.
    private func takeHeader(_ available: Int) throws(ParquetFault) -> StoredPageHeader {
        guard available > 0 else { throw ParquetFault("no more pages where \(rowsInLaterPages) rows are missing") }
        let (header, size) = try window.withBytes(available) { (bytes) throws(ParquetFault) in
            var reader = ThriftReader(bytes)
            return (try StoredPageHeader(&reader), reader.position)
        }
        guard header.compressedBytes <= window.remainingBytes - size else {
            throw ParquetFault(
                "\(header.compressedBytes) bytes where its chunk has \(window.remainingBytes - size) left")
        }
        let largest = max(header.compressedBytes, header.uncompressedBytes)
        guard largest <= limits.pageBytes else {
            throw ParquetFault("\(largest.asByteCount), more than \(limits.pageBytes.asByteCount)")
        }
        window.consume(size)
        return header
    }
}

// MARK: Pages

extension ColumnPageReader {
    /// Reads the page whose header was read and whose bytes are available.
    private func open(_ header: StoredPageHeader) throws(ParquetFault) {
        defer { window.consume(header.compressedBytes) }
        try verifyChecksum(header)
        switch header.kind {
        case .other: break
        case .dictionary(let entryCount): try openDictionary(header, entryCount)
        case .data(let rowCount, let encoding, let levelEncoding):
            try countRows(rowCount)
            try page.open(rowCount: rowCount, encoding: encoding, .inFront(encoding: levelEncoding), dictionary) {
                (body) throws(ParquetFault) in
                try append(header, levelBytes: 0, codec, to: &body)
            }
        case .dataV2(let rowCount, let encoding, let sizes, let isCompressed):
            try countRows(rowCount)
            try page.open(rowCount: rowCount, encoding: encoding, .apart(sizes), dictionary) {
                (body) throws(ParquetFault) in
                let levelBytes = sizes.repetition + sizes.definition
                try append(header, levelBytes: levelBytes, isCompressed ? codec : .uncompressed, to: &body)
            }
        }
    }

    private func verifyChecksum(_ header: StoredPageHeader) throws(ParquetFault) {
        guard let checksum = header.checksum else { return }
        let found = try window.withBytes(header.compressedBytes) { (bytes) throws(ParquetFault) in
            CRC32.checksum(of: bytes)
        }
        guard found == checksum else { throw ParquetFault("bytes that do not match its checksum") }
    }

    private func countRows(_ count: Int) throws(ParquetFault) {
        guard count <= rowsInLaterPages else {
            throw ParquetFault("\(count) rows where its chunk has \(rowsInLaterPages) left")
        }
        rowsInLaterPages -= count
    }

    private func openDictionary(_ header: StoredPageHeader, _ entryCount: Int) throws(ParquetFault) {
        guard dictionary == nil, !page.isOpen else { throw ParquetFault("a dictionary behind other pages") }
        var entries = ByteBuffer()
        try append(header, levelBytes: 0, codec, to: &entries)
        dictionary = try StoredDictionary(entries, entryCount: entryCount, of: values)
    }

    /// Adds a page to a buffer: levels that stand outside of the compressed part as they are, the rest decompressed.
    private func append(
        _ header: StoredPageHeader, levelBytes: Int, _ codec: PageDecompressor.Codec, to output: inout ByteBuffer
    ) throws(ParquetFault) {
        try window.withBytes(header.compressedBytes) { (bytes) throws(ParquetFault) in
            output.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[..<levelBytes]))
            let content = UnsafeRawBufferPointer(rebasing: bytes[levelBytes...])
            let contentBytes = header.uncompressedBytes - levelBytes
            // A page of nulls may have no values at all, not even compressed ones.
            guard contentBytes > 0 || !content.isEmpty else { return }
            try decompressor.decompress(content, codec, byteCount: contentBytes, into: &output)
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
