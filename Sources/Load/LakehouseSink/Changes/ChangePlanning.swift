import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import ObjectStorage
import Records

/// Chooses who plans the changes of a load, by its strategy.
struct ChangePlanning {
    private let request: LoadRequest
    private let table: CatalogTable
    private let store: any ObjectStore
    private let columns: [MappedColumn]
    private let place: FilePlace
    private let memory: KeyMemory
    private let sizes: FileSizes

    /// `columns`: those that the load fills, in the order of its batches.
    init(
        _ request: LoadRequest, _ table: CatalogTable, _ store: any ObjectStore, _ columns: [MappedColumn],
        _ place: FilePlace, _ memory: KeyMemory, _ sizes: FileSizes
    ) {
        self.request = request
        self.table = table
        self.store = store
        self.columns = columns
        self.place = place
        self.memory = memory
        self.sizes = sizes
    }

    /// The planner; `nil` when the load only adds files, or replaces all that is there.
    ///
    /// - Throws: `schemaConflict` (terminal) when the table lacks a column that the strategy needs, has one that
    ///   it cannot work with, or holds versions of rows that the strategy would delete.
    func planner() throws(NilusError) -> (any ChangePlanner)? {
        switch request.strategy {
        case .replace, .append: return nil
        case .merge:
            try refuseHistory()
            return MergePlanner(
                try key(), of: request.table, place, memory, rowGroupBytes: sizes.rowGroupBytes, reading: reading)
        case .deleteInsert:
            try refuseHistory()
            let column = try CreatedInterval.column(named: request.key?.created, in: columns, of: request.table)
            try demand(column.fieldID, named: column.field.name)
            return IntervalPlanner(column, place, rowGroupBytes: sizes.rowGroupBytes, reading: reading)
        case .scd2:
            guard let history = request.history else {
                throw .defect(.load, "a load is to keep the history of its rows and names no columns for it")
            }
            let columns = try VersionColumns(history, key: try key(), in: columns, of: table, request.table)
            return HistoryPlanner(columns, of: request.table, place, memory, sizes, reading: reading)
        }
    }

    /// Refuses a table that holds past versions of its rows: they share the key and the creation time of the current
    /// one, and would go with it.
    private func refuseHistory() throws(NilusError) {
        let metadata = table.metadata
        guard metadata.recordCount ?? 1 > 0, let end = request.history?.validTo,
            metadata.renamedColumns(of: [end])[end] != nil
                || metadata.currentSchema.fields.contains(where: { $0.name.lowercased() == end.lowercased() })
        else { return }
        throw .historyEndangered(request.table, end, request.strategy)
    }

    private var reading: FileReading { FileReading(store: store, of: table.metadata) }

    /// Refuses a column that the table only gets by this load: rows that are there could never be found by it.
    private func demand(_ fieldID: Int, named name: String) throws(NilusError) {
        let metadata = table.metadata
        guard metadata.recordCount ?? 1 > 0, !metadata.currentSchema.fields.contains(where: { $0.id == fieldID })
        else { return }
        throw .columnNew(name, request.table)
    }

    private func key() throws(NilusError) -> KeyColumns {
        guard let key = request.key else {
            throw .defect(.load, "rows are to be told apart by their key and the load has none")
        }
        let found = try KeyColumns(key, in: columns, of: request.table)
        for part in found.parts { try demand(part.fieldID, named: part.field.name) }
        return found
    }
}

extension NilusError {
    fileprivate static func historyEndangered(
        _ table: TableName, _ column: String, _ strategy: IncrementalStrategy
    ) -> NilusError {
        NilusError(
            .load, .schemaConflict,
            "cannot load table '\(table)' with '\(strategy.rawValue)': it keeps the history of its rows in column "
                + "'\(column)', and past versions would be deleted; use 'incremental-strategy: scd2', or load into "
                + "another table")
    }

    fileprivate static func columnNew(_ name: String, _ table: TableName) -> NilusError {
        NilusError(
            .load, .schemaConflict,
            "cannot find the rows of table '\(table)' by column '\(name)': it has rows, and none of its columns has or "
                + "had that name; rename the column that holds these values to it, or load into another table")
    }
}
