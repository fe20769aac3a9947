import NilusCore
package import Records

/// Reads rows of a file, batch by batch, with a page of each column in memory.
///
/// Used by one task; not `Sendable`.
///
///     let batches = try reader.batches(of: keyColumns)
///     while let firstRow = try await batches.next() {
///         // batches.batch holds the rows from position firstRow on
///     }
package final class ParquetBatchReader {
    /// Where the values of a column come from.
    struct Source {
        let wanted: ParquetColumn
        /// The column of the file; `nil` when it has none.
        let found: ParquetFileColumn?
        /// What all rows have instead; `nil` for null.
        let sharedValue: ParquetBound?
    }

    private let file: ParquetFileReader
    private let columns: [Source]
    private let decompressor = PageDecompressor()

    /// The row groups to read after the open one, the next one last.
    private var rowGroupsLeft: [Int]
    /// The readers of the open row group; `nil` for columns that the file does not have.
    private var pages: [ColumnPageReader?] = []
    private var nextRow = 0
    private var rowsLeft = 0

    /// The rows read last: a column for each wanted one, in order.
    ///
    /// Each call of ``next()`` replaces them.
    package let batch: ColumnBatch

    init(_ file: ParquetFileReader, _ columns: [Source], rowGroups: [Int]) {
        self.file = file
        self.columns = columns
        rowGroupsLeft = rowGroups.reversed()
        batch = ColumnBatch(
            RecordSchema(columns.map { Field($0.wanted.name, $0.wanted.type, isRequired: $0.wanted.isRequired) }))
    }

    /// Reads the next rows into ``batch``: as many as lie in one page of each column.
    ///
    /// - Returns: the position of the first of them in the file; `nil` when there are no more.
    /// - Throws: `sinkRefused` (terminal) when the file is damaged or uses a part of the format that is not
    ///   read, `schemaConflict` (terminal) when a required column has a row without a value; the input's
    ///   errors. Nothing can be read afterwards.
    package func next() async throws -> Int? {
        batch.removeAll()
        while rowsLeft == 0 {
            guard let rowGroup = rowGroupsLeft.popLast() else { return nil }
            try openRowGroup(rowGroup)
        }
        var rowCount = min(rowsLeft, file.limits.batchRows)
        for reader in pages {
            try await reader?.openPage()
            rowCount = min(rowCount, reader?.readableRows ?? rowCount)
        }
        try read(rowCount)
        defer {
            nextRow += rowCount
            rowsLeft -= rowCount
        }
        return nextRow
    }

    private func openRowGroup(_ number: Int) throws {
        let group = file.rowGroups[number]
        let chunks = file.metadata.rowGroups[number].chunks
        nextRow = group.firstRow
        rowsLeft = group.rowCount
        guard rowsLeft > 0 else { return }
        pages = try columns.map { source in
            guard let found = source.found, let values = found.values else { return nil }
            return try ColumnPageReader(
                file.input, file.limits, found, values, chunks[found.position], rowCount: group.rowCount,
                decompressor)
        }
    }

    private func read(_ rowCount: Int) throws {
        batch.addRows(rowCount)
        for (position, reader) in pages.enumerated() {
            let column = batch.columns[position]
            try reader?.read(rowCount, into: column)
            columns[position].sharedValue?.fill(column, rowCount: rowCount)
            guard columns[position].wanted.isRequired, column.presentCount < rowCount else { continue }
            let row = nextRow + (column.presence.firstIndex(of: 0) ?? column.presence.count)
            throw file.input.columnRefused(
                columns[position].wanted.name, "row \(row) has no value", wanted: "the table requires one")
        }
    }
}
