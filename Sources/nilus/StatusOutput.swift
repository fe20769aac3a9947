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
    private let runs = Mutex<[WorkflowRun]>([])

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
        runs.withLock { runs in
            if let position = runs.firstIndex(where: { $0.workflow == run.workflow }) {
                guard runs[position].revision <= run.revision else { return }
                runs[position] = run
            } else {
                runs.append(run)
            }
            if let path { write(runs, to: path) }
        }
        reporter?.update(run)
    }

    /// Writes what is only written at the end: standard output, the termination message of a pod, the last report.
    func finish(_ exitCode: ExitCode) async {
        writeEnd(exitCode)
        await reporter?.finish()
    }

    private func writeEnd(_ exitCode: ExitCode) {
        let all = runs.withLock { $0 }
        guard !all.isEmpty else { return }
        if path == nil { printBytes(StatusDocument.bytes(all, as: .yaml)) }
        guard let terminationPath, access(terminationPath, W_OK) == 0 else { return }
        let message = TerminationMessage.bytes(all, exitCode: exitCode)
        do throws(SystemError) {
            try Files.overwrite(terminationPath, with: message)
        } catch {
            logger.warning("termination message not written", metadata: ["error": "\(error)"])
        }
    }

    private func write(_ runs: [WorkflowRun], to path: String) {
        do throws(SystemError) {
            // A state on the way is worth nothing after a crash of the machine: waiting for the disk would only delay.
            try Files.replace(
                path, with: StatusDocument.bytes(runs, as: StatusDocument.Format(path: path)),
                isDurable: runs.allSatisfy(\.outcome.phase.isFinal))
        } catch {
            // The data matters more than the report on it.
            logger.warning("status not written", metadata: ["path": "\(path)", "error": "\(error)"])
        }
    }
}
