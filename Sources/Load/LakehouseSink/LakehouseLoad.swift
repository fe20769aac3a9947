import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import ObjectStorage
import Records

/// One load into one Iceberg table.
final class LakehouseLoad: TableLoad {
    private let request: LoadRequest
    private let table: CatalogTable
    private let lakehouse: Lakehouse
    private let time: TimeSource
    private let writer: DataFileWriter
    private let planner: (any ChangePlanner)?
    private let layoutRemarks: [String]
    /// Tidies the table after the commit; `nil` when nobody wants that.
    private let upkeep: Upkeep?
    private var evolution: SchemaEvolution
    /// Whether the files must stay, because they are part of the table or may be.
    private var mustKeepFiles = false

    /// Finds a place in the table for each column of the load.
    ///
    /// - Throws: `schemaConflict` (terminal) when the table demands values that a load does not have,
    ///   `sinkRefused` (terminal) when its partition values cannot be computed.
    init(
        _ request: LoadRequest, _ table: CatalogTable, _ lakehouse: Lakehouse, sizes: FileSizes, _ keyMemory: KeyMemory,
        remarks: [String], upkeep: Upkeep?,
        time: TimeSource
    ) throws(NilusError) {
        self.request = request
        self.table = table
        self.lakehouse = lakehouse
        self.time = time
        evolution = table.metadata.evolution(toHold: table.metadata.fillable(besides: request.columns))
        if let column = evolution.unfilledRequired.first { throw .columnUnfilled(request.table, column) }
        let place = FilePlace(
            folder: table.metadata.dataFolder,
            name: "\(request.identity.loadID)-\(IdentifierSource.system.uuid())")
        let layout = try TableLayout(
            of: table.metadata, columns: evolution.columns, named: request.table, key: request.key?.columns ?? [])
        layoutRemarks = remarks + layout.remarks
        self.upkeep = upkeep
        writer = DataFileWriter(evolution.columns, layout, place, sizes: sizes, store: lakehouse.store)
        let changes = ChangePlanning(request, table, lakehouse.store, evolution.columns, place, keyMemory, sizes)
        planner = try changes.planner()
        if let planner { writer.observe(planner.note) }
    }

    /// The columns under the names that the load uses; the table may spell them in other letter case.
    var schema: RecordSchema { evolution.fillableSchema }

    var unfillableColumns: Set<String> {
        Set(evolution.refused.map(\.wanted.name) + evolution.renamed.map(\.field.name)).union(
            table.metadata.currentSchema.fields.filter { $0.type.fieldType == nil }.map(\.name))
    }

    var checkpoint: String? { table.metadata.checkpoint }

    var rowIDAccount: String? { table.metadata.recorded(LoadFacts.rowIDAccount)?.value }

    var hasRows: Bool { table.metadata.hasRows }

    var remarks: [String] {
        layoutRemarks
            + evolution.renamed.map { column in
                "column '\(column.wanted.name)' was renamed in table '\(request.table)': its values go to "
                    + "'\(column.field.name)'"
            }
            + evolution.refused.map { refused in
                "column '\(refused.wanted.name)' of table '\(request.table)' cannot be filled: \(refused.reason); "
                    + "its values go to '_nilus_extra'"
            }
    }

    func write(_ batch: ColumnBatch) async throws {
        if batch.schema.fields.count > evolution.columns.count {
            try await takeNewColumns(of: batch.schema)
        }
        try await writer.write(batch)
    }

    func abandon() async {
        guard !mustKeepFiles else { return }
        await writer.abandon()
        await planner?.abandon()
    }

    func commit(_ facts: CommitFacts) async throws -> CommitOutcome {
        let files = try await writer.finish()
        guard writer.rowCount == facts.rowCount else {
            throw NilusError.defect(.load, "\(facts.rowCount) rows were handed over and \(writer.rowCount) written")
        }
        planner?.finishWriting(
            WrittenLoad(files: files, evolution: evolution, layout: writer.layout, scope: facts.scope))
        let committer = TableCommitter(
            request: request, lakehouse: lakehouse, time: time, evolution: evolution, layout: writer.layout,
            openedAfter: table.metadata.lastLoadID, planner: planner)
        do {
            let outcome = try await committer.commit(files, facts, to: table)
            guard case .committed(var receipt) = outcome else {
                await abandon()
                return outcome
            }
            mustKeepFiles = true
            await planner?.conclude()
            receipt.tablesTogether = lakehouse.gathering?.tablesTogether(with: request.table) ?? 1
            receipt.remarks =
                (lakehouse.gathering?.refusal.map { [Self.remark($0)] } ?? []) + (await upkeep?.run() ?? [])
            return .committed(receipt)
        } catch let error as NilusError where error.code == .commitUnknown {
            mustKeepFiles = true
            throw error
        }
    }

    private static func remark(_ refusal: NilusError) -> String {
        "committed by itself and not in one step with the node's other tables: \(refusal.line)"
    }

    /// Gives the columns at the end of a batch, for fields nobody declared, a place in the table.
    private func takeNewColumns(of schema: RecordSchema) async throws {
        let wanted = RecordSchema(evolution.columns.map(\.wanted) + schema.fields.dropFirst(evolution.columns.count))
        evolution = table.metadata.evolution(toHold: wanted)
        guard evolution.fillableSchema == schema else {
            throw NilusError.defect(.load, "new columns of a batch do not line up with table '\(request.table)'")
        }
        let layout = try TableLayout(
            of: table.metadata, columns: evolution.columns, named: request.table, key: request.key?.columns ?? [])
        try await writer.change(to: evolution.columns, layout)
    }
}

extension SchemaEvolution {
    fileprivate var fillableSchema: RecordSchema {
        RecordSchema(columns.map { Field($0.wanted.name, $0.field.type, isRequired: $0.field.isRequired) })
    }
}

extension TableMetadata {
    /// The columns of a load, and after them the table's own further columns that it could fill.
    fileprivate func fillable(besides columns: RecordSchema) -> RecordSchema {
        let names = Set(columns.names.map { $0.lowercased() })
        let renamed = Set(renamedColumns(of: columns.names).values.map(\.id))
        let further = currentSchema.fields.compactMap { field -> Field? in
            guard let type = field.type.fieldType, !names.contains(field.name.lowercased()), !renamed.contains(field.id)
            else { return nil }
            return Field(field.name, type, isRequired: field.isRequired)
        }
        return RecordSchema(columns.fields + further)
    }
}

extension IcebergType {
    /// The type of columns that this program can write.
    fileprivate var fieldType: FieldType? {
        if case .column(let type) = self { type } else { nil }
    }
}

extension NilusError {
    fileprivate static func columnUnfilled(_ table: TableName, _ column: String) -> NilusError {
        NilusError(
            .load, .schemaConflict,
            "cannot load table '\(table)': its column '\(column)' demands a value and the endpoint has none for it; "
                + "make the column optional or use another table")
    }
}
