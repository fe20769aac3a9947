import Iceberg
import NilusCore
import Parquet
import Records

/// Finds the rows that other engines deleted by their values.
///
/// Holds as many values as its memory allows and looks for them in the data files, then the next ones: more deletions
/// take longer and not more memory.
struct EqualitySearch {
    private let deletes: [EqualityDeletes]
    private let reading: FileReading
    /// Memory for values that are looked for at once, in bytes.
    private let keyBytes: Int

    /// Memory for values unless told otherwise: some 30,000 keys of Stripe.
    static let usualKeyBytes = 4 * 1_024 * 1_024

    init(_ deletes: [EqualityDeletes], _ reading: FileReading, keyBytes: Int = usualKeyBytes) {
        self.deletes = deletes
        self.reading = reading
        self.keyBytes = keyBytes
    }

    /// Delete files that compare the same columns of the same data files.
    private struct Kind: Hashable {
        let columns: [ParquetColumn]
        /// `nil` for all.
        let partition: FilePartition?
    }

    /// The deleted rows of some data files, by location.
    ///
    /// - Throws: `sinkRefused` (terminal) when a delete file that matters is not read; what reading throws.
    func rows(of files: some Collection<StoredFile>) async throws -> [String: RowSet] {
        var found: [String: RowSet] = [:]
        let concerning = deletes.filter { deletes in files.contains(where: deletes.mayApply) }
        for deletes in concerning { try deletes.check() }
        let kinds = Dictionary(grouping: concerning) {
            Kind(columns: $0.columns, partition: $0.isGlobal ? nil : $0.file.partition)
        }
        for (kind, deletes) in kinds {
            let concerned = files.filter { file in deletes.contains { $0.mayApply(to: file) } }
            var keys = EqualityKeys()
            for file in deletes.map(\.file) {
                try await forEachKey(of: file, kind.columns, mustHaveAll: true) { _, key in
                    keys.note(key, age: file.sequenceNumber)
                    return keys.memoryBytes < keyBytes
                } full: {
                    try await mark(keys, kind.columns, in: concerned, &found)
                    keys = EqualityKeys()
                }
            }
            try await mark(keys, kind.columns, in: concerned, &found)
        }
        return found
    }

    private func mark(
        _ keys: EqualityKeys, _ columns: [ParquetColumn], in files: [StoredFile], _ found: inout [String: RowSet]
    ) async throws {
        for file in files where keys.youngest > file.sequenceNumber {
            var rows = RowSet()
            try await forEachKey(of: file, columns, mustHaveAll: false) { row, key in
                if keys.delete(key, ofAge: file.sequenceNumber) { rows.insert(row) }
                return true
            } full: {
            }
            if rows.count > 0 { found[file.path, default: RowSet()].formUnion(rows) }
        }
    }

    /// Calls `body` with the key of each row, and `full` after a batch in which it returned `false`.
    ///
    /// `mustHaveAll`: whether a file without one of the columns is damaged; in others it is null, or told by the place.
    private func forEachKey(
        of file: StoredFile, _ columns: [ParquetColumn], mustHaveAll: Bool, _ body: (Int, [UInt8]) -> Bool,
        full: () async throws -> Void
    ) async throws {
        let reader = try await reading.open(file, columnCount: columns.count)
        if mustHaveAll, let missing = columns.first(where: { reader.column($0) == nil }) {
            throw NilusError.equalityColumnMissing(file.path, missing.name)
        }
        let batches = try reader.batches(of: columns)
        while let firstRow = try await batches.next() {
            var composer = EqualityKeys.Composer(batches.batch)
            var hasRoom = true
            for row in 0..<batches.batch.rowCount {
                hasRoom = body(firstRow + row, composer.key(ofRow: row)) && hasRoom
            }
            if !hasRoom { try await full() }
        }
    }
}

extension NilusError {
    fileprivate static func equalityColumnMissing(_ path: String, _ column: String) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot tell which rows '\(path)' deletes: it compares column '\(column)' and does not have it; compact the "
                + "table with the engine that wrote the file")
    }
}
