package import NilusCore

/// How something stands or ended: its phase, one word for machines, one sentence for people.
package struct Outcome: Sendable, Hashable {
    package let phase: Phase
    /// A CamelCase word from a closed list: ``SuccessReason`` or an `ErrorCode`'s reason.
    package let reason: String?
    package let message: String?
    /// How the service that refused calls the request, for its support.
    package let requestID: String?

    /// Longest request id that is shown, in characters; those in use have some twenty.
    private static let longestRequestID = 128

    package static let pending = Outcome(phase: .pending)
    package static let running = Outcome(phase: .running)

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
        requestID = error.requestID.map { String($0.prefix(Self.longestRequestID)) }
    }

    private init(phase: Phase, reason: String? = nil, message: String? = nil) {
        self.phase = phase
        self.reason = reason
        self.message = message
        requestID = nil
    }
}

extension Outcome {
    /// The outcome of a whole: the gravest error and how many more there are, else what its parts have in common.
    ///
    /// Parts that were skipped without an error decide nothing.
    package init(summing errors: [NilusError], of parts: [Outcome]) {
        let exit = ExitCode.combined(errors.map(\.code.exitCode))
        guard var worst = errors.first(where: { $0.code.exitCode == exit }) else {
            self.init(ofSucceeded: parts.filter { $0.phase == .succeeded })
            return
        }
        if errors.count > 1 { worst.message += " (and \(errors.count - 1) more)" }
        self.init(worst)
    }

    private init(ofSucceeded parts: [Outcome]) {
        guard let first = parts.first, parts.allSatisfy({ $0.reason == first.reason }) else {
            self = .succeeded(.completed)
            return
        }
        self.init(
            phase: .succeeded, reason: first.reason,
            message: parts.allSatisfy { $0.message == first.message } ? first.message : nil)
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
