import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import ObjectStorage

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
    /// - Throws: `schemaConflict` (terminal) when the table lacks a column that the strategy needs, or has one that
    ///   it cannot work with.
    func planner() throws(NilusError) -> (any ChangePlanner)? {
        switch request.strategy {
        case .replace, .append: return nil
        case .merge:
            return MergePlanner(
                try key(), of: request.table, place, memory, rowGroupBytes: sizes.rowGroupBytes, in: store)
        case .deleteInsert:
            let column = try CreatedInterval.column(named: request.key?.created, in: columns, of: request.table)
            return IntervalPlanner(column, place, rowGroupBytes: sizes.rowGroupBytes, in: store)
        case .scd2:
            guard let history = request.history else {
                throw .defect(.load, "a load is to keep the history of its rows and names no columns for it")
            }
            let columns = try VersionColumns(history, key: try key(), in: columns, of: table, request.table)
            return HistoryPlanner(columns, of: request.table, place, memory, sizes, in: store)
        }
    }

    private func key() throws(NilusError) -> KeyColumns {
        guard let key = request.key else {
            throw .defect(.load, "rows are to be told apart by their key and the load has none")
        }
        return try KeyColumns(key, in: columns, of: request.table)
    }
}
