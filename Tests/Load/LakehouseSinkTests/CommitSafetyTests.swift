import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import Testing

@testable import LakehouseSink

/// A fault at the moment of the commit, and what becomes of a merge of two rows into a table of two.
struct CommitFault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let steps: [ScriptedCatalog.Step]
    var failingLoads = 0
    /// `nil` for a load that goes through.
    var error: ErrorCode?
    /// Whether the table has the load's rows in the end.
    var isVisible: Bool?

    static let all = [
        CommitFault(testDescription: "none", steps: []),
        CommitFault(testDescription: "the answer is lost", steps: [.loseAnswer]),
        CommitFault(testDescription: "the request is lost", steps: [.loseRequest]),
        CommitFault(
            testDescription: "the request is lost three times", steps: .init(repeating: .loseRequest, count: 3)),
        CommitFault(testDescription: "request lost, then answer lost", steps: [.loseRequest, .loseAnswer]),
        CommitFault(testDescription: "the catalog is not ready twice", steps: [.unavailable, .unavailable]),
        CommitFault(testDescription: "answer lost, loading fails for a while", steps: [.loseAnswer], failingLoads: 3),
        CommitFault(
            testDescription: "answer lost, loading always fails, the conflict with itself tells", steps: [.loseAnswer],
            failingLoads: 1_000),
        CommitFault(
            testDescription: "the request is lost for ever", steps: .init(repeating: .loseRequest, count: 1_000),
            error: .commitUnknown, isVisible: false),
        CommitFault(
            testDescription: "the catalog is never ready", steps: .init(repeating: .unavailable, count: 1_000),
            error: .sinkUnavailable, isVisible: false),
        CommitFault(
            testDescription: "conflicts without end", steps: .init(repeating: .conflictUnread, count: 1_000),
            error: .commitConflict, isVisible: false),
        CommitFault(
            testDescription: "a conflict whose state cannot be read", steps: [.conflictUnread], failingLoads: 1_000,
            error: .commitConflict, isVisible: false),
        CommitFault(
            testDescription: "answer lost, then a conflict whose state cannot be read",
            steps: [.loseAnswer, .conflictUnread], failingLoads: 1_000, error: .commitUnknown, isVisible: true),
    ]
}

struct `A commit through faults` {
    private let before = [TestRow("a", 1, 1), TestRow("b", 2, 1)]
    private let after = [TestRow("a", 1, 1), TestRow("b", 2, 2), TestRow("c", 3, 2)]

    @Test(arguments: CommitFault.all)
    func `leaves the table right or untouched, and says which`(fault: CommitFault) async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([before], run: "r1")
        let earlierFiles = try await test.storedDataFiles()
        let catalog = ScriptedCatalog(test.catalog, fault.steps, failingLoads: fault.failingLoads)

        var error: NilusError?
        do {
            try await test.load([Array(after.dropFirst())], run: "r2", through: catalog)
        } catch let found as NilusError {
            error = found
        }

        #expect(error?.code == fault.error)
        let isVisible = fault.isVisible ?? true
        #expect(try await test.rows() == (isVisible ? after : before))
        #expect(try await test.head().metadata.snapshots.count == (isVisible ? 2 : 1))
        // Files stay when they are or may be part of the table, and go when they provably are not.
        let mustBeGone = !isVisible && error?.code != .commitUnknown
        #expect(try await (test.storedDataFiles() == earlierFiles) == mustBeGone)
    }

    @Test func `whose outcome stayed unknown is found by the next attempt of the run`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([before], run: "r1")
        let catalog = ScriptedCatalog(test.catalog, [.loseAnswer, .conflictUnread], failingLoads: 1_000)
        await #expect(throws: NilusError.self) {
            try await test.load([Array(after.dropFirst())], run: "r2", through: catalog)
        }

        let receipt = try await test.open(run: "r2").receipt

        #expect(receipt?.rowsAdded == 2)
    }

    @Test func `that another process of the same run won does nothing`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([before], run: "r1")
        let rows = Array(after.dropFirst())
        let catalog = ScriptedCatalog(test.catalog, [.after { try await test.load([rows], run: "r2") }])

        let outcome = try await test.outcome(of: [rows], run: "r2", through: catalog)

        guard case .alreadyCommitted(let receipt) = outcome else {
            Issue.record("the load is not said to be committed already")
            return
        }
        #expect(receipt.rowsAdded == 2)
        #expect(try await test.rows() == after)
        #expect(try await test.storedDataFiles().count == test.liveFiles().count)
    }

    @Test func `that landed is known although its snapshot was expired before anyone looked`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([before], run: "r1")
        let theirs = TestRow("d", 4, 1)
        let catalog = ScriptedCatalog(
            test.catalog,
            [
                .loseAnswerBefore {
                    try await test.changeByOthers(adding: [theirs])
                    _ = try await test.maintenance(at: muchLater).expire(LakehouseUnderTest.table)
                }
            ])

        let outcome = try await test.outcome(of: [Array(after.dropFirst())], run: "r2", through: catalog)

        guard case .committed = outcome else {
            Issue.record("the load is not said to be committed by itself")
            return
        }
        #expect(try await test.rows() == after + [theirs])
    }

    @Test func `that perhaps landed below another run of ours loses no file`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([before], run: "r1")
        let next = TestRow("d", 4, 1)
        let catalog = ScriptedCatalog(
            test.catalog,
            [
                .loseAnswerBefore {
                    try await test.load([[next]], run: "r3")
                    _ = try await test.maintenance(at: muchLater).expire(LakehouseUnderTest.table)
                }
            ])

        let error = await #expect(throws: NilusError.self) {
            try await test.load([Array(after.dropFirst())], run: "r2", through: catalog)
        }

        #expect(error?.code == .commitUnknown)
        #expect(try await test.rows() == after + [next])
    }

    @Test func `that another run of ours overtook is given up`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([before], run: "r1")
        let rows = Array(after.dropFirst())
        let catalog = ScriptedCatalog(test.catalog, [.after { try await test.load([rows], run: "r3") }])

        let error = await #expect(throws: NilusError.self) { try await test.load([rows], run: "r2", through: catalog) }

        #expect(error?.code == .commitConflict)
        #expect(
            error?.message == "cannot commit table 'sales.charges': another run committed to it while this one was "
                + "loading; run again")
        #expect(try await test.storedDataFiles().count == test.liveFiles().count)
    }
}

struct `A merge that lost a race` {
    private func row(_ number: Int, _ version: Int64) -> TestRow { TestRow("k\(number)", Int64(number), version) }

    @Test func `looks for old versions in files that came since`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[row(1, 1), row(2, 1)]], run: "r1")
        let others = [row(2, 2), row(3, 2)]
        let catalog = ScriptedCatalog(test.catalog, [.after { try await test.changeByOthers(adding: others) }])

        try await test.load([[row(2, 3), row(3, 3)]], run: "r2", through: catalog)

        #expect(try await test.rows() == [row(1, 1), row(2, 3), row(3, 3)])
        #expect(catalog.commitCount == 2)
    }

    @Test func `keeps what it found when nothing came that matters`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[row(1, 1), row(2, 1)]], run: "r1")
        let others = [row(900, 1)]
        let catalog = ScriptedCatalog(test.catalog, [.after { try await test.changeByOthers(adding: others) }])
        test.meter.reset()

        try await test.load([[row(2, 3)]], run: "r2", through: catalog)

        #expect(try await test.rows() == [row(1, 1), row(2, 3), row(900, 1)].sorted())
        #expect(test.meter.bytesRead.count == 1)
    }

    @Test func `searches again when a file with old versions was rewritten`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[row(1, 1), row(2, 1)]], run: "r1")
        let old = Set(try await test.liveFiles().map(\.path))
        let same = [row(2, 1), row(1, 1)]
        let catalog = ScriptedCatalog(
            test.catalog, [.after { try await test.changeByOthers(adding: same, removing: old) }])

        try await test.load([[row(2, 3)]], run: "r2", through: catalog)

        #expect(try await test.rows() == [row(1, 1), row(2, 3)])
        let stored = try await test.storedDataFiles()
        #expect(Set(stored).isSubset(of: old.union(try await test.liveFiles().map(\.path))))
    }

    @Test func `does not delete what others deleted since`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[row(1, 1), row(2, 1)]], run: "r1")
        let writer = try await PositionDeleteWriter(
            "\(try await test.head().metadata.dataFolder)/theirs-deletes.parquet", .unpartitioned,
            rowGroupBytes: 1 << 20, in: test.files)
        try await writer.delete([1], of: try await test.liveFiles()[0].path)
        let deletes = try await writer.finish()
        let catalog = ScriptedCatalog(
            test.catalog, [.after { try await test.changeByOthers(adding: [], deletes: [deletes]) }])

        let receipt = try await test.load([[row(2, 3)]], run: "r2", through: catalog)

        #expect(receipt.effects.replaced == 0)
        #expect(try await test.open(run: "r2").receipt == receipt.told)
        #expect(try await test.rows() == [row(1, 1), row(2, 3)])
        #expect(try await test.liveFiles().filter { $0.content == .positionDeletes }.count == 1)
    }

    @Test func `into a table that was empty finds what came first`() async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[]], run: "r0")
        let others = [row(2, 2), row(3, 2)]
        let catalog = ScriptedCatalog(test.catalog, [.after { try await test.changeByOthers(adding: others) }])

        try await test.load([[row(2, 3)]], run: "r2", through: catalog)

        #expect(try await test.rows() == [row(2, 3), row(3, 2)])
    }
}
