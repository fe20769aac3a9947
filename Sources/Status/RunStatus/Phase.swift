/// How far a run, a node or an endpoint has come.
package enum Phase: String, Sendable, CaseIterable {
    case pending = "Pending"
    case running = "Running"
    case succeeded = "Succeeded"
    case failed = "Failed"
    case interrupted = "Interrupted"
    /// Not run, and nothing was changed: a dependency failed, or the account lacks the feature.
    case skipped = "Skipped"

    /// Whether nothing more will happen.
    package var isFinal: Bool {
        switch self {
        case .pending, .running: false
        case .succeeded, .failed, .interrupted, .skipped: true
        }
    }
}
