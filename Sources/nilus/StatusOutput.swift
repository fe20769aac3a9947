import Glibc
import KubernetesStatus
import Logging
import NilusCore
import RunStatus
import Synchronization

/// Where the status of all workflows of this process goes.
final class StatusOutput: Sendable {
    private let file: StatusFile?
    /// `nil` outside of a pod.
    private let terminationPath: String?
    private let logger: Logger
    private let reporter: ClusterReporter?
    private let time: TimeSource
    private let state = Mutex(State())

    private struct State {
        var runs: [WorkflowRun] = []
        /// How the process ends, once the last word is said; nothing is written after it.
        var exitCode: ExitCode?
        /// Whether the file holds the newest state.
        var isFileWritten = false
        var isFaultTold = false
    }

    /// What a pod with another `terminationMessagePath` than the usual one sets.
    private static let terminationVariable = "NILUS_TERMINATION_LOG"

    /// - Parameters: see `RunCommand.status`; without a path the platform's work folder, then standard output.
    init(path: String?, environment: EnvironmentVariables, time: TimeSource, logger: Logger) {
        file = (path ?? environment["DATAOS_WORK_DIR"].map { "\($0)/status.yaml" }).map(StatusFile.init)
        let isInPod = environment["KUBERNETES_SERVICE_HOST"] != nil
        terminationPath = isInPod ? environment[Self.terminationVariable] ?? TerminationMessage.path : nil
        self.logger = logger
        self.time = time
        reporter = PodIdentity(environment).reporter(environment: environment, time: time) { fault in
            // The data matters more than the report on it.
            logger.warning("status not reported", metadata: ["error": "\(fault)"])
        }
        reporter?.start()
    }

    /// Takes over a state of a run, unless a newer one is known, and writes the file.
    func update(_ run: WorkflowRun) {
        // Written under the lock: several endpoints change their phase at the same time.
        state.withLock { state in
            guard state.exitCode == nil else { return }
            if let position = state.runs.firstIndex(where: { $0.workflow == run.workflow }) {
                guard state.runs[position].revision <= run.revision else { return }
                state.runs[position] = run
            } else {
                state.runs.append(run)
            }
            if let file, !file.isStream { write(&state, to: file) }
        }
        reporter?.update(run)
    }

    /// Writes what is only written at the end: the termination message of a pod, standard output, also in place of a
    /// file that cannot be written, the last report.
    func finish(_ exitCode: ExitCode) async {
        // Under the lock, so that a process that is stopped meanwhile leaves no part of a message behind.
        state.withLock { end(&$0, exitCode) }
        await reporter?.finish()
    }

    /// Writes how things stand, those as interrupted that have not ended, for a process that ends when this returns.
    ///
    /// The API server is not told: asking it takes time, and the operator knows from the pod.
    ///
    /// - Returns: the code with which to end; that of the last word, when it is said already.
    func stop() -> ExitCode {
        let code = state.withLock { state in
            if let code = state.exitCode { return code }
            state.runs = state.runs.map { $0.interrupted(at: time.utc()) }
            let code = ExitCode.combined(state.runs.compactMap(\.exitCode) + [.tryAgain])
            state.isFileWritten = false
            end(&state, code)
            return code
        }
        logger.warning("run stopped at once", metadata: ["exit-code": "\(code.rawValue)"])
        return code
    }

    /// Says the last word, the message first on which Kubernetes waits.
    private func end(_ state: inout State, _ exitCode: ExitCode) {
        guard state.exitCode == nil else { return }
        state.exitCode = exitCode
        guard !state.runs.isEmpty else { return }
        writeTerminationMessage(state.runs, exitCode)
        if let file, !state.isFileWritten { write(&state, to: file) }
        guard !state.isFileWritten else { return }
        printBytes(StatusDocument.bytes(state.runs, as: file?.format ?? .yaml))
    }

    private func writeTerminationMessage(_ runs: [WorkflowRun], _ exitCode: ExitCode) {
        guard let terminationPath, access(terminationPath, W_OK) == 0 else { return }
        do throws(SystemError) {
            try Files.overwrite(terminationPath, with: TerminationMessage.bytes(runs, exitCode: exitCode))
        } catch {
            logger.warning("termination message not written", metadata: ["error": "\(error)"])
        }
    }

    private func write(_ state: inout State, to file: StatusFile) {
        do throws(SystemError) {
            // A state on the way is worth nothing after a crash of the machine: waiting for the disk would only delay.
            try file.write(
                StatusDocument.bytes(state.runs, as: file.format),
                isDurable: state.runs.allSatisfy(\.outcome.phase.isFinal))
            state.isFileWritten = true
        } catch {
            state.isFileWritten = false
            guard !state.isFaultTold else { return }
            state.isFaultTold = true
            // The data matters more than the report on it.
            logger.warning("status not written", metadata: ["path": "\(file.path)", "error": "\(error)"])
        }
    }
}
