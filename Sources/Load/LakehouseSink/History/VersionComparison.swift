import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import Parquet
import Records

/// Compares the rows of a load with the current versions in a table, portion by portion.
struct VersionComparison {
    private let columns: VersionColumns
    private let load: WrittenLoad
    private let ownRows: OwnRows
    private let memory: KeyMemory
    private let reading: FileReading
    private let table: TableName
    private let wanted: [ParquetColumn]
    private var rowKeys: RowKeys
    private var digests: RowDigests

    private(set) var marks = VersionMarks()
    private(set) var effects = RowEffects()
    private(set) var figures = SearchFigures()

    /// Files whose deleted rows are looked up together: a bit for each row.
    private static let filesAtOnce = 64

    /// - Precondition: `ownRows` has the files of the load.
    init(
        _ columns: VersionColumns, _ load: WrittenLoad, _ ownRows: OwnRows, _ memory: KeyMemory, _ reading: FileReading,
        of table: TableName
    ) {
        self.columns = columns
        self.load = load
        self.ownRows = ownRows
        self.memory = memory
        self.reading = reading
        self.table = table
        wanted = load.evolution.columns.map { ParquetColumn($0) }
        rowKeys = RowKeys(columns.key)
        digests = RowDigests(of: columns.content(of: load.evolution.columns))
    }

    /// Finds the rows that are not added and the versions that end.
    ///
    /// - Throws: `schemaConflict` (terminal) when a row has no key; `sinkRefused` (terminal) when the table has
    ///   files that are not read, or deletions by values that are not.
    mutating func run(on state: CatalogTable, _ scope: LoadScope) async throws {
        try await dropReplaced()
        guard state.metadata.currentSnapshot != nil else { return }
        try await compare(with: state)
        if scope.closesAbsent { try await endAbsent(in: state, scope) }
        effects.closed = marks.endedCount
    }

    /// Drops all rows of a key but the last.
    private mutating func dropReplaced() async throws {
        var marks = VersionMarks()
        try await ownRows.forEachPortion { portion in
            let rows = ChangedRows(portion.keys, columns: columns.key)
            try await ownRows.forEachReplaced(by: portion, rows) { number, positions in
                for position in positions { marks.drop(Int(position), ofFile: number) }
            }
            return true
        }
        self.marks = marks
        effects.replaced = marks.droppedCount
    }

    private mutating func compare(with state: CatalogTable) async throws {
        let share = KeyShare(of: memory)
        var portion = VersionPortion()
        for (number, file) in ownRows.files.enumerated() {
            let reader = try await reading.open(file.stored, columnCount: wanted.count)
            let batches = try reader.batches(of: wanted)
            while let firstRow = try await batches.next() {
                add(batches.batch, from: firstRow, ofFile: number, to: portion)
                guard !share.resize(to: portion.memoryBytes) else { continue }
                try await compare(portion, with: state)
                portion = VersionPortion()
                _ = share.resize(to: 0)
            }
        }
        if portion.keys.count > 0 { try await compare(portion, with: state) }
    }

    private mutating func add(
        _ batch: ColumnBatch, from firstRow: Int, ofFile number: Int, to portion: VersionPortion
    ) {
        let dropped = marks.dropped[number] ?? RowSet()
        digests.begin(batch)
        rowKeys.forEach(in: batch) { row, key, moment in
            guard let key, !dropped.contains(firstRow + row) else { return }
            let place = KeySet.Place(file: number, row: firstRow + row)
            portion.add(key, at: place, moment: moment, digests.digest(ofRow: row))
        }
    }

    private mutating func compare(_ portion: VersionPortion, with state: CatalogTable) async throws {
        let rows = ChangedRows(portion.keys, columns: columns.key)
        let target = try await MergeTarget(rows, in: state, reading.store) { $0.nullCount(of: columns.validTo) != 0 }
        figures.filesInTable = target.fileCount
        figures.manifestsRead += target.manifestsRead
        let deletions = StoredDeletions(
            positions: target.deletes, values: target.equalityDeletes, reading: reading)
        for files in target.files.parts(of: Self.filesAtOnce) {
            let gone = try await deletions.rows(of: files)
            for file in files { try await compare(portion, rows, file, gone[file.path] ?? RowSet()) }
        }
        for place in portion.unchanged { marks.drop(place.row, ofFile: place.file) }
        effects.unchanged += portion.unchanged.count
    }

    private mutating func compare(
        _ portion: VersionPortion, _ rows: ChangedRows, _ file: StoredFile, _ gone: RowSet
    ) async throws {
        let reader = try await reading.open(file, columnCount: wanted.count)
        figures.filesOpened += 1
        let keyColumns = columns.key.parts.map(ParquetColumn.init)
        let groups = try await RowGroupChoice(rows, in: reader, keyColumns).numbers().filter {
            RowGroupValues(reader, $0).nullCount(of: columns.validTo) != 0
        }
        guard !groups.isEmpty else { return }
        figures.filesScanned += 1
        let batches = try reader.batches(of: wanted, inRowGroups: groups)
        while let firstRow = try await batches.next() {
            var ends = ValueCursor(batches.batch.columns[columns.validTo.index])
            digests.begin(batches.batch)
            rowKeys.forEach(in: batches.batch) { row, key, _ in
                guard let key, ends.advance(to: row) == nil, !gone.contains(firstRow + row) else { return }
                let fate = portion.meet(key) { digests.digest(ofRow: row) }
                marks.note(fate, row: firstRow + row, of: file)
            }
        }
    }

    /// Ends the current versions that the load has no row for.
    private mutating func endAbsent(in state: CatalogTable, _ scope: LoadScope) async throws {
        let survey = try await TableSurvey(of: state, in: reading.store) { $0.nullCount(of: columns.validTo) != 0 }
        let deletions = StoredDeletions(
            positions: survey.deletes, values: survey.equalityDeletes, reading: reading)
        for files in survey.files.parts(of: Self.filesAtOnce) {
            let gone = try await deletions.rows(of: files)
            for file in files { try await endAbsent(in: file, gone[file.path] ?? RowSet(), scope) }
        }
    }

    private mutating func endAbsent(in file: StoredFile, _ gone: RowSet, _ scope: LoadScope) async throws {
        // What was created after the read began cannot have come.
        let created = columns.key.created.flatMap { $0.field.type.unitsOfSecond == nil ? nil : $0 }
        let interval = created.map { CreatedInterval(scope, of: $0) }
        let reader = try await reading.open(file)
        let batches = try reader.batches(
            of: [ParquetColumn(columns.validTo)] + (created.map { [ParquetColumn($0)] } ?? []))
        while let firstRow = try await batches.next() {
            var ends = ValueCursor(batches.batch.columns[0])
            var moments = created == nil ? nil : ValueCursor(batches.batch.columns[1])
            for row in 0..<batches.batch.rowCount {
                let moment = moments?.advance(to: row)?.integer
                guard ends.advance(to: row) == nil, !gone.contains(firstRow + row),
                    !marks.hasMet(firstRow + row, of: file)
                else { continue }
                if let moment, let interval, !interval.contains(moment) { continue }
                marks.end(firstRow + row, of: file)
            }
        }
    }
}

extension Array {
    /// The elements in order, so many at a time.
    func parts(of count: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: self.count, by: count).map { self[$0..<Swift.min($0 + count, self.count)] }
    }
}
