import Iceberg
import IcebergCatalog
package import Loading
package import NilusCore

/// Iceberg tables of one lakehouse as a sink: data files first, then one commit that makes them visible.
package struct LakehouseSink: Sink {
    private let lakehouse: Lakehouse
    private let sizes: FileSizes
    private let layout: LayoutRequest
    private let keyMemory: KeyMemory
    private let maintains: Bool
    private let time: TimeSource

    package init(
        _ lakehouse: Lakehouse, sizes: FileSizes, layout: LayoutRequest = .none, keyMemory: KeyMemory,
        maintains: Bool = false, time: TimeSource
    ) {
        self.lakehouse = lakehouse
        self.sizes = sizes
        self.layout = layout
        self.keyMemory = keyMemory
        self.maintains = maintains
        self.time = time
    }

    package func open(_ request: LoadRequest) async throws -> TableOpening {
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
        return .ready(
            try LakehouseLoad(
                request, table, lakehouse.serving(table), sizes: sizes.following(metadata), keyMemory,
                remarks: remarks, upkeep: maintains ? upkeep(of: request.table) : nil, time: time))
    }

    private func upkeep(of table: TableName) -> Upkeep {
        Upkeep(maintenance: TableMaintenance(lakehouse, sizes: sizes, time: time), table: table)
    }

    private func table(for request: LoadRequest) async throws -> CatalogTable {
        if let table = try await lakehouse.catalog.load(request.table) { return table }
        try await lakehouse.catalog.createNamespace(request.table.namespace)
        let staged = try await lakehouse.catalog.stage(
            request.table, schema: IcebergSchema(creating: request.columns), properties: Self.newTableProperties)
        return try laidOut(staged, for: request)
    }

    /// A staged table with partition spec and sort order, whose fields go by the ids that the catalog gave.
    private func laidOut(_ staged: CatalogTable, for request: LoadRequest) throws(NilusError) -> CatalogTable {
        let schema = staged.metadata.currentSchema
        var creation = TableCreation(of: staged.metadata)
        creation.spec = try layout.spec(for: schema, request)
        creation.sortOrder = try layout.sortOrder(for: schema, request)
        guard !creation.spec.isUnpartitioned || !creation.sortOrder.isUnsorted else { return staged }
        let metadata = try TableMetadata.creating(creation.updates, at: time.utc())
        return CatalogTable(
            identifier: staged.identifier, metadata: metadata, metadataLocation: nil, storage: staged.storage)
    }

    /// What every table that this program creates says of itself.
    private static let newTableProperties = [
        TableProperty("write.format.default", "parquet"),
        TableProperty("write.parquet.compression-codec", "zstd"),
        // Some readers of the platform find only uncompressed metadata.
        TableProperty("write.metadata.compression-codec", "none"),
    ]
}
