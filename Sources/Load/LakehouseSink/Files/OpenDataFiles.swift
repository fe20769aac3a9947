import Iceberg
import NilusCore
import ObjectStorage
import Parquet
import Records

/// The data files that are open: one a partition, few at a time, in one memory budget.
///
/// A file that is needed and not open takes the place of the one that waited longest. When all files
/// together take more memory than the budget allows, the one that takes most writes its row group: so
/// row groups shrink with the number of files that grow at the same time.
final class OpenDataFiles {
    /// Files at most; more of them cost system resources and split no partition that is worth it: sources
    /// give rows in an order that dates follow, and other columns to divide by have few values.
    static let maximumCount = 16
    /// Rows that are handed to a file at a time.
    private static let pieceRows = 256

    private let store: any ObjectStore
    private let place: FilePlace
    private let sizes: FileSizes
    private let scratch = ParquetScratch()
    private var columns: [MappedColumn]
    private var layout: TableLayout
    private var open: [PartitionKey: OpenDataFile] = [:]
    private var piece: ColumnBatch
    private var clock = 0
    private var startedCount = 0
    private var files: [DataFile] = []
    /// Is told of all rows that go to files.
    var observer: ((WrittenRows) throws -> Void)?

    init(
        _ columns: [MappedColumn], _ layout: TableLayout, _ place: FilePlace, sizes: FileSizes, store: any ObjectStore
    ) {
        self.columns = columns
        self.layout = layout
        self.place = place
        self.sizes = sizes
        self.store = store
        piece = ColumnBatch(RecordSchema(columns.map(\.batchField)))
    }

    func change(to columns: [MappedColumn], _ layout: TableLayout) async throws {
        try await closeAll()
        self.columns = columns
        self.layout = layout
        piece = ColumnBatch(RecordSchema(columns.map(\.batchField)))
    }

    /// Adds a batch as it is, to a table without partitions.
    func append(_ batch: ColumnBatch) async throws {
        if sizes.fileRows == nil {
            try await append(batch, arrivals: nil, to: try await file(for: .whole))
            try await closeIfFull(.whole)
        } else {
            let positions = batch.columns.prefix(columns.count).map { $0.valuePositions(rowCount: batch.rowCount) }
            try await append(0..<batch.rowCount, of: batch, positions, nil, to: .whole) { _, _ in }
        }
    }

    /// Adds sorted rows of a partition.
    func append(_ portion: RowBuffer.Portion, of batch: ColumnBatch) async throws {
        let isSorted = !layout.orderings.isEmpty
        try await append(portion.rows, of: batch, portion.positions, portion.arrivals, to: portion.key) { file, rows in
            guard isSorted, let first = rows.first, let last = rows.last else { return }
            file.continues(from: portion.sortKey(ofRow: first), to: portion.sortKey(ofRow: last), by: layout)
        }
        // A row group holds one run of sorted rows, so that its bounds are narrow.
        if isSorted { try await open[portion.key]?.rest() }
        try await relieve()
    }

    private func append<Rows: RandomAccessCollection<Int>>(
        _ rows: Rows, of batch: ColumnBatch, _ positions: [[Int32]?], _ arrivals: [Int]?, to key: PartitionKey,
        note: (OpenDataFile, Rows.SubSequence) -> Void
    ) async throws {
        var rest = rows[...]
        while !rest.isEmpty {
            let file = try await file(for: key)
            let room = sizes.fileRows.map { max(1, $0 - file.rowCount) } ?? .max
            let taken = rest.prefix(min(Self.pieceRows, room))
            note(file, taken)
            piece.removeAll()
            piece.append(taken, of: batch, positions: positions)
            try await append(piece, arrivals: arrivals.map { arrivals in taken.map { arrivals[$0] } }, to: file)
            rest = rest.dropFirst(taken.count)
            try await closeIfFull(key)
        }
    }

    private func append(_ batch: ColumnBatch, arrivals: [Int]?, to file: OpenDataFile) async throws {
        let firstRow = file.rowCount
        try await file.append(batch)
        try observer?(WrittenRows(batch: batch, path: file.path, firstRow: firstRow, arrivals: arrivals))
    }

    /// Closes all files and returns what was written.
    func finish() async throws -> [DataFile] {
        try await closeAll()
        return files
    }

    /// Removes everything that was written.
    ///
    /// - Precondition: no file is part of a table.
    func abandon() async {
        for file in open.values { await file.abort() }
        open = [:]
        // What cannot be removed is an orphan that no table knows; maintenance finds it.
        for file in files { try? await store.delete(file.path) }
        files = []
    }

    private func file(for key: PartitionKey) async throws -> OpenDataFile {
        clock += 1
        if let file = open[key] {
            file.lastUse = clock
            return file
        }
        if open.count >= Self.maximumCount { try await closeLongestWaiting() }
        startedCount += 1
        let partition = layout.partition(key)
        let path = place.path(startedCount, in: layout.folder(partition))
        let file = OpenDataFile(
            at: path, partition, columns, lookupIDs: layout.lookupIDs, rowGroupBytes: sizes.rowGroupBytes,
            scratch: scratch,
            upload: try await store.upload(to: path))
        file.lastUse = clock
        open[key] = file
        return file
    }

    /// Gets within the memory budget again.
    private func relieve() async throws {
        while true {
            let waiting = open.values.reduce(0) { $0 + $1.waitingBytes }
            let gathered = open.values.reduce(0) { $0 + $1.gatheredBytes }
            guard waiting + gathered > sizes.rowGroupBytes else { return }
            if waiting > gathered {
                try await open.values.max { $0.waitingBytes < $1.waitingBytes }?.rest()
            } else if open.count > 1 {
                try await closeLongestWaiting()
            } else {
                return
            }
        }
    }

    private func closeLongestWaiting() async throws {
        guard let key = open.min(by: { $0.value.lastUse < $1.value.lastUse })?.key else { return }
        try await close(key)
    }

    private func closeIfFull(_ key: PartitionKey) async throws {
        guard let file = open[key] else { return }
        let isLongEnough = sizes.fileRows.map { file.rowCount >= $0 } ?? false
        if isLongEnough || file.sizeBytes >= sizes.fileBytes { try await close(key) }
    }

    private func close(_ key: PartitionKey) async throws {
        guard let file = open[key] else { return }
        files.append(try await file.close(sortOrderID: Int32(truncatingIfNeeded: layout.sortOrder.id)))
        open[key] = nil
    }

    private func closeAll() async throws {
        for key in open.sorted(by: { $0.value.lastUse < $1.value.lastUse }).map(\.key) { try await close(key) }
    }
}

/// Rows that went to a file, one after another.
struct WrittenRows {
    let batch: ColumnBatch
    let path: String
    /// The position of the first of them in the file.
    let firstRow: Int
    /// For each row its number among all rows of the load; `nil` when rows go to files as they come.
    let arrivals: [Int]?
}
