import Logging
import NilusCore
import Normalization
import Pipeline
import RunLog
import RunStatus
import Secrets
import Synchronization
import TerminalStatus
import WorkflowManifest

/// One process of `nilus run`: reads the manifests, runs their workflows, tells how they ended.
final class Job: Sendable {
    private let options: RunOptions
    private let environment: EnvironmentVariables
    private let time = TimeSource.system
    private let display: TerminalDisplay?
    private let exitCode = SharedExitCode()
    /// Where the status goes, once that is known.
    private let output = Mutex<StatusOutput?>(nil)

    init(_ command: RunCommand, environment: EnvironmentVariables) {
        options = RunOptions(command, environment: environment)
        self.environment = environment
        display = options.showsProgress ? TerminalDisplay(size: Terminal.size, write: printToStandardError) : nil
    }

    func run() -> ExitCode {
        Interruption.run(stop: { output.withLock { $0 }?.stop() ?? .tryAgain }) {
            [self] in exitCode.set(await runAll())
        }
        return exitCode.value
    }

    private func runAll() async -> ExitCode {
        let manifests = NamedManifest.all(options.files, environment: environment)
        let log = JobLog(options, wanted: logLevel(of: manifests), time: time, display: display)
        let status = StatusOutput(path: options.status, environment: environment, time: time, logger: log.logger)
        output.withLock { $0 = status }
        if let error = refusal(of: manifests) { return await refuse(manifests, error, log, status) }
        return await run(manifests, status, log.logger)
    }

    /// Why nothing may run: a manifest with faults keeps the others from running too.
    private func refusal(of manifests: [NamedManifest]) -> NilusError? {
        if let error = manifests.compactMap(\.error).first { return error }
        if let runID = options.runID, !RunIdentifier.isUsable(runID) { return .runIDUnusable() }
        if let error = NamedManifest.repetition(in: manifests) { return error }
        if options.isDryRun == nil { return .dryRunUnclear(environment[RunOptions.dryRunVariable] ?? "") }
        return manifests.allSatisfy(\.workflows.isEmpty) ? manifests.first?.refusal : nil
    }

    /// Says everything that is wrong with the manifests, and leaves a status that says so too.
    private func refuse(
        _ manifests: [NamedManifest], _ error: NilusError, _ log: JobLog, _ status: StatusOutput
    ) async -> ExitCode {
        let runID = runID()
        for manifest in manifests {
            for fault in manifest.faults where fault.severity != .remark { log.tell(fault) }
            if let error = manifest.unreadable { log.tell(error) }
            let reference = reference(manifest, manifest.workflows.first)
            status.update(refused(reference, runID, manifest.refusal ?? error))
        }
        if manifests.allSatisfy({ $0.error == nil }) { log.tell(error) }
        await status.finish(error.code.exitCode)
        return error.code.exitCode
    }

    /// A run that ended before it began.
    private func refused(_ reference: WorkflowReference, _ runID: String, _ error: NilusError) -> WorkflowRun {
        var run = WorkflowRun(workflow: reference, runID: runID, loadID: "", nodes: [], envelope: nil)
        run.outcome = Outcome(error)
        run.startTime = time.utc()
        run.completionTime = run.startTime
        run.exitCode = error.code.exitCode
        return run
    }

    private func run(_ manifests: [NamedManifest], _ status: StatusOutput, _ logger: Logger) async -> ExitCode {
        let adapters = Wiring.adapters(options, environment: environment, time: time)
        let (runID, digest) = (runID(), NamedManifest.digest(of: manifests))
        var codes: [ExitCode] = []
        for manifest in manifests {
            for workflow in manifest.workflows {
                codes.append(await run(workflow, of: manifest, runID, digest, adapters, status, logger))
            }
        }
        let code = ExitCode.combined(codes)
        await status.finish(code)
        return code
    }

    private func run(
        _ workflow: Workflow, of manifest: NamedManifest, _ runID: String, _ digest: String,
        _ adapters: PipelineAdapters, _ status: StatusOutput, _ logger: Logger
    ) async -> ExitCode {
        let reference = reference(manifest, workflow)
        let envelope: Envelope
        do throws(NilusError) {
            envelope = try Envelope(requested: workflow.requestedResources, group: ControlGroup.ofProcess().limits)
        } catch {
            logger.error("run refused", metadata: ["error": "\(error.line)", "code": "\(error.code.rawValue)"])
            status.update(refused(reference, runID, error))
            return error.code.exitCode
        }
        logger.info("run started", metadata: metadata(of: envelope, workflow, runID))
        let runner = WorkflowRunner(
            RunSetup(
                workflow: workflow, reference: reference, runID: runID, digest: digest, envelope: envelope,
                adapters: adapters,
                secrets: SecretStore(directories: options.secretDirectories, environment: environment),
                naming: environment["SCHEMA_NAMING"] == "direct" ? .direct : .snakeCase,
                // Where it is not known, nothing got here.
                isDryRun: options.isDryRun ?? true, time: time, logger: logger, observe: status.update))
        let run = await showing(runner) { await runner.run() }
        logger.info("run ended", metadata: metadata(of: run))
        return run.exitCode ?? .defect
    }

    private func runID() -> String {
        options.runID.flatMap { RunIdentifier.isUsable($0) ? $0 : nil } ?? RunIdentifier.make(at: time.utc())
    }

    private func reference(_ manifest: NamedManifest, _ workflow: Workflow?) -> WorkflowReference {
        WorkflowReference(
            name: workflow?.name ?? manifest.name,
            version: workflow.flatMap { $0.version.isEmpty ? nil : $0.version },
            workspace: workflow?.workspace ?? environment["DATAOS_WORKSPACE"], file: manifest.name,
            digest: manifest.digest)
    }
}

extension Job {
    /// Time between two looks at a run for the terminal.
    private static let displayInterval = Duration.milliseconds(200)

    /// Shows a run on the terminal while it lasts, and its summary at the end.
    private func showing(
        _ runner: WorkflowRunner, _ run: @Sendable () async -> WorkflowRun
    ) async -> WorkflowRun {
        guard let display else { return await run() }
        let ticker = Task { [time] in
            while !Task.isCancelled {
                display.show(runner.recorder.current, now: time.utc())
                try await time.sleep(Self.displayInterval)
            }
        }
        let finished = await run()
        ticker.cancel()
        display.show(finished, now: time.utc())
        display.finish()
        display.writeAbove(Array("\n\(SummaryTable.text(finished))".utf8))
        return finished
    }

    /// Several nodes write one log: the most talkative of them decides.
    private func logLevel(of manifests: [NamedManifest]) -> Logger.Level? {
        let nodes = manifests.flatMap(\.workflows).flatMap(\.nodes)
        return nodes.compactMap(\.logLevel).compactMap { Logger.Level(rawValue: $0.rawValue) }.min()
    }

    private func metadata(of envelope: Envelope, _ workflow: Workflow, _ runID: String) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "workflow": "\(workflow.name)", "run": "\(runID)", "memory": "\(envelope.memoryBytes.asByteCount)",
            "memory-source": "\(envelope.memorySource.rawValue)", "cpu-millicores": "\(envelope.cpuMillicores)",
            "cpu-source": "\(envelope.cpuSource.rawValue)", "parallel-endpoints": "\(envelope.parallelEndpoints)",
            "row-group": "\(envelope.rowGroupBytes.asByteCount)",
        ]
        metadata["scheduled"] = PodIdentity(environment).scheduledTime.map { "\($0)" }
        return metadata
    }

    private func metadata(of run: WorkflowRun) -> Logger.Metadata {
        [
            "workflow": "\(run.workflow.name)", "phase": "\(run.outcome.phase.rawValue)",
            "reason": "\(run.outcome.reason ?? "")", "rows": "\(run.rowsCommittedNow)",
            "peak-memory": "\((run.envelope?.peakMemoryBytes ?? 0).asByteCount)",
        ]
    }
}

extension Workflow {
    /// What the nodes ask for: limits before requests, and the most that any node asks for.
    fileprivate var requestedResources: (cpuMillicores: Int?, memoryBytes: Int?) {
        (
            nodes.compactMap { $0.resources.limits.cpuMillicores ?? $0.resources.requests.cpuMillicores }.max(),
            nodes.compactMap { $0.resources.limits.memoryBytes ?? $0.resources.requests.memoryBytes }.max()
        )
    }
}

extension NilusError {
    fileprivate static func runIDUnusable() -> NilusError {
        NilusError(
            .workflow, .usageInvalid,
            "cannot use the run id: expected 1 to 200 printable characters without spaces")
    }

    /// A dry run that loads, or a load that does nothing, would be found out late.
    fileprivate static func dryRunUnclear(_ word: String) -> NilusError {
        NilusError(
            .workflow, .configurationInvalid,
            "cannot read variable '\(RunOptions.dryRunVariable)': found \(MessageText.quoted(word)); "
                + "expected 'true', '1', 'yes' or 'on', or 'false', '0', 'no' or 'off'")
    }
}
