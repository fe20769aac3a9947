import JSON
import KubernetesAPI
import NilusCore

/// One thing to do so that the cluster becomes what a workflow asks for; doing it twice does no harm.
enum Action: Sendable, Equatable {
    /// Creates an object unless there is one of its name.
    case create(ObjectReference, JSONValue)
    /// Declares all fields of an object that the operator owns.
    case apply(ObjectReference, JSONValue)
    /// Declares fields of a `status`; with force only where the pod that owned them is gone.
    case applyStatus(ObjectReference, JSONValue, force: Bool)
    /// Deletes exactly the object with this uid.
    case delete(ObjectReference, uid: String, Propagation)
    /// Tells people what happened.
    case tell(Notice)
}

/// Something that happened to a workflow, for its Events.
struct Notice: Sendable, Equatable {
    let isWarning: Bool
    /// One CamelCase word.
    let reason: String
    let message: String
    /// What makes it one notice: the same subject again is not told again.
    let subject: String
}

/// What to do, and when to look again although nothing happened.
struct Decision: Sendable, Equatable {
    /// What makes the workflow run: each may need those before it.
    var actions: [Action] = []
    /// What is said and kept of its runs: none needs another, nor anything of ``actions``.
    var following: [Action] = []
    /// How the workflow stands once all the rest is done.
    var report: Action?
    /// The next moment that changes something by itself, such as the end of a schedule.
    var wakeAt: Timestamp?

    /// Wants another look at a moment, unless there is one earlier.
    mutating func wake(at moment: Timestamp) {
        wakeAt = min(moment, wakeAt ?? moment)
    }

    /// Has everything done in its order; what the server refuses keeps only that from being done which needs it.
    ///
    /// - Throws: the first failure; then nothing was reported, and without an answer of the server the rest was not tried.
    func carryOut(
        _ perform: (Action) async throws(ClusterFailure) -> Void
    ) async throws(ClusterFailure) {
        var first: ClusterFailure?
        for chain in [actions] + following.map({ [$0] }) {
            do throws(ClusterFailure) {
                for action in chain { try await perform(action) }
            } catch  where error.isOfOneThing {
                first = first ?? error
            }
        }
        if let first { throw first }
        if let report { try await perform(report) }
    }
}

extension ClusterFailure {
    /// Whether another request may well be answered otherwise.
    fileprivate var isOfOneThing: Bool {
        switch self {
        case .refused, .unprepared: true
        case .unreachable, .unusable, .cancelled: false
        }
    }
}
