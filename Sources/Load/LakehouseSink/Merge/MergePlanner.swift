import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import ObjectStorage
import Parquet
import Records

/// Finds out which rows a merge deletes, and writes that down in position delete files.
///
/// While rows are written it notes their keys. When a state of the table is given it reads the key columns of
/// those files that can hold older versions, and after a lost race those of the files that came since. Keys that
/// outgrow its memory are read again from the load's own files, portion by portion. Used by one task.
final class MergePlanner: ChangePlanner {
    private let columns: KeyColumns
    private let place: FilePlace
    private let rowGroupBytes: Int
    private let reading: FileReading
    private let search: RowSearch
    private var collector: KeyCollector
    /// Whether the keys outgrew their memory; they are in the load's own files.
    private var isReadingAgain = false
    private var paths: [String] = []
    private var numbers: [String: Int] = [:]
    private var dataFiles: [DataFile] = []
    private var ownRows: OwnRows
    private var deleteFileCount = 0

    /// Deletions of rows of this load that a later row of it replaced; `nil` until they are found.
    private var ownDeletions: RowDeletions?
    /// Deletions of rows of the table, by the searches that found them.
    private var tableDeletions: [RowDeletions] = []
    private var figures = SearchFigures()

    /// `rowGroupBytes`: encoded bytes of deletions that wait to be written.
    init(
        _ columns: KeyColumns, of table: TableName, _ place: FilePlace, _ memory: KeyMemory, rowGroupBytes: Int,
        reading: FileReading
    ) {
        self.columns = columns
        self.place = place
        self.rowGroupBytes = rowGroupBytes
        self.reading = reading
        search = RowSearch(columns)
        collector = KeyCollector(columns, of: table, in: memory)
        ownRows = OwnRows(columns, of: table, memory, reading)
    }

    /// The load's rows come in; older versions in the table go, and rows of this load that it replaced itself.
    var changes: PlannedChanges {
        var effects = RowEffects()
        effects.replaced = deletions.reduce(0) { $0 + $1.rowCount }
        return PlannedChanges(files: dataFiles + deletions.flatMap(\.files), effects: effects, search: figures)
    }

    private var deletions: [RowDeletions] { (ownDeletions.map { [$0] } ?? []) + tableDeletions }

    func note(_ rows: WrittenRows) throws(NilusError) {
        let number = number(of: rows.path)
        guard !isReadingAgain else { return }
        try collector.note(rows.batch, file: number, firstRow: rows.firstRow, arrivals: rows.arrivals)
        guard collector.isOverfull else { return }
        collector.drop()
        isReadingAgain = true
    }

    private func number(of path: String) -> Int {
        if paths.last == path { return paths.count - 1 }
        if let number = numbers[path] { return number }
        numbers[path] = paths.count
        paths.append(path)
        return paths.count - 1
    }

    func finishWriting(_ load: WrittenLoad) {
        dataFiles = load.files
        ownRows.files = load.files.map(OwnFile.init).sorted { number(of: $0.stored.path) < number(of: $1.stored.path) }
    }

    func plan(on table: CatalogTable) async throws {
        await discardTableDeletions()
        _ = try await find(in: table, addedSince: nil)
        figures.bytesRead = reading.meter.bytes
    }

    /// Plans anew after a lost race; what was found holds as far as the files it was found in live on.
    func planAnew(from base: CatalogTable, on head: CatalogTable) async throws {
        let added = head.metadata.snapshots(since: base.metadata)
        let holds = if let added { try await find(in: head, addedSince: added) } else { false }
        if !holds { try await plan(on: head) }
        figures.bytesRead = reading.meter.bytes
    }

    func abandon() async {
        await discardTableDeletions()
        for file in ownDeletions?.files ?? [] { try? await reading.store.delete(file.path) }
        ownDeletions = nil
    }

    private func discardTableDeletions() async {
        // What cannot be removed is an orphan that no table knows; maintenance finds it.
        for file in tableDeletions.flatMap(\.files) { try? await reading.store.delete(file.path) }
        tableDeletions = []
    }
}

extension MergePlanner {
    /// Searches the table, and the first time the load's own rows too.
    ///
    /// `added`: the snapshots in whose files to look; `nil` for all.
    ///
    /// - Returns: `false` when what earlier searches found does not hold any more.
    private func find(in table: CatalogTable, addedSince added: Set<Int64>?) async throws -> Bool {
        let isFirstSearch = ownDeletions == nil
        let own = ownDeletions ?? newDeletions(besides: [])
        ownDeletions = own
        guard isFirstSearch || table.metadata.currentSnapshot != nil else { return true }
        let affected = tableDeletions.reduce(into: Set<String>()) { $0.formUnion($1.affected) }
        var found: RowDeletions?
        var holds = true
        try await forEachPortion { portion in
            let rows = ChangedRows(portion.keys, columns: columns)
            let target = try await MergeTarget(rows, in: table, reading.store, affected: affected, addedSince: added)
            holds = target.continues(affected)
            guard holds else { return false }
            figures.filesInTable = target.fileCount
            figures.manifestsRead += target.manifestsRead
            let deletions = found ?? newDeletions(besides: target.deletes)
            found = deletions
            for file in target.files { try await delete(rows, from: file, deletions) }
            if isFirstSearch { try await deleteReplaced(portion, rows, own) }
            return true
        }
        if let found {
            tableDeletions.append(found)
            try await found.write()
        }
        try await own.write()
        return holds
    }

    private func delete(_ rows: ChangedRows, from file: StoredFile, _ deletions: RowDeletions) async throws {
        let reader = try await reading.open(file)
        figures.filesOpened += 1
        let groups = try await RowGroupChoice(rows, in: reader, search.wanted).numbers()
        guard !groups.isEmpty else { return }
        figures.filesScanned += 1
        try await deletions.delete(
            try await search.positions(of: rows.keys, in: reader, rowGroups: groups), of: file)
    }

    /// Deletes the load's own rows of which a portion has later versions.
    private func deleteReplaced(_ portion: KeyPortion, _ rows: ChangedRows, _ own: RowDeletions) async throws {
        try await ownRows.forEachReplaced(by: portion, rows) { number, positions in
            try await own.delete(positions, of: ownRows.files[number].stored)
        }
    }

    private func newDeletions(besides known: [StoredDeletes]) -> RowDeletions {
        RowDeletions(besides: known, reading, rowGroupBytes: rowGroupBytes) { [self] in
            deleteFileCount += 1
            return place.path(deleteFileCount, kind: "deletes")
        }
    }

    /// Calls `body` with the keys of the load, as many at a time as memory holds, in the order in which they were
    /// written, until it returns `false`.
    private func forEachPortion(_ body: (KeyPortion) async throws -> Bool) async throws {
        guard isReadingAgain else {
            if collector.keys.count > 0 {
                _ = try await body(KeyPortion(collector, firstFile: 0, firstRow: 0))
            }
            return
        }
        try await ownRows.forEachPortion(body)
    }
}

extension TableMetadata {
    /// The snapshots that came since an earlier state of the table; `nil` when that is no ancestor of this one.
    func snapshots(since earlier: TableMetadata) -> Set<Int64>? {
        let line = ancestors
        guard let base = earlier.currentSnapshot else {
            return line.last?.parentID == nil ? Set(line.map(\.id)) : nil
        }
        guard let end = line.firstIndex(where: { $0.id == base.id }) else { return nil }
        return Set(line[..<end].map(\.id))
    }
}
