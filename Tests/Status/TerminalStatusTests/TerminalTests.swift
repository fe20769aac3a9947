import NilusCore
import RunStatus
import Synchronization
import TerminalStatus
import Testing

private func run() -> WorkflowRun {
    var charge = EndpointStatus(endpoint: "charge", mode: "full", strategy: "replace", table: "stripe.charge")
    charge.outcome = .succeeded(.completed)
    charge.startTime = Timestamp(seconds: 100)
    charge.completionTime = Timestamp(seconds: 104)
    charge.rows.received = 1_234_567
    charge.rows.written = 1_234_567
    charge.extract.pages = 12_346
    charge.extract.requests = 12_347
    charge.extract.retries = 1
    charge.commit = CommitFigures(
        snapshotID: 1, metadataLocation: "m", rowsAdded: 1_234_567, filesAdded: 3, bytesAdded: 300_000_000,
        rowsInTable: nil, schemaChanges: [], checkpoint: nil)
    var refund = EndpointStatus(endpoint: "refund", mode: "full", strategy: "replace", table: "stripe.refund")
    refund.outcome = Outcome(NilusError(.extract, .permissionMissing, "cannot read page 1 of endpoint 'refund'"))
    refund.startTime = Timestamp(seconds: 100)
    let waiting = EndpointStatus(endpoint: "payout", mode: "full", strategy: "replace", table: "stripe.payout")
    var run = WorkflowRun(
        workflow: WorkflowReference(name: "w", version: nil, workspace: nil, file: "f", digest: "d"), runID: "r",
        loadID: "1", nodes: [NodeStatus(name: "n", endpoints: [charge, refund, waiting])],
        envelope: EnvelopeStatus(
            memoryBytes: 134_217_728, cpuMillicores: 100, memorySource: "manifest", cpuSource: "manifest",
            parallelEndpoints: 5, rowGroupBytes: 1))
    run.outcome = Outcome(NilusError(.extract, .permissionMissing, "x"))
    run.envelope?.peakMemoryBytes = 44_040_192
    run.envelope?.cpuSeconds = 21.456
    return run
}

struct `Progress on a terminal` {
    private let now = Timestamp(microseconds: 102_000_000)

    @Test func `has a line for each endpoint that began`() {
        #expect(
            ProgressLines.lines(run(), now: now, in: TerminalSize(columns: 120, rows: 24)) == [
                "✓ charge    1,234,567 rows, 308,641 rows/s, 12,346 pages, 1 retry",
                "✗ refund            0 rows, 0 rows/s, 0 pages, 0 retries",
            ])
    }

    @Test func `never exceeds the width`() {
        let lines = ProgressLines.lines(run(), now: now, in: TerminalSize(columns: 40, rows: 24))

        #expect(lines.count == 2 && lines.allSatisfy { $0.count < 40 })
    }

    @Test func `never exceeds the height, and what did not succeed is seen last to go`() {
        var run = run()
        var refund = run.nodes[0].endpoints[1]
        run.nodes[0].endpoints += [run.nodes[0].endpoints[0], run.nodes[0].endpoints[0]]

        #expect(
            ProgressLines.lines(run, now: now, in: TerminalSize(columns: 120, rows: 4)) == [
                "✓ 3 endpoints done, 3,703,701 rows",
                "✗ refund            0 rows, 0 rows/s, 0 pages, 0 retries",
            ])

        refund.outcome = .running
        run.nodes[0].endpoints += [refund, refund]

        #expect(
            ProgressLines.lines(run, now: now, in: TerminalSize(columns: 120, rows: 4)) == [
                "✓ 3 endpoints done, 3,703,701 rows",
                "✗ refund            0 rows, 0 rows/s, 0 pages, 0 retries",
                "  and 2 more",
            ])
    }

    @Test func `is drawn over itself, and other lines appear above it`() {
        let written = Written()
        let display = TerminalDisplay(size: TerminalSize(columns: 80, rows: 24), write: written.add)

        display.show(run(), now: now)
        display.writeAbove(Array("a log line\n".utf8))

        #expect(written.pieces[1].hasPrefix("\u{1B}[2A\u{1B}[Ja log line\n✓ charge"))
        #expect(written.pieces[1].hasSuffix("0 retries\n"))
    }

    private final class Written: Sendable {
        private let texts = Mutex<[String]>([])

        var pieces: [String] { texts.withLock { $0 } }

        func add(_ bytes: [UInt8]) { texts.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) } }
    }
}

struct `The summary of a run` {
    @Test func `is a table, a verdict, and what went wrong`() {
        #expect(
            SummaryTable.text(run()) == """
                endpoint  table          phase           rows  files       size  requests  retries
                charge    stripe.charge  Succeeded  1,234,567      3  286.1 MiB    12,347        1
                refund    stripe.refund  Failed             0      -          -         0        0
                payout    stripe.payout  Pending            0      -          -         0        0
                Failed: 1,234,567 rows committed, 21.46 s of CPU, peak memory 42 MiB of 128 MiB
                  refund: cannot read page 1 of endpoint 'refund'

                """)
    }

    @Test func `ends with the warnings, and counts no rows of an earlier run`() {
        var run = run()
        run.nodes[0].endpoints[0].outcome = .succeeded(.alreadyCommitted)
        #expect(run.warn(["table 'a B' is named 'a_b'", "look"]).count == 2)
        #expect(run.warn(["look", "again"]) == ["again"])

        #expect(
            SummaryTable.text(run).hasSuffix(
                """
                Failed: 0 rows committed, 21.46 s of CPU, peak memory 42 MiB of 128 MiB
                  refund: cannot read page 1 of endpoint 'refund'
                Warnings:
                  table 'a B' is named 'a_b'
                  look
                  again

                """))
    }
}
