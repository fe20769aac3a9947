import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import ObjectStorage
import Parquet
import Records

/// Takes the rows out of a table that were created in the interval of a load, before the load's rows come in.
///
/// Files that lie inside are taken out of the manifests and not read. Of files that lie across an end of the
/// interval the creation times are read, and the rows inside are deleted by position.
final class IntervalPlanner: ChangePlanner {
    private let column: KeyColumns.Part
    private let place: FilePlace
    private let rowGroupBytes: Int
    private let reading: FileReading
    private var load: WrittenLoad?
    private var deletions: RowDeletions?
    private var whole = WholeFiles(among: [:], deletions: [:])
    private var figures = SearchFigures()
    private var deleteFileCount = 0

    /// `rowGroupBytes`: encoded bytes of deletions that wait to be written.
    init(_ column: KeyColumns.Part, _ place: FilePlace, rowGroupBytes: Int, reading: FileReading) {
        self.column = column
        self.place = place
        self.rowGroupBytes = rowGroupBytes
        self.reading = reading
    }

    var changes: PlannedChanges {
        var effects = RowEffects()
        effects.deleted = whole.rowCount + (deletions?.rowCount ?? 0)
        return PlannedChanges(
            files: (load?.files ?? []) + (deletions?.files ?? []),
            removing: whole.dataFiles.union(whole.deleteFiles), effects: effects, search: figures)
    }

    func finishWriting(_ load: WrittenLoad) { self.load = load }

    func plan(on table: CatalogTable) async throws {
        guard let scope = load?.scope, scope.isComplete else {
            throw NilusError.defect(.load, "an interval is to be deleted of which not every row came")
        }
        await abandon()
        let interval = CreatedInterval(scope, of: column)
        let target = try await IntervalTarget(interval, in: table, reading.store)
        figures.filesInTable = target.fileCount
        figures.manifestsRead += target.manifestsRead
        whole = try await wholeFiles(of: target)
        let deletions = newDeletions(besides: target.deletes)
        self.deletions = deletions
        let broken = target.whole.map(\.file).filter { !whole.dataFiles.contains($0.path) }
        for file in target.partial + broken { try await delete(interval, from: file, deletions) }
        try await deletions.write()
        figures.bytesRead = reading.meter.bytes
    }

    func abandon() async {
        // What cannot be removed is an orphan that no table knows; maintenance finds it.
        for file in deletions?.files ?? [] { try? await reading.store.delete(file.path) }
        deletions = nil
    }

    private func wholeFiles(of target: IntervalTarget) async throws -> WholeFiles {
        let stored = StoredDeletions(positions: target.deletes, reading: reading)
        var named: [String: [String: Int]] = [:]
        for deletes in target.deletes where target.whole.contains(where: { deletes.mayApply(to: $0.file) }) {
            named[deletes.path] = try await stored.counts(in: deletes)
        }
        return WholeFiles(
            among: Dictionary(target.whole.map { ($0.file.path, $0.rowCount) }) { $1 }, deletions: named)
    }

    private func delete(
        _ interval: CreatedInterval, from file: StoredFile, _ deletions: RowDeletions
    ) async throws {
        let reader = try await reading.open(file, columnCount: 1)
        figures.filesOpened += 1
        let groups = reader.rowGroups.indices.filter { interval.coverage(of: RowGroupValues(reader, $0)) != .none }
        guard !groups.isEmpty else { return }
        figures.filesScanned += 1
        var found: [Int64] = []
        let rows = try reader.batches(of: [ParquetColumn(column)], inRowGroups: groups)
        while let firstRow = try await rows.next() {
            var moments = ValueCursor(rows.batch.columns[0])
            for row in 0..<rows.batch.rowCount {
                guard let moment = moments.advance(to: row)?.integer, interval.contains(moment) else { continue }
                found.append(Int64(firstRow + row))
            }
        }
        try await deletions.delete(found, of: file)
    }

    private func newDeletions(besides known: [StoredDeletes]) -> RowDeletions {
        RowDeletions(besides: known, reading, rowGroupBytes: rowGroupBytes) { [self] in
            deleteFileCount += 1
            return place.path(deleteFileCount, kind: "deletes")
        }
    }
}
