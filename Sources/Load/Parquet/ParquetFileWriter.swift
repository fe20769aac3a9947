import NilusCore
package import Records

/// Writes one Parquet file from batches, with bounded memory and in one direction.
///
/// Values are encoded and compressed page by page; compressed pages wait for their row group, which
/// is handed to the output when it reaches its size. Used by one task; not `Sendable`.
package final class ParquetFileWriter {
    private enum State {
        case open, finished, failed
    }

    let columns: [ColumnChunkWriter]
    private let options: ParquetOptions
    private let output: (UnsafeRawBufferPointer) throws -> Void
    private var footer: FileFooter
    private var splitOffsets: [Int] = []
    private var openRowCount = 0
    private var state = State.open

    /// Rows appended so far.
    package private(set) var rowCount = 0
    /// Bytes handed to the output so far.
    package private(set) var bytesWritten = 0

    /// Starts a file.
    ///
    /// - Parameters:
    ///   - columns: the columns in file order.
    ///   - options: sizes and texts.
    ///   - scratch: working memory, which all writers of one task may share.
    ///   - output: takes the bytes of the file in order, in pieces of about a page; they are valid
    ///     during the call. An error it throws ends the file and is thrown on.
    package init(
        columns: [ParquetColumn], options: ParquetOptions, scratch: ParquetScratch,
        output: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) {
        options.check()
        self.columns = columns.map { ColumnChunkWriter($0, options: options, scratch: scratch) }
        self.options = options
        self.output = output
        footer = FileFooter(columns: columns)
    }

    /// The memory held for rows that are not written yet, in bytes; the shared scratch is not in it.
    package var bufferedBytes: Int {
        columns.reduce(footer.allocatedBytes) { $0 + $1.allocatedBytes }
    }

    /// The size of the pages that wait, in bytes: about what flushing the row group would write.
    package var bufferedEncodedBytes: Int {
        columns.reduce(0) { $0 + $1.bufferedEncodedBytes }
    }

    /// Adds the rows of a batch.
    ///
    /// - Precondition: the batch's first columns are the file's, in order and with their types; JSON
    ///   text and text are the same here. Further columns are left out.
    /// - Throws: `schemaConflict` (terminal) when a required column has a row without a value or a value
    ///   does not fit its column, `internalDefect` for a batch of another shape, and the output's
    ///   errors. The file cannot be continued afterwards.
    package func append(_ batch: ColumnBatch) throws {
        try requireOpen()
        try requireShape(of: batch)
        state = .failed
        for (values, writer) in zip(batch.columns, columns) {
            try append(values, of: batch, to: writer)
        }
        rowCount += batch.rowCount
        openRowCount += batch.rowCount
        state = .open
        if openRowCount >= options.rowGroupRowLimit || bufferedEncodedBytes >= options.rowGroupBytes {
            try flushRowGroup()
        }
    }

    /// Writes the rows that wait as a row group, however few they are; does nothing without rows.
    ///
    /// - Throws: the output's errors. The file cannot be continued afterwards.
    package func flushRowGroup() throws {
        try requireOpen()
        guard openRowCount > 0 else { return }
        state = .failed
        try begin()
        splitOffsets.append(bytesWritten)
        var chunks = try columns.map { try $0.finishChunk(at: bytesWritten, write) }
        for position in chunks.indices { try writeBloomFilter(of: &chunks[position]) }
        footer.appendRowGroup(rowCount: openRowCount, chunks: chunks)
        openRowCount = 0
        state = .open
    }

    /// Writes the rows that wait as a row group and gives the memory of the columns back.
    ///
    /// For a file that stays open while others are written: what it still holds is its part of the footer.
    ///
    /// - Throws: the output's errors. The file cannot be continued afterwards.
    package func rest() throws {
        try flushRowGroup()
        for column in columns { column.releaseMemory() }
    }

    /// Writes what is left and the footer.
    ///
    /// - Returns: sizes, counts and bounds for the table's metadata.
    /// - Throws: the output's errors. The file is of no use then.
    package func finish() throws -> ParquetFileSummary {
        try flushRowGroup()
        state = .failed
        try begin()
        let end = footer.encoded(rowCount: rowCount, options: options)
        try end.withUnsafeBytes(write)
        state = .finished
        return ParquetFileSummary(
            rowCount: rowCount, byteCount: bytesWritten, footerByteCount: end.count, splitOffsets: splitOffsets,
            columns: columns.map(\.summary))
    }

    private func requireOpen() throws {
        guard state == .open else {
            throw NilusError.defect(.load, "a Parquet file was written to after it was finished or had failed")
        }
    }

    /// Writes the Bloom filter of a chunk, if it has one, behind its row group: so none of them has to wait.
    private func writeBloomFilter(of chunk: inout ColumnChunkFacts) throws {
        guard let filter = chunk.statistics.filter, let byteCount = Int32(exactly: filter.byteCount) else { return }
        let start = bytesWritten
        try BloomFilterHeader(byteCount: byteCount).encoded.withUnsafeBytes(write)
        try filter.bytes.withUnsafeBytes(write)
        chunk.bloomFilter = start..<bytesWritten
        chunk.statistics.filter = nil
    }

    /// Writes the magic number that begins the file, unless it is there.
    private func begin() throws {
        if bytesWritten == 0 { try FileFooter.magic.withUnsafeBytes(write) }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws {
        try output(bytes)
        bytesWritten += bytes.count
    }
}
