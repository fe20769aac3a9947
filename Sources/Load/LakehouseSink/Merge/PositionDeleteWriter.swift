import Iceberg
import NilusCore
import ObjectStorage
import Parquet
import Records

/// Writes one position delete file: which rows of which data files of a partition are gone.
///
/// | column | field id | type |
/// |---|---|---|
/// | `file_path` | 2147483546 | string: the location of the data file as its table has it |
/// | `pos` | 2147483545 | long: the position of the row in that file, from 0 |
///
/// - SeeAlso: Iceberg Table Spec, "Position Delete Files" and "Reserved Field IDs".
final class PositionDeleteWriter {
    static let pathID = 2_147_483_546
    static let positionID = 2_147_483_545

    /// The columns in file order.
    static let columns = [
        ParquetColumn(
            name: "file_path", type: .text, fieldID: Int32(pathID), isRequired: true, boundLength: .whole),
        ParquetColumn(name: "pos", type: .long, fieldID: Int32(positionID), isRequired: true),
    ]

    private static let rowsPerBatch = 4_096

    private let path: String
    private let partition: FilePartition
    private let upload: any ObjectUpload
    private let parquet: ParquetFileWriter
    private let batch = ColumnBatch(
        RecordSchema(columns.map { Field($0.name, $0.type, isRequired: true) }))
    private var lastFile: String?
    private var onlyFile = true

    init(_ path: String, _ partition: FilePartition, rowGroupBytes: Int, in store: any ObjectStore) async throws {
        self.path = path
        self.partition = partition
        let upload = try await store.upload(to: path)
        self.upload = upload
        parquet = ParquetFileWriter(
            columns: Self.columns,
            options: ParquetOptions(rowGroupBytes: rowGroupBytes, createdBy: ProgramVersion.createdBy),
            scratch: ParquetScratch(), output: { try upload.append($0) })
    }

    /// Deletes rows of one file.
    ///
    /// - Precondition: files come in the order of their locations' bytes, each once, and `rows` ascend.
    func delete(_ rows: [Int64], of file: String) async throws {
        precondition(
            lastFile.map { $0.precedesByBytes(file) } ?? true, "files of a delete file come in order, each once")
        if lastFile != nil { onlyFile = false }
        lastFile = file
        let location = Array(file.utf8)
        for row in rows {
            let index = batch.addRow()
            location.withUnsafeBytes { batch.columns[0].set($0, inRow: index) }
            batch.columns[1].set(row, inRow: index)
            if batch.rowCount == Self.rowsPerBatch { try await writeBatch() }
        }
    }

    /// Closes the file.
    func finish() async throws -> DataFile {
        try await writeBatch()
        let summary = try parquet.finish()
        try await upload.complete()
        var file = DataFile(summary, at: path, columns: Self.columns)
        file.content = .positionDeletes
        file.partition = partition
        file.referencedDataFile = onlyFile ? lastFile : nil
        return file
    }

    private func writeBatch() async throws {
        guard batch.rowCount > 0 else { return }
        try parquet.append(batch)
        batch.removeAll()
        try await upload.send()
    }
}

extension DataFile {
    /// A file of columns that the table does not have, with whole bounds.
    fileprivate init(_ summary: ParquetFileSummary, at path: String, columns: [ParquetColumn]) {
        let metrics = zip(summary.columns, columns).map { found, column in
            ColumnMetrics(
                fieldID: Int(column.fieldID), type: column.type, compressedBytes: found.compressedByteCount,
                valueCount: found.valueCount, nullCount: found.nullCount,
                minimum: found.lowerBound.map(SingleValue.init), maximum: found.upperBound.map(SingleValue.init),
                keepsWholeTexts: true)
        }
        self.init(
            path: path, recordCount: summary.rowCount, sizeBytes: summary.byteCount, columns: metrics,
            splitOffsets: summary.splitOffsets.map { Int64($0) })
    }
}

extension String {
    /// Whether the UTF-8 bytes come before those of another text, as files are sorted by.
    func precedesByBytes(_ other: String) -> Bool {
        utf8.lexicographicallyPrecedes(other.utf8)
    }
}
