import HTTPTransport
import NilusCore

/// How often and when a request is sent again.
///
/// Decisions only; ``RESTSession`` waits and sends. A request that changes a table is repeated only when the catalog provably did nothing: it was not
/// reached, or says that it has too much to do. Everything else may be repeated after any failure that
/// passes by itself.
struct RESTPatience: Sendable {
    /// What became of a request.
    enum Outcome: Sendable {
        case status(Int, retryAfter: Duration?)
        case failure(HTTPFailure)
    }

    /// Whether a request does the same when it is done twice.
    enum Repetition: Sendable {
        case harmless
        /// A commit: a second one could do something else.
        case harmful
    }

    /// Tries of one request.
    static let mostAttempts = 5
    private static let firstPause = Duration.milliseconds(500)
    /// The longest time that a catalog may ask us to wait.
    private static let longestPause = Duration.seconds(60)

    /// How long to wait before the next attempt; `nil` when there is to be none.
    ///
    /// `attempt` counts from 1.
    static func pause(after outcome: Outcome, attempt: Int, _ repetition: Repetition) -> Duration? {
        guard attempt < mostAttempts else { return nil }
        let usual = firstPause * (1 << (attempt - 1))
        switch outcome {
        case .failure(let failure):
            guard failure.isTransient, repetition == .harmless || !failure.mayHaveArrived else { return nil }
            return usual
        case .status(let status, let retryAfter):
            let isRepeatable = status == 429 || (repetition == .harmless && [500, 502, 503, 504].contains(status))
            guard isRepeatable else { return nil }
            return min(max(usual, retryAfter ?? .zero), longestPause)
        }
    }
}

extension HTTPResponse {
    /// What `Retry-After` asks for, where it is a number of seconds (RFC 9110, section 10.2.3).
    var retryAfter: Duration? {
        headers["retry-after"].flatMap { Int64($0) }.flatMap { $0 >= 0 ? .seconds(min($0, 86_400)) : nil }
    }
}
