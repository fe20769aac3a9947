import Iceberg
import Loading
import NilusCore
import Parquet
import Records

/// The rows that a load wrote, whose keys are read again from its files, as many at a time as memory holds.
struct OwnRows {
    /// In the order in which rows count: of two with one key, the one in the later file is the version that stays.
    var files: [OwnFile] = []
    private let columns: KeyColumns
    private let table: TableName
    private let memory: KeyMemory
    private let reading: FileReading
    private let search: RowSearch

    init(_ columns: KeyColumns, of table: TableName, _ memory: KeyMemory, _ reading: FileReading) {
        self.columns = columns
        self.table = table
        self.memory = memory
        self.reading = reading
        search = RowSearch(columns)
    }

    /// Calls `body` with the keys of all rows, portion by portion, in the order of the files, until it returns `false`.
    ///
    /// - Throws: `schemaConflict` (terminal) when a row has no key; what reading and `body` throw.
    func forEachPortion(_ body: (KeyPortion) async throws -> Bool) async throws {
        var portion = newPortion(firstFile: 0, firstRow: 0)
        for (number, file) in files.enumerated() {
            let reader = try await reading.open(file.stored)
            let rows = try reader.batches(of: search.wantedWithMoment)
            while let firstRow = try await rows.next() {
                try portion.collector.note(rows.batch, file: number, firstRow: firstRow)
                guard portion.collector.isOverfull else { continue }
                guard try await body(portion) else { return }
                portion.collector.drop()
                portion = newPortion(firstFile: number, firstRow: firstRow + rows.batch.rowCount)
            }
        }
        if portion.keys.count > 0 { _ = try await body(portion) }
    }

    /// Calls `body` with the number of a file and the positions of its rows, ascending, of which a portion has later
    /// versions; a file may come twice.
    func forEachReplaced(
        by portion: KeyPortion, _ rows: ChangedRows, _ body: (Int, [Int64]) async throws -> Void
    ) async throws {
        var replaced: [Int: [Int64]] = [:]
        for place in portion.superseded { replaced[place.file, default: []].append(Int64(place.row)) }
        for (number, positions) in replaced.sorted(by: { $0.key < $1.key }) {
            try await body(number, positions.sorted())
        }
        for (number, file) in files.prefix(portion.firstFile + 1).enumerated() {
            let rowCount = number < portion.firstFile ? nil : portion.firstRow
            guard rowCount != 0, rows.prospects(in: file.bounds) > 0 else { continue }
            let reader = try await reading.open(file.stored)
            try await body(number, try await search.positions(of: rows.keys, in: reader, first: rowCount))
        }
    }

    private func newPortion(firstFile: Int, firstRow: Int) -> KeyPortion {
        KeyPortion(
            KeyCollector(columns.aloneWithMoment, of: table, in: memory), firstFile: firstFile, firstRow: firstRow)
    }
}

/// As many of a load's keys as memory holds, those of rows written one after another.
struct KeyPortion {
    var collector: KeyCollector
    /// The first row of the portion: the number of its file among those of the load, and its position.
    let firstFile: Int
    let firstRow: Int

    init(_ collector: KeyCollector, firstFile: Int, firstRow: Int) {
        self.collector = collector
        self.firstFile = firstFile
        self.firstRow = firstRow
    }

    var keys: KeySet { collector.keys }
    var superseded: [KeySet.Place] { collector.superseded }
}

/// A data file that the load wrote.
struct OwnFile {
    let stored: StoredFile
    let bounds: FileBounds
    let rowCount: Int

    init(_ file: DataFile) {
        stored = StoredFile(file, sequenceNumber: StoredFile.youngest)
        bounds = FileBounds(file)
        rowCount = Int(file.recordCount)
    }
}
