package import JSON
package import NilusCore

/// An answer of the API server that is not what was asked for.
package struct ClusterRefusal: Error, Sendable, Equatable {
    /// The HTTP status, or the code inside a watch.
    package let status: Int
    /// The server's CamelCase word, such as `AlreadyExists`.
    package let reason: String
    /// The server's sentence.
    package let message: String
    /// The wait that the server asks for.
    package let retryAfter: Duration?

    /// A longer text says nothing more, in characters.
    private static let longestMessage = 512
    private static let longestWaitSeconds: Int64 = 120

    /// Reads a `Status` object, the body of refusals.
    package init(status: Int, body: JSONValue?, retryAfter header: String? = nil) {
        self.status = status
        reason = body?["reason"]?.string ?? ""
        message = MessageText.withoutCredentials(body?["message"]?.string ?? "", limit: Self.longestMessage)
        let seconds = header.flatMap { Int64($0) } ?? body?["details"]?["retryAfterSeconds"]?.integer
        retryAfter = seconds.flatMap { (0...Self.longestWaitSeconds).contains($0) ? .seconds($0) : nil }
    }

    package var isNotFound: Bool { status == 404 }
    package var isForbidden: Bool { status == 403 }
    package var isUnauthorized: Bool { status == 401 }
    /// Exists already, was changed meanwhile, or belongs to another field manager.
    package var isConflict: Bool { status == 409 }
    /// What was sent will not do, whoever sends it again: a fault of its form, or a limit of the namespace.
    package var isOfContent: Bool { status == 400 || status == 422 || isForbidden }
    /// The resource version is older than what the server remembers.
    package var isExpired: Bool { status == 410 || reason == "Expired" || reason == "Gone" }
    /// Whether the same request may succeed a little later.
    package var isTransient: Bool { status == 429 || status >= 500 && status != 501 }
}

extension NilusError {
    /// The API server refused; `what` completes "cannot …".
    package static func clusterRefused(_ what: String, _ refusal: ClusterRefusal) -> NilusError {
        let said = refusal.message.isEmpty ? refusal.reason : refusal.message
        let code: ErrorCode =
            switch refusal.status {
            case 401, 403: .permissionMissing
            case _ where refusal.isTransient: .clusterUnavailable
            default: .clusterRefused
            }
        return NilusError(
            .status, code,
            "cannot \(what): the API server answered \(refusal.status)\(said.isEmpty ? "" : ": \(said)")",
            cause: refusal)
    }

    /// The API server cannot be reached or did not answer; `what` completes "cannot …".
    package static func clusterUnreachable(_ what: String, _ detail: String) -> NilusError {
        NilusError(.status, .clusterUnavailable, "cannot \(what): no answer from the API server: \(detail)")
    }

    /// The API server answered something that this program does not understand.
    package static func clusterAnswerUnusable(_ what: String, _ detail: String) -> NilusError {
        NilusError(.status, .clusterRefused, "cannot \(what): the API server answered \(detail)")
    }
}
