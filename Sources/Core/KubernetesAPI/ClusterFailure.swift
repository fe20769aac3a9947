package import NilusCore

/// Why a request to the API server has no result.
package enum ClusterFailure: Error, Sendable {
    /// The server answered and said no.
    case refused(ClusterRefusal)
    /// Nobody answered, or not completely.
    case unreachable(String)
    /// The answer is not what the API promises.
    case unusable(String)
    /// The client is not able to ask.
    case unprepared(NilusError)
    case cancelled

    /// The refusal, when the server answered.
    package var refusal: ClusterRefusal? {
        if case .refused(let refusal) = self { refusal } else { nil }
    }

    /// Whether the same request may succeed later.
    package var isTransient: Bool {
        switch self {
        case .refused(let refusal): refusal.isTransient
        case .unreachable: true
        case .unusable, .unprepared, .cancelled: false
        }
    }

    /// The error for a person; `what` completes "cannot …".
    package func worded(_ what: String) -> NilusError {
        switch self {
        case .refused(let refusal): .clusterRefused(what, refusal)
        case .unreachable(let detail): .clusterUnreachable(what, detail)
        case .unusable(let detail): .clusterAnswerUnusable(what, detail)
        case .unprepared(let error): error
        case .cancelled: .interrupted(.status)
        }
    }
}
