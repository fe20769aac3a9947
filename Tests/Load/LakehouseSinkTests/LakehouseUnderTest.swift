import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import ObjectStorage
import Parquet
import Records
import TemporaryFolders
import Testing

@testable import LakehouseSink

/// A row of the tests' table.
struct TestRow: Hashable, Comparable, CustomStringConvertible {
    let id: String
    /// Seconds; the same for all versions of a row.
    let created: Int64?
    let version: Int64

    init(_ id: String, _ created: Int64?, _ version: Int64) {
        self.id = id
        self.created = created
        self.version = version
    }

    var description: String { "\(id)@\(created.map { String($0) } ?? "-") v\(version)" }

    static func < (left: TestRow, right: TestRow) -> Bool {
        (left.id, left.version) < (right.id, right.version)
    }
}

/// A lakehouse in a folder of its own with one table, `sales.charges`.
final class LakehouseUnderTest: Sendable {
    static let table = TableName(namespace: ["sales"], name: "charges")
    static let columns = RecordSchema([
        Field("id", .text), Field("created", .timestampWithZone), Field("version", .long),
    ])

    private let folder: TemporaryFolder
    let files: LocalObjectStore
    let catalog: SQLiteCatalog
    let meter: MeteredStore
    let keyMemory: KeyMemory
    private let sizes: FileSizes
    private let layout: LayoutRequest
    private let properties: NewTableProperties
    private let maintains: Bool
    /// Where loads wait that tidy the table.
    let upkeep = Turnstile(places: 1)
    private let time: TimeSource

    init(
        keyBytes: Int = 8 << 20, fileRows: Int? = nil, layout: LayoutRequest = .none,
        properties: NewTableProperties = .standard, maintains: Bool = false,
        time: TimeSource = LakehouseUnderTest.time
    ) async throws {
        folder = try TemporaryFolder()
        files = LocalObjectStore()
        let warehouse = try LocalPath.location(of: "\(folder.path)/warehouse")
        catalog = try await SQLiteCatalog.open(
            path: "\(folder.path)/catalog.db", warehouse: warehouse, store: files, now: time.utc)
        meter = MeteredStore(files)
        keyMemory = KeyMemory(limitBytes: keyBytes)
        self.layout = layout
        self.properties = properties
        self.maintains = maintains
        self.time = time
        sizes = FileSizes(rowGroupBytes: 1 << 20, fileRows: fileRows)
    }

    /// A clock that stands still and never makes anybody wait.
    static let time = TimeSource(
        monotonic: { .zero }, utc: { Timestamp(microseconds: 1_764_000_000_000_000) }, sleep: { _ in })

    /// Opens the table for a load.
    func open(
        _ strategy: IncrementalStrategy = .merge, run: String, columns: RecordSchema = columns,
        key: MergeKey = MergeKey(columns: ["id"], created: "created"), through catalog: (any Catalog)? = nil
    ) async throws -> TableOpening {
        let lakehouse = Lakehouse(catalog: catalog ?? self.catalog, store: meter)
        let sink = LakehouseSink(
            lakehouse, sizes: sizes, layout: layout, properties: properties, keyMemory: keyMemory,
            upkeep: maintains ? upkeep : nil, time: time)
        return try await sink.open(
            LoadRequest(
                table: Self.table, strategy: strategy,
                key: strategy == .replace || strategy == .append ? nil : key, columns: columns,
                history: VersionRow.history,
                identity: LoadIdentity(
                    runID: run, workflow: "w", node: "node", endpoint: "charge", manifestDigest: "digest", loadID: run),
                origin: DataOrigin(account: nil, isLive: false)))
    }

    /// Loads rows, a batch for each list, and commits.
    @discardableResult
    func load(
        _ batches: [[TestRow]], _ strategy: IncrementalStrategy = .merge, run: String,
        through catalog: (any Catalog)? = nil, scope: LoadScope? = nil
    ) async throws -> CommitReceipt {
        try await outcome(of: batches, strategy, run: run, through: catalog, scope: scope).receipt
    }

    /// Loads rows, commits, and abandons what fails, as the pipeline does.
    func outcome(
        of batches: [[TestRow]], _ strategy: IncrementalStrategy = .merge, run: String,
        through catalog: (any Catalog)? = nil, scope: LoadScope? = nil
    ) async throws -> CommitOutcome {
        let load = try #require(try await open(strategy, run: run, through: catalog).load)
        do {
            for rows in batches { try await load.write(Self.batch(rows)) }
            let rowCount = batches.reduce(0) { $0 + $1.count }
            return try await load.commit(
                CommitFacts(checkpoint: .keep, rowCount: rowCount, rowIDAccount: "", scope: scope))
        } catch {
            await load.abandon()
            throw error
        }
    }

    /// Changes the table as another engine would, which leaves none of our facts.
    ///
    /// `removing`: files that go; what `rows` has takes their place.
    func changeByOthers(adding rows: [TestRow], removing: Set<String> = [], deletes: [DataFile] = []) async throws {
        let table = try await head()
        let evolution = table.metadata.evolution(toHold: Self.columns)
        let writer = DataFileWriter(
            evolution.columns, try TableLayout(of: table.metadata, columns: evolution.columns, named: Self.table),
            FilePlace(folder: table.metadata.dataFolder, name: "theirs-\(IdentifierSource.system.uuid())"),
            sizes: sizes,
            store: files)
        if !rows.isEmpty { try await writer.write(Self.batch(rows)) }
        let plan = SnapshotPlan(
            id: IdentifierSource.system.snapshotID(), operation: removing.isEmpty ? .append : .rewrite,
            files: try await writer.finish() + deletes, removing: removing, facts: [])
        var commit = TableCommit(plan, evolution: evolution, properties: [])
        let change = try await commit.prepare(on: table, in: files, at: time.utc())
        _ = try await catalog.commit(change, to: table)
    }

    static func batch(_ rows: [TestRow]) -> ColumnBatch {
        let batch = ColumnBatch(columns)
        for row in rows {
            let index = batch.addRow()
            Array(row.id.utf8).withUnsafeBytes { batch.columns[0].set($0, inRow: index) }
            if let created = row.created { batch.columns[1].set(created * 1_000_000, inRow: index) }
            batch.columns[2].set(row.version, inRow: index)
        }
        return batch
    }

    /// Sets a property of the table.
    func set(_ name: String, _ value: String) async throws {
        _ = try await catalog.commit(
            TableChange(requirements: [], updates: [.setProperties([TableProperty(name, value)])]), to: try await head()
        )
    }

    func manifests() async throws -> [ManifestFile] {
        try await TableFiles(of: try await head(), in: files).manifests()
    }

    func head() async throws -> CatalogTable {
        try #require(try await catalog.load(Self.table))
    }

    /// The live files of the table, of data and of deletions.
    func liveFiles() async throws -> [DataFile] {
        let content = TableFiles(of: try await head(), in: files)
        var found: [DataFile] = []
        for manifest in try await content.manifests() {
            try await content.forEachLiveEntry(of: manifest) { found.append($0.file) }
        }
        return found
    }

    /// The locations of all files below the table's data folder.
    func storedDataFiles() async throws -> [String] {
        var found: [String] = []
        try await files.forEachPage(under: try await head().metadata.dataFolder) { page in
            found += page.map(\.location)
        }
        return found
    }

    func reader(_ file: DataFile) async throws -> ParquetFileReader {
        let store = files
        return try await ParquetFileReader(
            ParquetInput(name: file.path, byteCount: Int(file.sizeBytes)) { try await store.read(file.path, range: $0) }
        )
    }
}

extension TableOpening {
    var load: (any TableLoad)? {
        if case .ready(let load) = self { load } else { nil }
    }

    /// What is known of a load that was committed before.
    var receipt: CommitReceipt? {
        if case .alreadyCommitted(let receipt) = self { receipt } else { nil }
    }
}

extension CommitReceipt {
    /// What a later attempt can tell of the load: all but what the attempt itself did.
    var told: CommitReceipt {
        CommitReceipt(
            snapshotID: snapshotID, metadataLocation: metadataLocation, rowsAdded: rowsAdded, effects: effects,
            filesAdded: filesAdded, bytesAdded: bytesAdded, rowsInTable: rowsInTable, schemaChanges: [],
            checkpoint: checkpoint)
    }
}
