import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import ObjectStorage
import Parquet
import Records

/// Writes what a comparison asks for: new versions without the rows beside them that say nothing new, and the
/// versions that end, with their end.
///
/// Used by one task.
final class VersionWriter {
    private let columns: VersionColumns
    private let load: WrittenLoad
    private let reading: FileReading
    private let deletions: RowDeletions
    private let writer: DataFileWriter
    private let kept: ColumnBatch

    private(set) var files: [DataFile] = []

    /// `deletions`: takes the versions that end out of the files that have them.
    init(
        _ columns: VersionColumns, _ load: WrittenLoad, _ place: FilePlace, sizes: FileSizes, _ reading: FileReading,
        _ deletions: RowDeletions
    ) {
        self.columns = columns
        self.load = load
        self.reading = reading
        self.deletions = deletions
        writer = DataFileWriter(load.evolution.columns, load.layout, place, sizes: sizes, store: reading.store)
        kept = ColumnBatch(RecordSchema(load.evolution.columns.map(\.batchField)))
    }

    /// The delete files that are complete.
    var deleteFiles: [DataFile] { deletions.files }

    /// Writes all files.
    ///
    /// `moment`: the end of versions that end, in microseconds.
    func write(_ marks: VersionMarks, own files: [OwnFile], endingAt moment: Int64) async throws {
        for (number, file) in files.enumerated() {
            guard let dropped = marks.dropped[number], dropped.count < file.rowCount else { continue }
            try await copy(file.stored, where: { !dropped.contains($0) }) { _ in }
        }
        for stored in marks.stored.values.sorted(by: { $0.file.path.precedesByBytes($1.file.path) })
        where stored.ended.count > 0 {
            var positions: [Int64] = []
            positions.reserveCapacity(stored.ended.count)
            try await copy(stored.file, where: stored.ended.contains, inGroups: stored.ended) { rows in
                positions += rows.map { Int64($0) }
                end(at: moment)
            }
            try await deletions.delete(positions, of: stored.file)
        }
        try await deletions.write()
        self.files = try await writer.finish()
    }

    /// Removes everything that was written, none of which is part of a table.
    func abandon() async {
        await writer.abandon()
        // What cannot be removed is an orphan that no table knows; maintenance finds it.
        for file in deletions.files { try? await reading.store.delete(file.path) }
    }

    /// Copies rows of a file; `change` sees the positions of those that are about to be written.
    private func copy(
        _ file: StoredFile, where isWanted: (Int) -> Bool, inGroups wanted: RowSet? = nil, change: ([Int]) -> Void
    ) async throws {
        let all = load.evolution.columns.map { ParquetColumn($0) }
        let reader = try await reading.open(file, columnCount: all.count)
        let groups = reader.rowGroups.indices.filter { number in
            let group = reader.rowGroups[number]
            return wanted?.containsAny(of: group.firstRow..<group.firstRow + group.rowCount) ?? true
        }
        let batches = try reader.batches(of: all, inRowGroups: groups)
        while let firstRow = try await batches.next() {
            let batch = batches.batch
            let rows = (0..<batch.rowCount).filter { isWanted(firstRow + $0) }
            guard !rows.isEmpty else { continue }
            kept.removeAll()
            kept.append(rows, of: batch)
            change(rows.map { firstRow + $0 })
            try await writer.write(kept)
        }
    }

    /// Gives the rows that wait an end; not before their beginning, should the source's clock have been set back.
    private func end(at moment: Int64) {
        var beginnings = ValueCursor(kept.columns[columns.validFrom.index])
        for row in 0..<kept.rowCount {
            let beginning = beginnings.advance(to: row)?.integer ?? moment
            kept.columns[columns.validTo.index].set(max(moment, beginning), inRow: row)
        }
    }
}
