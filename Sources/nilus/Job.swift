import Logging
import NilusCore
import Normalization
import Pipeline
import RunLog
import RunStatus
import Secrets
import TerminalStatus
import WorkflowManifest

/// One process of `nilus run`: reads the manifests, runs their workflows, tells how they ended.
final class Job: Sendable {
    private let options: RunOptions
    private let environment: EnvironmentVariables
    private let time = TimeSource.system
    private let display: TerminalDisplay?
    private let exitCode = SharedExitCode()

    init(_ command: RunCommand, environment: EnvironmentVariables) {
        options = RunOptions(command, environment: environment)
        self.environment = environment
        display = options.showsProgress ? TerminalDisplay(size: Terminal.size, write: printToStandardError) : nil
    }

    func run() -> ExitCode {
        Interruption.run { [self] in exitCode.set(await runAll()) }
        return exitCode.value
    }

    private func runAll() async -> ExitCode {
        do throws(NilusError) {
            let manifests = try readManifests()
            let logger = logger(manifests)
            let status = StatusOutput(
                path: options.status, environment: environment, time: time, logger: logger)
            if let error = manifests.compactMap(\.reading.error).first ?? runIDFault() {
                return await fail(error, manifests, status)
            }
            return await run(manifests, status, logger)
        } catch {
            printLine(error.line)
            return error.code.exitCode
        }
    }

    private struct Manifest: Sendable {
        let file: ManifestFile
        let reading: ManifestReading
    }

    private func readManifests() throws(NilusError) -> [Manifest] {
        var manifests: [Manifest] = []
        for path in options.files.isEmpty ? try ManifestFile.mounted(environment) : options.files {
            let file = try ManifestFile.read(path)
            manifests.append(Manifest(file: file, reading: file.reading(environment: environment)))
        }
        return manifests
    }

    private func runIDFault() -> NilusError? {
        guard let runID = options.runID, !RunIdentifier.isUsable(runID) else { return nil }
        return NilusError(
            .workflow, .usageInvalid,
            "cannot use the run id: expected 1 to 200 printable characters without spaces")
    }

    /// Says everything that is wrong with the manifests, and leaves a status that says so too.
    private func fail(_ error: NilusError, _ manifests: [Manifest], _ status: StatusOutput) async -> ExitCode {
        let faults = manifests.flatMap(\.reading.faults).filter { $0.severity != .remark }
        for fault in faults { printLine(fault.description) }
        if faults.isEmpty { printLine(error.line) }
        let now = time.utc()
        for manifest in manifests {
            var run = WorkflowRun(
                workflow: reference(manifest, manifest.reading.workflows.first), runID: runID(), loadID: "",
                nodes: [], envelope: nil)
            run.outcome = Outcome(manifest.reading.error ?? error)
            run.startTime = now
            run.completionTime = now
            run.exitCode = error.code.exitCode
            status.update(run)
        }
        await status.finish(error.code.exitCode)
        return error.code.exitCode
    }

    private func run(_ manifests: [Manifest], _ status: StatusOutput, _ logger: Logger) async -> ExitCode {
        let adapters = Wiring.adapters(options, environment: environment, time: time)
        let runID = runID()
        var codes: [ExitCode] = []
        for manifest in manifests {
            for workflow in manifest.reading.workflows {
                codes.append(await run(workflow, of: manifest, runID, adapters, status, logger))
            }
        }
        let code = ExitCode.combined(codes)
        await status.finish(code)
        return code
    }

    private func run(
        _ workflow: Workflow, of manifest: Manifest, _ runID: String, _ adapters: PipelineAdapters,
        _ status: StatusOutput, _ logger: Logger
    ) async -> ExitCode {
        let reference = reference(manifest, workflow)
        let envelope: Envelope
        do throws(NilusError) {
            envelope = try Envelope(requested: workflow.requestedResources, group: ControlGroup.ofProcess().limits)
        } catch {
            return refuse(reference, runID, error, status, logger)
        }
        logger.info("run started", metadata: metadata(of: envelope, workflow, runID))
        let runner = WorkflowRunner(
            RunSetup(
                workflow: workflow, reference: reference, runID: runID, envelope: envelope, adapters: adapters,
                secrets: SecretStore(directories: options.secretDirectories, environment: environment),
                naming: environment["SCHEMA_NAMING"] == "direct" ? .direct : .snakeCase,
                isDryRun: environment["DATAOS_IS_DRY_RUN"]?.lowercased() == "true", time: time, logger: logger,
                observe: status.update))
        let run = await showing(runner) { await runner.run() }
        logger.info("run ended", metadata: metadata(of: run))
        return run.exitCode ?? .defect
    }

    private func refuse(
        _ reference: WorkflowReference, _ runID: String, _ error: NilusError, _ status: StatusOutput, _ logger: Logger
    ) -> ExitCode {
        var run = WorkflowRun(workflow: reference, runID: runID, loadID: "", nodes: [], envelope: nil)
        run.outcome = Outcome(error)
        run.startTime = time.utc()
        run.completionTime = run.startTime
        run.exitCode = error.code.exitCode
        status.update(run)
        logger.error("run refused", metadata: ["error": "\(error.line)", "code": "\(error.code.rawValue)"])
        return error.code.exitCode
    }

    private func runID() -> String { options.runID ?? RunIdentifier.make(at: time.utc()) }

    private func reference(_ manifest: Manifest, _ workflow: Workflow?) -> WorkflowReference {
        WorkflowReference(
            name: workflow?.name ?? manifest.file.name,
            version: workflow.flatMap { $0.version.isEmpty ? nil : $0.version },
            workspace: workflow?.workspace ?? environment["DATAOS_WORKSPACE"], file: manifest.file.name,
            digest: manifest.file.digest)
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

    private func printLine(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        if let display { display.writeAbove(bytes) } else { printToStandardError(bytes) }
    }

    private func logger(_ manifests: [Manifest]) -> Logger {
        let nodes = manifests.flatMap(\.reading.workflows).flatMap(\.nodes)
        // Several nodes write one log: the most talkative of them decides.
        let wanted = nodes.compactMap(\.logLevel).compactMap { Logger.Level(rawValue: $0.rawValue) }.min()
        // A terminal shows the progress instead of the usual lines.
        let level = options.logLevel ?? (display == nil ? wanted ?? .info : .warning)
        let display = display
        let handler = RunLogHandler(options.logFormat, level: level, time: time) { bytes in
            if let display { display.writeAbove(bytes) } else { printToStandardError(bytes) }
        }
        return Logger(label: "nilus") { _ in handler }
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
            "reason": "\(run.outcome.reason ?? "")", "rows": "\(run.rowsCommitted)",
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
