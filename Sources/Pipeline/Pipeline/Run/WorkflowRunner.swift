import Extraction
import Loading
import Logging
import NilusCore
package import RunStatus
import WorkflowManifest

/// Runs a workflow: its nodes in the order of their dependencies, independent ones at the same time.
///
/// A node that fails skips those that need it; the others still finish.
package final class WorkflowRunner: Sendable {
    private let setup: RunSetup
    private let plans: [NodePlan]
    private let loadID: String
    private let slots: Turnstile
    /// The run as it stands, for whoever shows it.
    package let recorder: RunRecorder

    package init(_ setup: RunSetup) {
        self.setup = setup
        let plans = setup.workflow.nodes.map {
            NodePlan($0, endpoints: setup.adapters.endpoints, naming: setup.naming)
        }
        self.plans = plans
        loadID = String(setup.time.utc().microseconds)
        slots = Turnstile(places: setup.envelope.parallelEndpoints)
        let run = WorkflowRun(
            workflow: setup.reference, runID: setup.runID, loadID: loadID, nodes: plans.map(NodeStatus.init),
            envelope: EnvelopeStatus(setup.envelope))
        recorder = RunRecorder(run, time: setup.time, logger: setup.logger, observe: setup.observe)
    }

    /// Runs to the end, or until the task is cancelled.
    ///
    /// - Returns: the run with its outcome, its exit code and what it used.
    package func run() async -> WorkflowRun {
        recorder.warn(setup.workflow.warnings.map(\.description))
        recorder.announce { run, now in
            run.outcome = .running
            run.startTime = now
        }
        let errors = if let error = rivalry { refuse(error) } else { await runNodes() }
        let use = ResourceUse.current()
        let group = ControlGroup.ofProcess().use
        recorder.announce { run, now in
            run.outcome =
                Task.isCancelled
                ? Outcome(.interrupted(.extract)) : Outcome(summing: errors, of: run.nodes.map(\.outcome))
            run.exitCode = Task.isCancelled ? .tryAgain : ExitCode.combined(errors.map(\.code.exitCode))
            run.completionTime = now
            run.envelope?.peakMemoryBytes = use.peakMemoryBytes
            run.envelope?.cpuSeconds = use.cpuSeconds
            run.envelope?.groupPeakMemoryBytes = group.peakMemoryBytes
            run.envelope?.throttledSeconds = group.throttling?.seconds
            run.envelope?.throttledPeriods = group.throttling?.throttledPeriods
            run.envelope?.quotaPeriods = group.throttling?.periods
        }
        return recorder.current
    }

    private var rivalry: NilusError? {
        TableRivals(plans: plans, sharePlace: setup.adapters.sharePlace).error
    }

    /// Ends every node before any has begun.
    private func refuse(_ error: NilusError) -> [NilusError] {
        setup.logger.error("run refused", metadata: ["error": "\(error.line)", "code": "\(error.code.rawValue)"])
        recorder.announce { run, _ in
            for node in run.nodes.indices { end(node, of: &run, error) }
        }
        return [error]
    }

    private func runNodes() async -> [NilusError] {
        var waiting = Set(plans.indices)
        var succeeded: Set<String> = []
        var errors: [NilusError] = []
        await withTaskGroup(of: (Int, [NilusError]).self) { group in
            startReady(&waiting, succeeded, in: &group)
            for await (position, failures) in group {
                errors += failures
                if failures.isEmpty {
                    succeeded.insert(plans[position].node.name)
                    startReady(&waiting, succeeded, in: &group)
                }
            }
        }
        for position in waiting.sorted() { skip(position, succeeded) }
        return errors
    }

    private func startReady(
        _ waiting: inout Set<Int>, _ succeeded: Set<String>, in group: inout TaskGroup<(Int, [NilusError])>
    ) {
        for position in waiting.sorted() where succeeded.isSuperset(of: plans[position].node.dependencies) {
            waiting.remove(position)
            let runner = NodeRunner(
                setup: setup, plan: plans[position], position: position, loadID: loadID, recorder: recorder,
                slots: slots)
            group.addTask { (position, await runner.run()) }
        }
    }

    /// Marks a node that a dependency's failure keeps from running.
    private func skip(_ position: Int, _ succeeded: Set<String>) {
        let node = plans[position].node
        let missing = node.dependencies.first { !succeeded.contains($0) } ?? ""
        let error = NilusError.dependencyFailed(node.name, missing)
        setup.logger.warning("node skipped", metadata: ["node": "\(node.name)", "dependency": "\(missing)"])
        recorder.announce { run, _ in end(position, of: &run, error) }
    }

    private func end(_ node: Int, of run: inout WorkflowRun, _ error: NilusError) {
        run.nodes[node].outcome = Outcome(error)
        for load in run.nodes[node].endpoints.indices { run.nodes[node].endpoints[load].outcome = Outcome(error) }
    }
}

extension NodeStatus {
    init(_ plan: NodePlan) {
        self.init(
            name: plan.node.name,
            endpoints: plan.loads.map { load in
                EndpointStatus(
                    endpoint: load.endpoint.name, mode: load.mode.rawValue,
                    strategy: load.effectiveStrategy.rawValue, table: load.table.description)
            })
    }
}

extension EnvelopeStatus {
    init(_ envelope: Envelope) {
        self.init(
            memoryBytes: envelope.memoryBytes, cpuMillicores: envelope.cpuMillicores,
            memorySource: envelope.memorySource.rawValue, cpuSource: envelope.cpuSource.rawValue,
            parallelEndpoints: envelope.parallelEndpoints, rowGroupBytes: envelope.rowGroupBytes)
    }
}

extension NilusError {
    fileprivate static func dependencyFailed(_ node: String, _ dependency: String) -> NilusError {
        NilusError(
            .workflow, .dependencyFailed,
            "cannot run node '\(node)': node '\(dependency)', which it needs, did not succeed")
    }
}
