import IcebergCatalog
import Loading

/// A sink whose loads become visible in one step, where the catalog has transactions.
struct JointLakehouseSink: JointSink {
    private let sink: LakehouseSink
    private let catalog: GatheringCatalog

    init(_ sink: LakehouseSink, _ catalog: GatheringCatalog) {
        self.sink = sink
        self.catalog = catalog
    }

    func open(_ request: LoadRequest) async throws -> TableOpening {
        try await sink.open(request, gatheringBy: catalog)
    }

    func leave(_ table: TableName) {
        catalog.leave(table)
    }
}
