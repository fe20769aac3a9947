import Iceberg
import IcebergCatalog
package import Loading
package import NilusCore

/// Iceberg tables of one lakehouse as a sink: data files first, then one commit that makes them visible.
package struct LakehouseSink: Sink {
    private let lakehouse: Lakehouse
    private let sizes: FileSizes
    private let keyMemory: KeyMemory
    private let time: TimeSource

    package init(_ lakehouse: Lakehouse, sizes: FileSizes, keyMemory: KeyMemory, time: TimeSource) {
        self.lakehouse = lakehouse
        self.sizes = sizes
        self.keyMemory = keyMemory
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
        guard table.metadata.defaultSpec.isUnpartitioned else { throw NilusError.tablePartitioned(table) }
        return .ready(try LakehouseLoad(request, table, lakehouse, sizes: sizes, keyMemory, time: time))
    }

    private func table(for request: LoadRequest) async throws -> CatalogTable {
        if let table = try await lakehouse.catalog.load(request.table) { return table }
        try await lakehouse.catalog.createNamespace(request.table.namespace)
        return try await lakehouse.catalog.stage(
            request.table, schema: IcebergSchema(creating: request.columns), properties: Self.newTableProperties)
    }

    /// What every table that this program creates says of itself.
    private static let newTableProperties = [
        TableProperty("write.format.default", "parquet"),
        TableProperty("write.parquet.compression-codec", "zstd"),
        // Some readers of the platform find only uncompressed metadata.
        TableProperty("write.metadata.compression-codec", "none"),
    ]
}

/// How large files and their parts become.
package struct FileSizes: Sendable, Hashable {
    /// Encoded bytes at which a row group is written.
    package let rowGroupBytes: Int
    /// Bytes at which a data file is closed and the next begins.
    package let fileBytes: Int
    /// Rows at which a data file is closed, from `loader-file-size`; `nil` for no limit.
    package let fileRows: Int?

    /// Large enough that tables have few files, small enough that a reader can share them out.
    package static let standardFileBytes = 128 * 1_024 * 1_024

    package init(rowGroupBytes: Int, fileBytes: Int = standardFileBytes, fileRows: Int? = nil) {
        self.rowGroupBytes = rowGroupBytes
        self.fileBytes = fileBytes
        self.fileRows = fileRows
    }
}

extension NilusError {
    /// The table divides its files among partitions, which new files cannot follow yet.
    fileprivate static func tablePartitioned(_ table: CatalogTable) -> NilusError {
        let fields = table.metadata.defaultSpec.fields.map { "'\($0)'" }.joined(separator: ", ")
        return NilusError(
            .load, .sinkRefused,
            "cannot write to table '\(table.identifier)': it is partitioned by \(fields); "
                + "expected an unpartitioned table")
    }
}
