import Glibc
import KubernetesStatus
import Logging
import NilusCore
import RunStatus
import Synchronization

/// Where the status of all workflows of this process goes.
final class StatusOutput: Sendable {
    private let path: String?
    /// `nil` outside of a pod.
    private let terminationPath: String?
    private let logger: Logger
    private let reporter: ClusterReporter?
    private let state = Mutex(State())

    private struct State {
        var runs: [WorkflowRun] = []
        /// Whether the file holds the newest state.
        var isFileWritten = false
        var isFaultTold = false
    }

    /// What a pod with another `terminationMessagePath` than the usual one sets.
    private static let terminationVariable = "NILUS_TERMINATION_LOG"

    /// - Parameters: see `RunCommand.status`; without a path the platform's work folder, then standard output.
    init(path: String?, environment: EnvironmentVariables, time: TimeSource, logger: Logger) {
        self.path = path ?? environment["DATAOS_WORK_DIR"].map { "\($0)/status.yaml" }
        let isInPod = environment["KUBERNETES_SERVICE_HOST"] != nil
        terminationPath = isInPod ? environment[Self.terminationVariable] ?? TerminationMessage.path : nil
        self.logger = logger
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
            if let position = state.runs.firstIndex(where: { $0.workflow == run.workflow }) {
                guard state.runs[position].revision <= run.revision else { return }
                state.runs[position] = run
            } else {
                state.runs.append(run)
            }
            if let path { write(&state, to: path) }
        }
        reporter?.update(run)
    }

    /// Writes what is only written at the end: standard output, also in place of a file that cannot be written, the
    /// termination message of a pod, the last report.
    func finish(_ exitCode: ExitCode) async {
        writeEnd(exitCode)
        await reporter?.finish()
    }

    private func writeEnd(_ exitCode: ExitCode) {
        let (all, isFileWritten) = state.withLock { ($0.runs, $0.isFileWritten) }
        guard !all.isEmpty else { return }
        if !isFileWritten { printBytes(StatusDocument.bytes(all, as: path.map(StatusDocument.Format.init) ?? .yaml)) }
        guard let terminationPath, access(terminationPath, W_OK) == 0 else { return }
        let message = TerminationMessage.bytes(all, exitCode: exitCode)
        do throws(SystemError) {
            try Files.overwrite(terminationPath, with: message)
        } catch {
            logger.warning("termination message not written", metadata: ["error": "\(error)"])
        }
    }

    private func write(_ state: inout State, to path: String) {
        do throws(SystemError) {
            // A state on the way is worth nothing after a crash of the machine: waiting for the disk would only delay.
            try Files.replace(
                path, with: StatusDocument.bytes(state.runs, as: StatusDocument.Format(path: path)),
                isDurable: state.runs.allSatisfy(\.outcome.phase.isFinal))
            state.isFileWritten = true
        } catch {
            state.isFileWritten = false
            guard !state.isFaultTold else { return }
            state.isFaultTold = true
            // The data matters more than the report on it.
            logger.warning("status not written", metadata: ["path": "\(path)", "error": "\(error)"])
        }
    }
}
