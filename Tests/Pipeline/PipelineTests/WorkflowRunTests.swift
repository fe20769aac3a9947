import Extraction
import NilusCore
import RunStatus
import Testing

private func object(_ number: Int) -> String { #"{"id":"x_\#(number)","created":\#(number)}"# }

private func rows(_ count: Int) -> [String] { (0..<count).map(object) }

private func error(_ code: ErrorCode) -> NilusError { NilusError(.extract, code, "cannot read: \(code.rawValue)") }

struct `A run` {
    @Test func `loads every endpoint into its own table and says what it did`() async throws {
        let bench = Bench(PreparedSource(["charge": rows(3), "customer": rows(5)]))

        let run = try await bench.run(Bench.workflow([.init(tables: "all")]))

        #expect(run.outcome == .succeeded(.completed))
        #expect(run.exitCode == .done)
        #expect(run.rowsCommitted == 8)
        let endpoints = run.nodes[0].endpoints
        #expect(endpoints.map(\.table) == ["stripe.charge", "stripe.customer", "stripe.refund"])
        #expect(endpoints.map(\.rows.written) == [3, 5, 0])
        #expect(endpoints[0].commit?.checkpoint == #"{"version":1,"created_before":1000}"#)
        #expect(endpoints[0].window == ReadWindow(start: nil, end: Timestamp(microseconds: 1_000_000_000)))
        #expect(run.nodes[0].requests == 3, "one for the account, one for each endpoint that has rows")
        #expect(bench.phases.first == "Running load=Pending")
        #expect(bench.phases.last == "Succeeded load=Succeeded")
    }

    @Test func `has the tables of a node become visible together where the sink can, whoever fails`() async throws {
        let source = PreparedSource(
            ["charge": rows(3), "customer": rows(5)], failures: ["customer": [error(.keyRefused)]])
        let bench = Bench(source, MemorySink(isJoint: true))

        let run = try await bench.run(Bench.workflow([.init(tables: "all")]))

        #expect(run.outcome.reason == "KeyRefused")
        #expect(bench.sink.log.first == "join stripe.charge stripe.customer stripe.refund")
        #expect(
            bench.sink.log.dropFirst().sorted() == [
                "abandon stripe.customer", "commit stripe.charge", "commit stripe.refund", "leave stripe.charge",
                "leave stripe.customer", "leave stripe.refund",
            ])
    }

    @Test func `joins nothing with a load that is alone in its node`() async throws {
        let bench = Bench(PreparedSource([:]), MemorySink(isJoint: true))

        _ = try await bench.run(Bench.workflow([.init(name: "one"), .init(name: "two", tables: "refund")]))

        #expect(bench.sink.log.sorted() == ["commit stripe.charge", "commit stripe.refund"])
    }

    @Test func `runs nodes in the order of their dependencies`() async throws {
        let bench = Bench(PreparedSource(["charge": rows(1), "customer": rows(1), "refund": rows(1)]))
        let manifest = Bench.workflow([
            .init(name: "third", tables: "refund", entry: ["dependencies: [second]"]),
            .init(name: "second", tables: "customer", entry: ["dependencies: first"]),
            .init(name: "first", tables: "charge"),
        ])

        let run = try await bench.run(manifest)

        #expect(run.outcome == .succeeded(.completed))
        #expect(bench.sink.log == ["commit stripe.charge", "commit stripe.customer", "commit stripe.refund"])
    }

    @Test func `skips what depends on a failed node and finishes the others`() async throws {
        let source = PreparedSource(
            ["charge": rows(1), "customer": rows(1), "refund": rows(1)], failures: ["charge": [error(.keyRefused)]])
        let manifest = Bench.workflow([
            .init(name: "first", tables: "charge"),
            .init(name: "second", tables: "customer", entry: ["dependencies: [first]"]),
            .init(name: "apart", tables: "refund"),
        ])
        let bench = Bench(source)

        let run = try await bench.run(manifest)

        #expect(run.outcome.phase == .failed && run.outcome.reason == "KeyRefused")
        #expect(run.exitCode == .keyRefused)
        let phases = Dictionary(uniqueKeysWithValues: run.nodes.map { ($0.name, $0.outcome.phase) })
        #expect(phases == ["first": .failed, "second": .skipped, "apart": .succeeded])
        #expect(bench.sink.log.sorted() == ["abandon stripe.charge", "commit stripe.refund"])
        let second = try #require(run.nodes.first { $0.name == "second" })
        #expect(second.outcome.message == "cannot run node 'second': node 'first', which it needs, did not succeed")
    }

    @Test func `tries a node again after passing failures, and only the endpoints that failed`() async throws {
        let source = PreparedSource(
            ["charge": rows(2), "customer": rows(3)],
            failures: ["charge": [error(.sourceUnavailable), error(.sourceThrottled)]])
        let node = Bench.Node(
            tables: "charge,customer", entry: ["retry: {count: 3, strategy: OnTransientError, duration: 60s}"])
        let bench = Bench(source)

        let run = try await bench.run(Bench.workflow([node]))

        #expect(run.outcome == .succeeded(.completed))
        #expect(run.nodes[0].attempts == 3)
        #expect(bench.waited.total == .seconds(120))
        #expect(bench.source.requests.map(\.endpoint.name).sorted() == ["charge", "charge", "charge", "customer"])
        #expect(run.rowsCommitted == 5)
    }

    @Test func `tries again what may pass beside what a person must mend`() async throws {
        let source = PreparedSource(
            ["refund": rows(2)],
            failures: ["charge": [error(.permissionMissing)], "refund": [error(.sourceUnavailable)]])
        let node = Bench.Node(tables: "charge,refund", entry: ["retry: {count: 2}"])
        let bench = Bench(source)

        let run = try await bench.run(Bench.workflow([node]))

        #expect(run.nodes[0].attempts == 2)
        #expect(bench.source.requests.map(\.endpoint.name).sorted() == ["charge", "refund", "refund"])
        #expect(run.nodes[0].endpoints.map(\.outcome.phase) == [.failed, .succeeded])
        #expect(run.rowsCommitted == 2)
        #expect(run.exitCode == .keyRefused)
        #expect(run.outcome.message == "cannot read: permissionMissing")
    }

    @Test func `does not try again what a person must mend`() async throws {
        let source = PreparedSource([:], failures: ["charge": [error(.permissionMissing), error(.permissionMissing)]])
        let node = Bench.Node(entry: ["retry: {count: 3}"])

        let run = try await Bench(source).run(Bench.workflow([node]))

        #expect(run.nodes[0].attempts == 1)
        #expect(run.exitCode == .keyRefused)
    }

    @Test func `gives up after the attempts allowed and asks to be run again`() async throws {
        let failures = Array(repeating: error(.sourceUnavailable), count: 9)
        let node = Bench.Node(entry: ["retry: {count: 2, duration: 1s}"])

        let run = try await Bench(PreparedSource([:], failures: ["charge": failures])).run(Bench.workflow([node]))

        #expect(run.nodes[0].attempts == 3)
        #expect(run.exitCode == .tryAgain)
        #expect(run.outcome.reason == "SourceUnavailable")
    }

    /// Names that only the run can compare: `snake_case` makes them one, or `--warehouse` the lakehouses.
    @Test(arguments: [
        (["stripe.my_t", "stripe.myT"], ["dataos://x", "dataos://x"], false, "stripe.my_t"),
        (["stripe.t", "stripe.t"], ["dataos://x", "dataos://z"], true, "stripe.t"),
    ])
    func `refuses nodes that would write one table at the same time`(
        _ tables: [String], _ addresses: [String], _ hasOnePlace: Bool, _ table: String
    ) async throws {
        func nodes(_ entry: [String] = []) -> [Bench.Node] {
            [
                .init(name: "a", destination: tables[0], sinkAddress: addresses[0]),
                .init(name: "b", destination: tables[1], sinkAddress: addresses[1], entry: entry),
            ]
        }
        var bench = Bench(PreparedSource(["charge": rows(1)]))
        bench.hasOnePlace = hasOnePlace

        let run = try await bench.run(Bench.workflow(nodes()))

        #expect(run.exitCode == .configuration && run.outcome.reason == "ManifestInvalid")
        #expect(
            run.outcome.message == "workflow.yaml:29:27: node 'b' may write table '\(table)' at the same time as node "
                + "'a'; let one depend on the other, or name another table")
        #expect(run.nodes.map(\.outcome.phase) == [.failed, .failed])
        #expect(bench.source.requests.isEmpty && bench.sink.log.isEmpty)
        #expect(try await bench.run(Bench.workflow(nodes(["dependencies: a"]))).exitCode == .done)
        bench.hasOnePlace = false
        if hasOnePlace { #expect(try await bench.run(Bench.workflow(nodes()), runID: "2").exitCode == .done) }
    }

    @Test func `skips an endpoint that the account does not have, without failing`() async throws {
        let source = PreparedSource(["customer": rows(2)], failures: ["charge": [error(.featureUnavailable)]])

        let run = try await Bench(source).run(Bench.workflow([.init(tables: "charge,customer")]))

        #expect(run.outcome == .succeeded(.completed))
        #expect(run.nodes[0].endpoints.map(\.outcome.phase) == [.skipped, .succeeded])
        #expect(run.nodes[0].endpoints[0].outcome.reason == "FeatureUnavailable")
    }

    @Test func `commits nothing when a row got lost on the way`() async throws {
        let bench = Bench(PreparedSource(["charge": rows(3)], lostRows: 1))

        let run = try await bench.run(Bench.workflow([.init()]))

        #expect(run.outcome.reason == "InternalDefect")
        #expect(
            run.outcome.message
                == "cannot go on: endpoint 'charge' gave 4 rows, of which 3 were written and 0 dropped; this is a defect "
                + "of nilus, report it")
        #expect(bench.sink.log == ["abandon stripe.charge"])
    }

    @Test func `does nothing for a run that is committed`() async throws {
        let bench = Bench(PreparedSource(["charge": rows(4)]))
        let manifest = Bench.workflow([.init()])

        _ = try await bench.run(manifest, runID: "again")
        let second = try await bench.run(manifest, runID: "again")

        let outcome = Outcome.succeeded(.alreadyCommitted, "run 'again' is committed")
        #expect(second.nodes[0].endpoints[0].outcome == outcome)
        #expect(second.nodes[0].outcome == outcome && second.outcome == outcome)
        #expect(second.rowsCommitted == 4 && second.rowsCommittedNow == 0)
        #expect(bench.source.requests.count == 1)
        #expect(
            bench.logLines.last
                == "info     already committed endpoint=charge node=load pages=0 retries=0 rows=0 run=again snapshot=7 "
                + "table=stripe.charge")
    }

    @Test func `logs each warning once and keeps it`() async throws {
        var bench = Bench(PreparedSource(["charge": rows(1)], failures: ["charge": [error(.sourceUnavailable)]]))
        bench.remarks = ["file '/k' can be read by every user of the machine"]
        let node = Bench.Node(
            entry: ["retry: {count: 1}"], sourceOptions: ["yield-limit: 5"],
            sinkOptions: ["incremental-strategy: append"])

        let run = try await bench.run(Bench.workflow([node]))

        #expect(run.nodes[0].attempts == 2)
        let trial =
            "'yield-limit' with 'append': the rows of this trial stay in 'stripe.charge' and a later load brings them again"
        #expect(run.warnings == bench.remarks + [trial])
        #expect(
            bench.logLines.filter { $0.contains(" noticed ") } == [
                #"warning  noticed what="file '/k' can be read by every user of the machine""#,
                "warning  noticed what=\"\(trial)\"",
            ])
    }

    @Test func `keeps silent about the window of a read that ended early`() async throws {
        let bench = Bench(PreparedSource(["charge": rows(1)]))

        let run = try await bench.run(Bench.workflow([.init(sourceOptions: ["yield-limit: 5"])]))

        #expect(run.outcome.phase == .succeeded)
        #expect(run.nodes[0].endpoints[0].window == nil)
    }

    @Test func `touches nothing when it is dry`() async throws {
        let bench = Bench(PreparedSource(["charge": rows(4)]))

        let run = try await bench.run(Bench.workflow([.init()]), isDryRun: true)

        #expect(run.outcome == .succeeded(.dryRun, "a dry run reads and writes nothing"))
        #expect(run.nodes[0].outcome == run.outcome)
        #expect(run.exitCode == .done)
        #expect(bench.source.requests.isEmpty && bench.sink.log.isEmpty)
    }

    @Test func `says which endpoint failed worst when several do`() async throws {
        let source = PreparedSource(
            [:], failures: ["charge": [error(.sourceUnavailable)], "refund": [error(.schemaConflict)]])

        let run = try await Bench(source).run(Bench.workflow([.init(tables: "all")]))

        #expect(run.exitCode == .dataRefused)
        #expect(run.outcome.message == "cannot read: schemaConflict (and 1 more)")
    }

    @Test func `that is cancelled is interrupted and leaves no table changed`() async throws {
        let source = PreparedSource(["charge": rows(4)], failures: ["charge": [.interrupted(.extract)]])
        let bench = Bench(source)

        let task = Task { try await bench.run(Bench.workflow([.init()])) }
        task.cancel()
        let run = try await task.value

        #expect(run.outcome.phase == .interrupted && run.outcome.reason == "Interrupted")
        #expect(run.exitCode == .tryAgain)
        #expect(!bench.sink.log.contains("commit stripe.charge"))
    }
}
