import Extraction
import Loading
import Logging
import NilusCore
import RunStatus
import Secrets
import WorkflowManifest

/// Runs the loads of one node, those whose failures may pass again, and says how the node ended.
struct NodeRunner: Sendable {
    let setup: RunSetup
    let plan: NodePlan
    let position: Int
    let loadID: String
    let recorder: RunRecorder
    /// Lets as many endpoints load at once as the envelope allows.
    let slots: Turnstile

    /// - Returns: the errors of the loads that failed, none when the node succeeded.
    func run() async -> [NilusError] {
        if setup.isDryRun || plan.node.isDryRun { return skipAsDryRun() }
        start()
        let started = setup.time.monotonic()
        var remaining = Array(plan.loads.indices)
        var lasting: [Failure] = []
        var attempt = 0
        while true {
            attempt += 1
            recorder.update { $0.nodes[position].attempts = attempt }
            let failures = await runOnce(remaining)
            let passing = failures.filter { $0.error.disposition.isTransient }
            lasting += failures.filter { !$0.error.disposition.isTransient }
            let delay = delayBeforeNextAttempt(attempt, passing, since: started)
            guard let delay, (try? await setup.time.sleep(delay)) != nil else {
                return finish((lasting + passing).sorted { $0.load < $1.load }.map(\.error))
            }
            let metadata: Logger.Metadata = ["node": "\(plan.node.name)", "attempt": "\(attempt + 1)"]
            setup.logger.warning("node is tried again", metadata: metadata)
            remaining = passing.map(\.load)
        }
    }

    private typealias Failure = (load: Int, error: NilusError)

    private func runOnce(_ loads: [Int]) async -> [Failure] {
        do {
            let secrets = setup.secrets.adding(manifestEnvironment: plan.node.environment.texts)
            let (source, remarks) = try setup.adapters.openSource(plan.node.source, secrets)
            recorder.warn(plan.remarks + remarks)
            // Before the sink, which may make folders and catalogs: a key that is refused leaves nothing behind.
            let identity = try await identify(source)
            let sink = try await setup.adapters.openSink(plan.node.sink, secrets, setup.envelope)
            return await run(loads, source, sink, identity)
        } catch {
            let error = NilusError.unexpected(.extract, error)
            for load in loads { endpointRecord(load, ExtractMeter()).finish(Outcome(error), nil) }
            log(error, metadata: ["node": "\(plan.node.name)"])
            return loads.map { ($0, error) }
        }
    }

    private func identify(_ source: any Source) async throws -> SourceIdentity {
        let meter = ExtractMeter()
        defer { recorder.update { $0.nodes[position].identification = ExtractFigures(meter.current) } }
        return try await source.identify(meter: meter)
    }

    private func run(
        _ loads: [Int], _ source: any Source, _ sink: any Sink, _ identity: SourceIdentity
    ) async -> [Failure] {
        let tables = Set(loads.map { plan.loads[$0].table })
        let joint = tables.count > 1 ? sink.joining(tables, places: slots) : nil
        return await withTaskGroup(of: Failure?.self) { group in
            for load in loads {
                group.addTask {
                    defer { joint?.leave(plan.loads[load].table) }
                    return await run(load, source, joint ?? sink, identity)
                }
            }
            var failures: [Failure] = []
            for await failure in group { if let failure { failures.append(failure) } }
            return failures.sorted { $0.load < $1.load }
        }
    }

    private func run(
        _ position: Int, _ source: any Source, _ sink: any Sink, _ identity: SourceIdentity
    ) async -> Failure? {
        let load = plan.loads[position]
        let record = endpointRecord(position, ExtractMeter())
        do {
            try await slots.enter()
            defer { slots.leave() }
            record.start()
            let loader = EndpointLoader(
                load: load, source: source, sink: sink, identity: identity, loadIdentity: identityOf(load),
                naming: setup.naming, record: record, time: setup.time, logger: setup.logger)
            try await loader.run()
            return nil
        } catch {
            let error = NilusError.unexpected(.extract, error)
            record.finish(Outcome(error), nil)
            log(error, metadata: ["node": "\(plan.node.name)", "endpoint": "\(load.endpoint.name)"])
            return error.code == .featureUnavailable ? nil : (position, error)
        }
    }

    private func identityOf(_ load: EndpointLoad) -> LoadIdentity {
        LoadIdentity(
            runID: setup.runID, workflow: setup.workflow.name, node: plan.node.name, endpoint: load.endpoint.name,
            manifestDigest: setup.digest, loadID: loadID)
    }

    private func endpointRecord(_ load: Int, _ meter: ExtractMeter) -> EndpointRecord {
        EndpointRecord(recorder, node: position, endpoint: load, meter: meter)
    }

    /// The wait before another attempt at loads whose failures may pass; `nil` when none is allowed or none is left.
    private func delayBeforeNextAttempt(_ attempt: Int, _ passing: [Failure], since start: Duration) -> Duration? {
        guard let rule = plan.node.retry, !passing.isEmpty, attempt <= rule.count else { return nil }
        // Who stops the job wants no load of it to begin again.
        let mayGoOn = passing.allSatisfy { $0.error.code != .interrupted }
        let delay = rule.duration ?? Self.standardRetryDelay
        let isInTime = rule.maxDuration.map { setup.time.monotonic() - start + delay <= $0 } ?? true
        return mayGoOn && isInTime ? delay : nil
    }

    /// The wait between attempts when the manifest names none.
    private static let standardRetryDelay = Duration.seconds(10)

    private func log(_ error: NilusError, metadata: Logger.Metadata) {
        var metadata = metadata
        metadata["error"] = "\(error.line)"
        metadata["code"] = "\(error.code.rawValue)"
        for item in error.context { metadata[item.name.replacing(" ", with: "-")] = "\(item.value)" }
        switch Outcome(error).phase {
        case .skipped: setup.logger.warning("endpoint skipped", metadata: metadata)
        default: setup.logger.error("load failed", metadata: metadata)
        }
    }
}

extension NodeRunner {
    private func start() {
        recorder.announce { run, now in
            run.nodes[position].outcome = .running
            run.nodes[position].startTime = now
        }
    }

    private func finish(_ errors: [NilusError]) -> [NilusError] {
        recorder.announce { run, now in
            let parts = run.nodes[position].endpoints.map(\.outcome)
            run.nodes[position].outcome = Outcome(summing: errors, of: parts)
            run.nodes[position].completionTime = now
        }
        return errors
    }

    private func skipAsDryRun() -> [NilusError] {
        recorder.announce { run, _ in
            let outcome = Outcome.succeeded(.dryRun, "a dry run reads and writes nothing")
            run.nodes[position].outcome = outcome
            for load in plan.loads.indices { run.nodes[position].endpoints[load].outcome = outcome }
        }
        return []
    }
}

extension NodeEnvironment {
    /// The variables by name, for references in addresses.
    var texts: [String: String] {
        Dictionary(variables.map { ($0.name, $0.value.expose()) }) { first, _ in first }
    }
}
