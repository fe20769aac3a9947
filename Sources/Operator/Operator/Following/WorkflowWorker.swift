import KubernetesAPI
import Logging
import NilusCore
import WorkflowManifest

/// Looks at one workflow after another: decides, does it, and looks again when something changed.
struct WorkflowWorker: Sendable {
    let performer: ActionPerformer
    let settings: OperatorSettings
    let abilities: ClusterAbilities
    let read: ReadManifest
    let mirror: ClusterMirror
    let queue: WorkQueue
    let time: TimeSource
    let logger: Logger
    let meter: OperatorMeter
    let health: OperatorHealth
    /// Whether this operator still leads.
    let mayAct: @Sendable () -> Bool

    /// Works until the task is cancelled; begins when every kind was listed once.
    func run(when kinds: Set<ClusterMirror.Kind>) async throws {
        while true {
            let key = try await queue.next()
            guard mirror.isComplete(kinds) else {
                // What has not been listed yet must not be taken for missing.
                queue.add(key, at: time.monotonic() + .milliseconds(100))
                continue
            }
            health.worked()
            guard mayAct() else { throw NilusError.noLongerLeading() }
            try await look(at: key)
        }
    }

    private func look(at key: WorkflowKey) async throws {
        guard let situation = mirror.situation(of: key) else { return }
        // Kubernetes keeps whole seconds.
        let now = Timestamp(seconds: time.utc().seconds) ?? time.utc()
        meter.count(.reconciliations)
        let reconciliation = Reconciliation(
            situation: situation, settings: settings, abilities: abilities, read: read, now: now)
        let decision = reconciliation.decide()
        do throws(ClusterFailure) {
            try await performer.perform(decision, for: situation.workflow)
            queue.succeeded(key)
        } catch .cancelled {
            throw CancellationError()
        } catch {
            await note(error, reconciliation, key)
            queue.retry(key, chance: Double.random(in: 0..<1))
        }
        if let moment = decision.wakeAt {
            queue.add(key, at: time.monotonic() + .microseconds(moment.microseconds - now.microseconds))
        }
    }

    /// Logs a failure; what only a person can change also becomes the status of the workflow.
    private func note(_ failure: ClusterFailure, _ reconciliation: Reconciliation, _ key: WorkflowKey) async {
        let error = failure.worded("reconcile workflow '\(key.name)'")
        meter.count(.reconciliationFailures)
        logger.warning(
            "workflow not reconciled",
            metadata: ["namespace": "\(key.namespace)", "workflow": "\(key.name)", "error": "\(error.line)"])
        guard failure.isForPeople else { return }
        do throws(ClusterFailure) {
            try await performer.perform(reconciliation.refused(error), for: reconciliation.workflow)
        } catch {
            logger.debug("refusal not told", metadata: ["error": "\(error.worded("tell of it").line)"])
        }
    }
}

extension ClusterFailure {
    /// Whether only a person can change it: what the server will not have, or what is not sent to it at all.
    fileprivate var isForPeople: Bool {
        switch self {
        case .refused(let refusal): refusal.isOfContent
        case .unprepared: true
        case .unreachable, .unusable, .cancelled: false
        }
    }
}

extension NilusError {
    /// Somebody else may lead now, or the API server cannot be reached: whatever is done next might be done twice.
    static func noLongerLeading() -> NilusError {
        NilusError(
            .status, .clusterUnavailable,
            "cannot go on as operator: the Lease was not renewed in time; it starts again and waits for its turn")
    }
}
