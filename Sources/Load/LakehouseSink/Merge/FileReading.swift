import Iceberg
import NilusCore
import ObjectStorage
import Parquet

/// Opens Parquet files of a table, and counts what is read of them.
struct FileReading: Sendable {
    let store: any ObjectStore
    let meter = ReadMeter()
    /// How the table wants rows deleted that were found by reading.
    let deleteGranularity: DeleteGranularity
    private let lookup: ParquetFieldLookup

    init(store: any ObjectStore, of table: TableMetadata) {
        self.store = store
        deleteGranularity = DeleteGranularity(of: table)
        lookup = ParquetFieldLookup(idsByName: table.fieldIDsByName?.mapValues { Int32(truncatingIfNeeded: $0) })
    }

    /// - Throws: `sinkRefused` (terminal) when the file is of another format or damaged; what the store throws.
    ///
    /// `columnCount`: columns that are read at the same time. `sharedValues`: what the file's place tells of its rows.
    func open(
        _ path: String, sizeBytes: Int, format: String, columnCount: Int = 2,
        sharedValues: [Int32: ParquetBound?] = [:]
    ) async throws -> ParquetFileReader {
        guard format.uppercased() == "PARQUET" else { throw NilusError.formatUnread(path, format) }
        let (store, meter) = (store, meter)
        let input = ParquetInput(name: path, byteCount: sizeBytes) { range in
            meter.add(range.count)
            return try await store.read(path, range: range)
        }
        var limits = ParquetReadLimits()
        limits.requestBytes = max(Self.leastRequestBytes, Self.requestBytes / columnCount)
        limits.batchBytes = Self.batchBytes
        return try await ParquetFileReader(input, limits: limits, lookup: lookup.sharing(sharedValues))
    }

    /// Opens a data file.
    func open(_ file: StoredFile, columnCount: Int = 2) async throws -> ParquetFileReader {
        try await open(
            file.path, sizeBytes: file.sizeBytes, format: file.format, columnCount: columnCount,
            sharedValues: file.sharedValues)
    }

    /// Bytes that are asked for at once, of all columns together.
    private static let requestBytes = 1_024 * 1_024
    /// Bytes of a column that are asked for at once however many columns there are.
    private static let leastRequestBytes = 32 * 1_024
    /// Bytes of text in a batch.
    private static let batchBytes = 1_024 * 1_024
}
