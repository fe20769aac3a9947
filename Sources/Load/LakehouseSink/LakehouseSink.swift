import Iceberg
import IcebergCatalog
package import Loading
package import NilusCore

/// Iceberg tables of one lakehouse as a sink: data files first, then one commit that makes them visible.
package struct LakehouseSink: Sink {
    private let lakehouse: Lakehouse
    private let sizes: FileSizes
    private let layout: LayoutRequest
    private let properties: NewTableProperties
    private let keyMemory: KeyMemory
    private let upkeep: Turnstile?
    private let time: TimeSource

    /// `upkeep`: where loads wait that tidy their table after the commit, a few at a time; `nil` when none does.
    package init(
        _ lakehouse: Lakehouse, sizes: FileSizes, layout: LayoutRequest = .none,
        properties: NewTableProperties = .standard, keyMemory: KeyMemory, upkeep: Turnstile? = nil,
        time: TimeSource
    ) {
        self.lakehouse = lakehouse
        self.sizes = sizes
        self.layout = layout
        self.properties = properties
        self.keyMemory = keyMemory
        self.upkeep = upkeep
        self.time = time
    }

    package func joining(_ tables: Set<TableName>, places: Turnstile) -> (any JointSink)? {
        guard let transactions = lakehouse.catalog.transactions else { return nil }
        return JointLakehouseSink(self, GatheringCatalog(transactions, of: tables, places: places))
    }

    package func open(_ request: LoadRequest) async throws -> TableOpening {
        try await open(request, in: lakehouse)
    }

    /// Opens a table in this lakehouse, whose commits may go another way.
    func open(_ request: LoadRequest, gatheringBy catalog: GatheringCatalog) async throws -> TableOpening {
        try await open(request, in: lakehouse.gathering(by: catalog))
    }

    private func open(_ request: LoadRequest, in lakehouse: Lakehouse) async throws -> TableOpening {
        let table = try await table(for: request)
        if let location = table.metadataLocation,
            let receipt = try LoadHistory.earlierCommit(of: request.identity, in: table.metadata, at: location)
        {
            return .alreadyCommitted(receipt)
        }
        try LoadHistory.check(request.origin, against: table.metadata, request.table)
        let metadata = table.metadata
        let remarks =
            table.isStaged
            ? layout.remarks(on: metadata.defaultSpec, of: metadata.currentSchema, request)
            : layout.differences(from: metadata, request)
                + properties.differences(from: metadata, named: request.table)
        return .ready(
            try LakehouseLoad(
                request, table, lakehouse.serving(table), sizes: sizes.following(metadata), keyMemory,
                remarks: remarks, upkeep: upkeep(of: request.table), time: time))
    }

    private func upkeep(of table: TableName) -> Upkeep? {
        upkeep.map {
            Upkeep(maintenance: TableMaintenance(lakehouse, sizes: sizes, time: time), table: table, turn: $0)
        }
    }

    /// The table as it is, or staged where there is none.
    ///
    /// While another writer makes it a catalog may know the name and not yet the table, or not any more; and not yet a
    /// namespace that was made a moment ago, for this table or by the load of another one.
    private func table(for request: LoadRequest) async throws -> CatalogTable {
        for look in 1...CommitPatience.mostLooks {
            if let table = try await lakehouse.catalog.load(request.table) { return table }
            do { return try await staged(for: request) } catch let error as NilusError
                where error.code == .commitConflict || error.cause is NamespaceMissing
            {
                guard look < CommitPatience.mostLooks else { throw error }
                try await time.sleep(CommitPatience.pause(before: look))
            }
        }
        throw NilusError.defect(.load, "a table was neither found nor staged")
    }

    private func staged(for request: LoadRequest) async throws -> CatalogTable {
        let schema = IcebergSchema(creating: request.columns)
        let spec = try layout.spec(for: schema, request)
        let order = try layout.sortOrder(for: schema, request)
        try await lakehouse.catalog.createNamespace(request.table.namespace)
        let staged = try await lakehouse.catalog.stage(
            request.table,
            TableDraft(schema: schema, spec: spec, sortOrder: order, properties: properties.list))
        guard staged.metadata.defaultSpec.fields.map(\.transform) == spec.fields.map(\.transform),
            staged.metadata.defaultSortOrder.fields.count == order.fields.count
        else { throw NilusError.layoutIgnored(request.table) }
        return staged
    }
}

extension NilusError {
    fileprivate static func layoutIgnored(_ table: TableName) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot create table '\(table)': the catalog staged it without the partitions or the sort order asked for; "
                + "remove 'partition-by' and 'cluster-by', or create the table with another engine")
    }
}
