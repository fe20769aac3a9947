import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import ObjectStorage

/// Keeps every version of a table's rows: adds rows that differ from the current version of their key, and ends the
/// versions that they follow and, after a load of everything, those of objects that are gone.
///
/// The load's own files become part of the table where all of their rows are new; of the others only the new rows
/// are copied. Used by one task.
final class HistoryPlanner: ChangePlanner {
    private let columns: VersionColumns
    private let table: TableName
    private let place: FilePlace
    private let memory: KeyMemory
    private let sizes: FileSizes
    private let reading: FileReading
    private var load: WrittenLoad?
    private var ownRows: OwnRows
    private var writer: VersionWriter?
    private var comparison: VersionComparison?
    private var attempts = 0
    private var deleteFileCount = 0

    init(
        _ columns: VersionColumns, of table: TableName, _ place: FilePlace, _ memory: KeyMemory, _ sizes: FileSizes,
        reading: FileReading
    ) {
        self.columns = columns
        self.table = table
        self.place = place
        self.memory = memory
        self.sizes = sizes
        self.reading = reading
        ownRows = OwnRows(columns.key, of: table, memory, reading)
    }

    var changes: PlannedChanges {
        var figures = comparison?.figures
        figures?.bytesRead = reading.meter.bytes
        return PlannedChanges(
            files: ownFiles { $0 == 0 } + (writer.map { $0.files + $0.deleteFiles } ?? []),
            effects: comparison?.effects ?? RowEffects(), search: figures)
    }

    func finishWriting(_ load: WrittenLoad) {
        self.load = load
        ownRows.files = load.files.map(OwnFile.init)
    }

    func plan(on state: CatalogTable) async throws {
        guard let load, let scope = load.scope else {
            throw NilusError.defect(.load, "versions are to be compared of a load that does not say what it read")
        }
        await abandon()
        var comparison = VersionComparison(columns, load, ownRows, memory, reading, of: table)
        try await comparison.run(on: state, scope)
        self.comparison = comparison
        attempts += 1
        let deletions = RowDeletions(besides: [], reading, rowGroupBytes: sizes.rowGroupBytes) { [self] in
            deleteFileCount += 1
            return place.path(deleteFileCount, kind: "deletes")
        }
        let writer = VersionWriter(
            columns, load, FilePlace(folder: place.folder, name: "\(place.name)-versions-\(attempts)"), sizes: sizes,
            reading, deletions)
        self.writer = writer
        try await writer.write(comparison.marks, own: ownRows.files, endingAt: scope.moment &* 1_000_000)
    }

    /// Removes the load's own files of which only some rows, or none, are new.
    func conclude() async {
        // What cannot be removed is an orphan that no table knows; maintenance finds it.
        for file in ownFiles(where: { $0 > 0 }) { try? await reading.store.delete(file.path) }
    }

    func abandon() async {
        await writer?.abandon()
        writer = nil
        comparison = nil
    }

    /// The load's own files, by how many of their rows are not added.
    private func ownFiles(where isWanted: (Int) -> Bool) -> [DataFile] {
        (load?.files ?? []).enumerated().filter { isWanted(comparison?.marks.dropped[$0.offset]?.count ?? 0) }
            .map(\.element)
    }
}
