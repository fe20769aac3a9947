import Iceberg
import IcebergCatalog
@testable import LakehouseSink
import Loading
import NilusCore
import ObjectStorage
import Records
import TemporaryFolders
@testable import WorkflowManifest

/// A lakehouse in a temporary folder, and loads into its table `stripe.charge`.
struct SinkUnderTest {
    static let table = TableName(namespace: ["stripe"], name: "charge")
    static let columns = RecordSchema([
        Field("id", .text), Field("created", .timestampWithZone), Field("amount", .long), Field("currency", .text),
    ])

    let folder: TemporaryFolder
    let lakehouse: Lakehouse
    private let time = TimeSource(
        monotonic: { .zero }, utc: { Timestamp(microseconds: 1_700_000_000_000_000) }, sleep: { _ in })

    /// A lakehouse whose data files go to `store` instead, when one is given.
    init(store: (any ObjectStore)? = nil) async throws {
        folder = try TemporaryFolder()
        let local = try await Lakehouse.local(
            catalogPath: "\(folder.path)/catalog.db", catalogName: "nilus", warehouse: "file://\(folder.path)",
            time: time)
        lakehouse = store.map { Lakehouse(catalog: local.catalog, store: $0) } ?? local
    }

    private init(_ folder: TemporaryFolder, _ lakehouse: Lakehouse) {
        self.folder = folder
        self.lakehouse = lakehouse
    }

    /// The same lakehouse, whose catalog forgets the layout of tables that it stages.
    var forgetful: SinkUnderTest {
        SinkUnderTest(folder, Lakehouse(catalog: ForgetfulCatalog(catalog: lakehouse.catalog), store: lakehouse.store))
    }

    /// A row of the table; `second` is its time of creation in seconds since the epoch, `nil` for none.
    struct Row {
        var id: String
        var second: Int64?
        var amount: Int64 = 0
        var currency: String? = "eur"
    }

    static func batch(_ rows: [Row]) -> ColumnBatch {
        let batch = ColumnBatch(columns)
        for row in rows {
            let position = batch.addRow()
            Array(row.id.utf8).withUnsafeBytes { batch.columns[0].set($0, inRow: position) }
            if let second = row.second { batch.columns[1].set(second * 1_000_000, inRow: position) }
            batch.columns[2].set(row.amount, inRow: position)
            if let currency = row.currency {
                Array(currency.utf8).withUnsafeBytes { batch.columns[3].set($0, inRow: position) }
            }
        }
        return batch
    }

    static func request(
        run: String = "r", _ strategy: IncrementalStrategy = .replace, columns: RecordSchema = Self.columns
    ) -> LoadRequest {
        LoadRequest(
            table: table, strategy: strategy, columns: columns,
            identity: LoadIdentity(
                runID: run, workflow: "w", node: "n", endpoint: "charge", manifestDigest: "d", loadID: "17"),
            origin: DataOrigin(account: "acct_1", isLive: false))
    }

    func open(
        _ layout: LayoutRequest = .none, run: String = "r", _ strategy: IncrementalStrategy = .replace,
        sizes: FileSizes = FileSizes(rowGroupBytes: 1_048_576)
    ) async throws -> any TableLoad {
        let sink = LakehouseSink(
            lakehouse, sizes: sizes, layout: layout, keyMemory: KeyMemory(limitBytes: 1 << 20), time: time)
        guard case .ready(let load) = try await sink.open(Self.request(run: run, strategy)) else {
            throw NilusError.defect(.load, "the load was committed before")
        }
        return load
    }

    /// Loads batches and commits them; returns the remarks of the load.
    @discardableResult
    func load(
        _ batches: [[Row]], _ layout: LayoutRequest = .none, run: String = "r",
        _ strategy: IncrementalStrategy = .replace, sizes: FileSizes = FileSizes(rowGroupBytes: 1_048_576)
    ) async throws -> [String] {
        let load = try await open(layout, run: run, strategy, sizes: sizes)
        for rows in batches { try await load.write(Self.batch(rows)) }
        let count = batches.reduce(0) { $0 + $1.count }
        _ = try await load.commit(CommitFacts(checkpoint: .keep, rowCount: count, rowIDAccount: "acct_1"))
        return load.remarks
    }

    func metadata() async throws -> TableMetadata? {
        try await lakehouse.catalog.load(Self.table)?.metadata
    }

    /// Makes the table as another engine would.
    func create(
        columns: RecordSchema = Self.columns, spec: PartitionSpec = .unpartitioned, order: SortOrder = .unsorted,
        properties: [TableProperty] = []
    ) async throws {
        try await lakehouse.catalog.createNamespace(["stripe"])
        let staged = try await lakehouse.catalog.stage(
            Self.table, TableDraft(schema: IcebergSchema(creating: columns), properties: properties))
        var creation = TableCreation(of: staged.metadata)
        creation.spec = spec
        creation.sortOrder = order
        _ = try await lakehouse.catalog.commit(
            TableChange(requirements: [.create], updates: creation.updates), to: staged)
    }

    /// The live data files of the current snapshot.
    func files() async throws -> [DataFile] {
        guard let snapshot = try await metadata()?.currentSnapshot, let list = snapshot.manifestList else { return [] }
        var files: [DataFile] = []
        for manifest in try ManifestList.read(try await lakehouse.store.read(list, limit: 1_000_000), from: list) {
            var reader = try ManifestReader(
                try await lakehouse.store.read(manifest.path, limit: 1_000_000), of: manifest)
            while let entry = try reader.next() { if entry.isLive { files.append(entry.file) } }
        }
        return files
    }
}

extension LayoutRequest {
    /// Wishes as a manifest has them on its line 7 (`partition-by`) and 9 (`cluster-by`).
    init(_ partitionBy: [WorkflowManifest.PartitionField] = [], clusterBy: [String] = []) {
        self.init(
            partitionBy: partitionBy,
            clusterBy: clusterBy.isEmpty
                ? nil : Located(clusterBy, at: SourceLocation(file: "w.yaml", line: 9, column: 3)))
    }
}

extension WorkflowManifest.PartitionField {
    init(_ transform: Transform, _ column: String, name: String? = nil, buckets: Int? = nil) {
        self.init(
            column: column, transform: transform, name: name, bucketCount: buckets,
            location: SourceLocation(file: "w.yaml", line: 7, column: 5))
    }
}
