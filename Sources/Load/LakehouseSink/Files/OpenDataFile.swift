import Iceberg
import NilusCore
import ObjectStorage
import Parquet
import Records

/// A data file that is being written.
final class OpenDataFile {
    let path: String
    /// When the file was last written to, by the clock of its owner.
    var lastUse = 0
    private let partition: FilePartition
    private let columns: [MappedColumn]
    private let parquet: ParquetFileWriter
    private let upload: any ObjectUpload

    /// What the last row is sorted by; `nil` when rows came that follow no order.
    private var lastSortKey: [SingleValue?]?
    private var isSorted = true

    init(
        at path: String, _ partition: FilePartition, _ columns: [MappedColumn], lookupIDs: Set<Int>, rowGroupBytes: Int,
        scratch: ParquetScratch, upload: any ObjectUpload
    ) {
        self.path = path
        self.partition = partition
        self.columns = columns
        self.upload = upload
        parquet = ParquetFileWriter(
            columns: columns.map { ParquetColumn($0, hasBloomFilter: lookupIDs.contains($0.fieldID)) },
            options: ParquetOptions(rowGroupBytes: rowGroupBytes, createdBy: ProgramVersion.createdBy),
            scratch: scratch, output: { try upload.append($0) })
    }

    var rowCount: Int { parquet.rowCount }

    /// The size of the file if it were closed now, about.
    var sizeBytes: Int { parquet.bytesWritten + parquet.bufferedEncodedBytes }

    /// The memory of rows that wait for their row group, in bytes.
    var waitingBytes: Int { parquet.bufferedEncodedBytes > 0 ? parquet.bufferedBytes : 0 }

    /// The memory of what cannot be given back before the file is closed, in bytes.
    var gatheredBytes: Int { upload.heldBytes + (parquet.bufferedEncodedBytes > 0 ? 0 : parquet.bufferedBytes) }

    func append(_ batch: ColumnBatch) async throws {
        try parquet.append(batch)
        try await upload.send()
    }

    /// Notes that rows are to come whose first and last are sorted by the given keys.
    func continues(from first: [SingleValue?], to last: [SingleValue?], by layout: TableLayout) {
        if let lastSortKey, layout.precedes({ first[$0] }, { lastSortKey[$0] }) == true { isSorted = false }
        lastSortKey = last
    }

    /// Writes what waits as a row group and gives memory back.
    func rest() async throws {
        try parquet.rest()
        try await upload.send()
    }

    /// Closes the file; `sortOrderID` is that of the table, if it has an order.
    func close(sortOrderID: Int32) async throws -> DataFile {
        let summary = try parquet.finish()
        try await upload.complete()
        var file = DataFile(summary, at: path, partition: partition, columns: columns)
        if isSorted, lastSortKey != nil { file.sortOrderID = sortOrderID }
        return file
    }

    func abort() async {
        await upload.abort()
    }
}

extension DataFile {
    /// The file with the metrics that its writer kept.
    init(_ summary: ParquetFileSummary, at path: String, partition: FilePartition, columns: [MappedColumn]) {
        let metrics = zip(summary.columns, columns).map { found, column in
            ColumnMetrics(
                fieldID: column.fieldID, type: column.field.type, compressedBytes: found.compressedByteCount,
                valueCount: found.valueCount, nullCount: found.nullCount, nanCount: found.nanCount,
                minimum: found.lowerBound.map(SingleValue.init), maximum: found.upperBound.map(SingleValue.init))
        }
        self.init(
            path: path, partition: partition, recordCount: summary.rowCount, sizeBytes: summary.byteCount,
            columns: metrics, splitOffsets: summary.splitOffsets.map { Int64($0) })
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
    init(_ column: MappedColumn, hasBloomFilter: Bool = false) {
        self.init(
            name: column.field.name, type: column.field.type,
            fieldID: Int32(truncatingIfNeeded: column.fieldID), isRequired: column.field.isRequired,
            hasBloomFilter: hasBloomFilter)
    }
}
