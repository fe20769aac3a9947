import NilusCore
import ObjectStorage
import Parquet

/// Opens Parquet files of a table, and counts what is read of them.
struct FileReading: Sendable {
    let store: any ObjectStore
    let meter = ReadMeter()

    /// - Throws: `sinkRefused` (terminal) when the file is of another format or damaged; what the store throws.
    func open(_ path: String, sizeBytes: Int, format: String) async throws -> ParquetFileReader {
        guard format.uppercased() == "PARQUET" else { throw NilusError.formatUnread(path, format) }
        let (store, meter) = (store, meter)
        let input = ParquetInput(name: path, byteCount: sizeBytes) { range in
            meter.add(range.count)
            return try await store.read(path, range: range)
        }
        var limits = ParquetReadLimits()
        limits.requestBytes = Self.requestBytes
        limits.batchBytes = Self.batchBytes
        return try await ParquetFileReader(input, limits: limits)
    }

    /// Bytes of a column that are asked for at once: one reader of two columns then holds half a mebibyte.
    private static let requestBytes = 256 * 1_024
    /// Bytes of text in a batch.
    private static let batchBytes = 1_024 * 1_024
}
