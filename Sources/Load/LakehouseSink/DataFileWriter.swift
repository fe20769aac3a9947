import Iceberg
import Loading
import NilusCore
import ObjectStorage
import Parquet
import Records

/// Writes batches into data files of bounded size; used by one task.
final class DataFileWriter {
    private let store: any ObjectStore
    private let place: FilePlace
    private let sizes: FileSizes
    private let scratch = ParquetScratch()
    private var columns: [MappedColumn]
    private var open: (parquet: ParquetFileWriter, upload: any ObjectUpload, path: String)?

    /// Is told of each batch that was written, with its file and the position of its first row there.
    var observe: ((ColumnBatch, _ path: String, _ firstRow: Int) throws -> Void)?
    /// The files that are complete.
    private(set) var files: [DataFile] = []
    /// Rows written, those of the open file among them.
    private(set) var rowCount = 0

    /// - Precondition: `columns` are in the order of the batches that will come.
    init(_ columns: [MappedColumn], _ place: FilePlace, sizes: FileSizes, store: any ObjectStore) {
        self.columns = columns
        self.place = place
        self.sizes = sizes
        self.store = store
    }

    /// Goes on with more columns, from the next file on.
    func change(to columns: [MappedColumn]) async throws {
        try await closeFile()
        self.columns = columns
    }

    func write(_ batch: ColumnBatch) async throws {
        let (parquet, upload, path) = try await openFile()
        try parquet.append(batch)
        try observe?(batch, path, parquet.rowCount - batch.rowCount)
        rowCount += batch.rowCount
        try await upload.send()
        let isLongEnough = sizes.fileRows.map { parquet.rowCount >= $0 } ?? false
        if isLongEnough || parquet.bytesWritten >= sizes.fileBytes { try await closeFile() }
    }

    /// Closes the last file.
    func finish() async throws -> [DataFile] {
        try await closeFile()
        return files
    }

    /// Removes everything that was written.
    ///
    /// - Precondition: no file is part of a table.
    func abandon() async {
        await open?.upload.abort()
        open = nil
        // What cannot be removed is an orphan that no table knows; maintenance finds it.
        for file in files { try? await store.delete(file.path) }
        files = []
    }

    private func openFile() async throws -> (ParquetFileWriter, any ObjectUpload, String) {
        if let open { return open }
        let path = place.path(files.count + 1)
        let upload = try await store.upload(to: path)
        let parquet = ParquetFileWriter(
            columns: columns.map(ParquetColumn.init),
            options: ParquetOptions(rowGroupBytes: sizes.rowGroupBytes, createdBy: ProgramVersion.createdBy),
            scratch: scratch, output: { try upload.append($0) })
        open = (parquet, upload, path)
        return (parquet, upload, path)
    }

    private func closeFile() async throws {
        guard let (parquet, upload, path) = open else { return }
        let summary = try parquet.finish()
        try await upload.complete()
        open = nil
        files.append(DataFile(summary, at: path, columns: columns))
    }
}

extension DataFile {
    /// The file with the metrics that its writer kept.
    init(_ summary: ParquetFileSummary, at path: String, columns: [MappedColumn]) {
        let metrics = zip(summary.columns, columns).map { found, column in
            ColumnMetrics(
                fieldID: column.fieldID, type: column.field.type, compressedBytes: found.compressedByteCount,
                valueCount: found.valueCount, nullCount: found.nullCount, nanCount: found.nanCount,
                minimum: found.lowerBound.map(SingleValue.init), maximum: found.upperBound.map(SingleValue.init))
        }
        self.init(
            path: path, recordCount: summary.rowCount, sizeBytes: summary.byteCount, columns: metrics,
            splitOffsets: summary.splitOffsets.map { Int64($0) })
    }
}

extension SingleValue {
    init(_ bound: ParquetBound) {
        switch bound {
        case .integer(let value): self = .integer(value)
        case .double(let value): self = .double(value)
        case .decimal(let value): self = .decimal(value)
        case .bytes(let bytes, _): self = .text(bytes)
        }
    }
}

extension ParquetColumn {
    init(_ column: MappedColumn) {
        self.init(
            name: column.field.name, type: column.field.type,
            fieldID: Int32(truncatingIfNeeded: column.fieldID), isRequired: column.field.isRequired)
    }
}
