import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import ObjectStorage
import TemporaryFolders
import Testing

@testable import LakehouseSink

/// Loads into several tables of one lakehouse that are to become visible in one step.
private struct JointLoads: Sendable {
    let folder: TemporaryFolder
    let files = LocalObjectStore()
    let plain: SQLiteCatalog
    /// As many loads work at once.
    let places = Turnstile(places: 1)

    init() async throws {
        folder = try TemporaryFolder()
        plain = try await SQLiteCatalog.open(
            path: "\(folder.path)/catalog.db", warehouse: try LocalPath.location(of: "\(folder.path)/warehouse"),
            store: files, now: LakehouseUnderTest.time.utc)
    }

    static func table(_ name: String) -> TableName { TableName(namespace: ["sales"], name: name) }

    /// Merges rows into each table; a table without rows is left before its commit.
    ///
    /// - Returns: the outcome of each load by its table, those that left apart.
    func run(
        _ rows: [String: [TestRow]], run: String, through catalog: TogetherCatalog
    ) async throws -> [String: Result<CommitReceipt, any Error>] {
        let joint = try sink(of: Set(rows.keys), through: catalog)
        return await withTaskGroup(of: (String, Result<CommitReceipt, any Error>)?.self) { group in
            for (name, rows) in rows {
                group.addTask {
                    defer { joint.leave(Self.table(name)) }
                    if rows.isEmpty { return nil }
                    do { return (name, .success(try await load(rows, into: name, run, joint))) } catch {
                        return (name, .failure(error))
                    }
                }
            }
            return await group.reduce(into: [:]) { if let ended = $1 { $0[ended.0] = ended.1 } }
        }
    }

    /// A sink for loads into some tables.
    func sink(of names: Set<String>, through catalog: TogetherCatalog) throws -> any JointSink {
        let sink = LakehouseSink(
            Lakehouse(catalog: catalog, store: files), sizes: FileSizes(rowGroupBytes: 1 << 20),
            keyMemory: KeyMemory(limitBytes: 1 << 20), time: LakehouseUnderTest.time)
        return try #require(sink.joining(Set(names.map(Self.table)), places: places))
    }

    func load(_ rows: [TestRow], into name: String, _ run: String, _ sink: any Sink) async throws
        -> CommitReceipt
    {
        try await places.enter()
        defer { places.leave() }
        let request = LoadRequest(
            table: Self.table(name), strategy: .merge, key: MergeKey(columns: ["id"], created: "created"),
            columns: LakehouseUnderTest.columns,
            identity: LoadIdentity(
                runID: run, workflow: "w", node: "n", endpoint: name, manifestDigest: "d", loadID: run),
            origin: DataOrigin(account: nil, isLive: false))
        let load = try #require(try await sink.open(request).load)
        do {
            try await load.write(LakehouseUnderTest.batch(rows))
            let facts = CommitFacts(checkpoint: .keep, rowCount: rows.count, rowIDAccount: "")
            return try await load.commit(facts).receipt
        } catch {
            await load.abandon()
            throw error
        }
    }

    /// Rows less those deleted, as the snapshot counts them; `nil` for a table that is not there.
    func rowCount(_ name: String) async throws -> Int64? {
        try await plain.load(Self.table(name))?.metadata.liveRecordCount
    }

    func storedDataFiles() async throws -> Int {
        var count = 0
        try await files.forEachPage(under: "\(folder.path)/warehouse") { page in
            count += page.count { $0.location.hasSuffix(".parquet") }
        }
        return count
    }
}

private func row(_ number: Int, _ version: Int64) -> TestRow { TestRow("k\(number)", Int64(number), version) }

struct `Loads whose tables are committed in one step` {
    private let first = ["a": [row(1, 1)], "b": [row(1, 1), row(2, 1)]]
    private let second = ["a": [row(1, 2), row(3, 2)], "b": [row(2, 2)]]

    @Test func `make one transaction, of new tables and of old ones`() async throws {
        let test = try await JointLoads()
        let catalog = TogetherCatalog(test.plain)

        let made = try await test.run(first, run: "r1", through: catalog)
        let changed = try await test.run(second, run: "r2", through: catalog)

        #expect(catalog.log == [["a", "b"], ["a", "b"]])
        #expect(try made.values.map { try $0.get().tablesTogether } == [2, 2])
        #expect(try changed["a"]?.get().rowsInTable == 2 && changed["b"]?.get().rowsInTable == 2)
        #expect(try Set(changed.values.map { try $0.get().snapshotID }).count == 2)
    }

    @Test func `do not wait for one that left`() async throws {
        let test = try await JointLoads()
        let catalog = TogetherCatalog(test.plain)

        let outcomes = try await test.run(["a": [row(1, 1)], "b": [], "c": [row(1, 1)]], run: "r1", through: catalog)

        #expect(catalog.log == [["a", "c"]])
        #expect(outcomes.count == 2)
        #expect(try await test.rowCount("b") == nil)
    }

    @Test func `are planned anew together when another writer was faster at one table`() async throws {
        let test = try await JointLoads()
        _ = try await test.run(first, run: "r1", through: TogetherCatalog(test.plain))
        let catalog = TogetherCatalog(
            test.plain,
            [
                .after {
                    let head = try #require(try await test.plain.load(JointLoads.table("a")))
                    var commit = TableCommit(
                        SnapshotPlan(id: 77, operation: .append, files: [], facts: []),
                        evolution: head.metadata.evolution(toHold: LakehouseUnderTest.columns), properties: [])
                    let change = try await commit.prepare(on: head, in: test.files, at: LakehouseUnderTest.time.utc())
                    _ = try await test.plain.commit(change, to: head)
                }
            ])

        let outcomes = try await test.run(second, run: "r2", through: catalog)

        #expect(catalog.log == [["a", "b"], ["a", "b"]])
        #expect(try outcomes.values.allSatisfy { try $0.get().tablesTogether == 2 })
        #expect(try await test.rowCount("a") == 2)
        #expect(try await test.rowCount("b") == 2)
    }

    @Test(arguments: [[TogetherCatalog.Step.loseAnswer], [.loseRequest, .loseRequest], [.loseRequest, .loseAnswer]])
    func `find out each for itself what became of a transaction without an answer`(
        steps: [TogetherCatalog.Step]
    ) async throws {
        let test = try await JointLoads()
        _ = try await test.run(first, run: "r1", through: TogetherCatalog(test.plain))
        let catalog = TogetherCatalog(test.plain, steps)

        let outcomes = try await test.run(second, run: "r2", through: catalog)

        for name in ["a", "b"] {
            #expect(try outcomes[name]?.get().rowsInTable == 2)
            #expect(try await test.plain.load(JointLoads.table(name))?.metadata.snapshots.count == 2)
        }
    }

    @Test func `are committed one by one where the catalog refuses, and say so`() async throws {
        let test = try await JointLoads()
        let catalog = TogetherCatalog(test.plain, [.refuse])

        let outcomes = try await test.run(first, run: "r1", through: catalog)

        #expect(Set(catalog.log) == [["a", "b"], ["a"], ["b"]])
        for outcome in outcomes.values {
            let receipt = try outcome.get()
            #expect(receipt.tablesTogether == 1)
            #expect(
                receipt.remarks == [
                    "committed by itself and not in one step with the node's other tables: no transactions"
                ])
        }
    }

    @Test func `leave nothing behind when the run is to stop while they wait`() async throws {
        let test = try await JointLoads()
        let catalog = TogetherCatalog(test.plain)
        let sink = try test.sink(of: ["a", "b"], through: catalog)
        let task = Task { try await test.load([row(1, 1)], into: "a", "r1", sink) }
        while try await test.storedDataFiles() == 0 { await Task.yield() }
        // The load gives its place away when it begins to wait.
        try await test.places.enter()

        task.cancel()
        test.places.leave()

        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(catalog.log == [])
        #expect(try await test.storedDataFiles() == 0)
    }
}
