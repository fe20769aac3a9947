package import NilusCore

/// How something stands or ended: its phase, one word for machines, one sentence for people.
package struct Outcome: Sendable, Hashable {
    package let phase: Phase
    /// A CamelCase word from a closed list: ``SuccessReason`` or an `ErrorCode`'s reason.
    package let reason: String?
    package let message: String?

    package static let pending = Outcome(phase: .pending, reason: nil, message: nil)
    package static let running = Outcome(phase: .running, reason: nil, message: nil)

    /// The outcome of something that went well.
    package static func succeeded(_ reason: SuccessReason, _ message: String? = nil) -> Outcome {
        Outcome(phase: .succeeded, reason: reason.rawValue, message: message)
    }

    /// The outcome of an error: interrupted, skipped or failed, by its code.
    package init(_ error: NilusError) {
        switch error.code {
        case .interrupted: phase = .interrupted
        case .featureUnavailable, .dependencyFailed: phase = .skipped
        default: phase = .failed
        }
        reason = error.code.reason
        message = error.line
    }

    private init(phase: Phase, reason: String?, message: String?) {
        self.phase = phase
        self.reason = reason
        self.message = message
    }
}

/// Why something succeeded.
package enum SuccessReason: String, Sendable, CaseIterable {
    case completed = "Completed"
    /// The run id was committed before; nothing was done.
    case alreadyCommitted = "AlreadyCommitted"
    /// The manifest asks for a dry run; nothing was done.
    case dryRun = "DryRun"
}
