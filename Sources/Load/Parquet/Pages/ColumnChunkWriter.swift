import NilusCore
import Records

/// Turns the values of one column into the pages of one column chunk after another.
final class ColumnChunkWriter {
    let column: ParquetColumn
    private let isRequired: Bool
    private let pageRowLimit: Int
    private let scratch: ParquetScratch
    private let encoder: any ValueEncoding
    private let appendToPage: AppendFunction

    private var levels = DefinitionLevels()
    /// The rows of the open page.
    private var openRowCount = 0
    private var pages = PageQueue()
    private var facts = ColumnChunkFacts()
    private var totals = ColumnChunkFacts()

    init(_ column: ParquetColumn, options: ParquetOptions, scratch: ParquetScratch) {
        self.column = column
        isRequired = column.isRequired
        pageRowLimit = options.pageRowLimit
        self.scratch = scratch
        let made = column.makeEncoder(options)
        encoder = made.values
        appendToPage = made.append
    }

    /// The size of what waits for the row group: compressed pages, and the open page as it is encoded.
    var bufferedEncodedBytes: Int { pages.byteCount + encoder.bufferedByteCount }

    /// The memory held, in bytes.
    var allocatedBytes: Int { pages.allocatedBytes + encoder.allocatedBytes + levels.allocatedBytes }

    /// What is known of all chunks.
    var summary: ParquetColumnSummary {
        let statistics = encoder.totals
        return ParquetColumnSummary(
            fieldID: column.fieldID, compressedByteCount: totals.compressedBytes, valueCount: totals.valueCount,
            nullCount: totals.nullCount, nanCount: column.type.storage == .doubles ? statistics.nanCount : nil,
            lowerBound: statistics.lower, upperBound: statistics.upper)
    }

    /// Adds the rows of a batch.
    ///
    /// - Throws: `MisfitValue` or `MissingValue`; the writer is of no use afterwards.
    func append(_ values: Column, rowCount: Int) throws {
        let gaps = rowCount - values.presentCount
        if isRequired, gaps > 0 {
            throw MissingValue(row: values.presence.firstIndex(of: 0) ?? values.presence.count)
        }
        if values.presentCount == 0 {
            appendNulls(rowCount)
        } else {
            try appendRows(of: values, presence: gaps > 0 ? values.presence : nil, rowCount: rowCount)
        }
    }

    /// Adds rows with and without values; each has one when no presence is given.
    private func appendRows(of values: Column, presence: UnsafeBufferPointer<UInt8>?, rowCount: Int) throws {
        var row = 0
        var position = 0
        while row < rowCount {
            let rows = row..<min(rowCount, row + pageRowLimit - openRowCount)
            // Counting is left for batches that are longer than a page may be.
            let wanted =
                rows.upperBound == rowCount
                ? values.presentCount - position : presence?.presentCount(in: rows) ?? rows.count
            let taken = wanted == 0 ? 0 : try appendToPage(values, position..<position + wanted)
            // The page takes the rows up to the first value that it has no room for.
            let end = taken == wanted ? rows.upperBound : presence?.row(ofPresent: taken, from: row) ?? row + taken
            addRows(row..<end, presence)
            position += taken
            row = end
            if row < rowCount { finishPage() }
        }
    }

    private func addRows(_ rows: Range<Int>, _ presence: UnsafeBufferPointer<UInt8>?) {
        openRowCount += rows.count
        if let presence {
            levels.append(presence, rows)
        } else if !isRequired {
            levels.append(isPresent: true, count: rows.count)
        }
    }

    private func appendNulls(_ count: Int) {
        var rest = count
        while rest > 0 {
            let taken = min(rest, pageRowLimit - openRowCount)
            openRowCount += taken
            levels.append(isPresent: false, count: taken)
            rest -= taken
            if rest > 0 { finishPage() }
        }
    }

    private func finishPage() {
        guard openRowCount > 0 else { return }
        if !isRequired {
            facts.nullCount += levels.nullCount
            levels.finish(into: &scratch.body)
        }
        let encoding = encoder.finishPage(into: &scratch.body)
        facts.uncompressedBytes += scratch.finishPage(.data(rowCount: openRowCount, encoding), into: &pages)
        facts.valueCount += openRowCount
        facts.countPage(encoding)
        openRowCount = 0
    }

    /// Hands the chunk's pages to `write`, the dictionary first, and starts the next chunk.
    ///
    /// - Parameters:
    ///   - offset: where in the file the chunk begins.
    ///   - write: takes page after page.
    /// - Returns: what the footer says of the chunk.
    func finishChunk(at offset: Int, _ write: (UnsafeRawBufferPointer) throws -> Void) rethrows -> ColumnChunkFacts {
        finishPage()
        var dictionary = PageQueue()
        if let entryCount = encoder.finishDictionary(into: &scratch.body) {
            facts.uncompressedBytes += scratch.finishPage(.dictionary(entryCount: entryCount), into: &dictionary)
        }
        var finished = facts
        finished.offset = offset
        finished.dictionaryBytes = dictionary.byteCount
        finished.compressedBytes = dictionary.byteCount + pages.byteCount
        finished.statistics = encoder.finishChunk()
        totals.add(finished)
        facts = ColumnChunkFacts()
        try dictionary.drain(write)
        try pages.drain(write)
        return finished
    }

    /// Gives the memory back; between two chunks only.
    func releaseMemory() {
        pages.releaseMemory()
        encoder.releaseMemory()
        levels.releaseMemory()
    }
}

/// A row without a value in a column that requires one.
struct MissingValue: Error {
    /// The position in the batch.
    let row: Int
}

extension UnsafeBufferPointer<UInt8> {
    /// The number of rows in the range that have a value; rows behind the end have none.
    fileprivate func presentCount(in rows: Range<Int>) -> Int {
        var present = 0
        for row in rows.clamped(to: 0..<count) { present &+= Int(self[row]) }
        return present
    }

    /// The row of the next value but so many, counted from the given row.
    fileprivate func row(ofPresent skipped: Int, from start: Int) -> Int {
        var row = start
        var rest = skipped
        while row < count, rest > 0 || self[row] == 0 {
            rest &-= Int(self[row])
            row &+= 1
        }
        return row
    }
}
