import HTTPTransport
import JSON
import NilusCore
import RequestSigning

/// Makes requests known to a catalog; fetches and renews the token where that takes one.
///
/// However many requests wait for a token, it is fetched once.
actor RESTIdentity {
    private let authentication: RESTAuthentication
    private let http: HTTPClient
    private let time: TimeSource
    private var state = TokenState()
    private var fetching: Task<TokenState.Token, any Error>?

    /// The answer of a token server is never larger, in bytes.
    private static let mostAnswerBytes = 65_536
    private static let timeout = Duration.seconds(30)

    init(_ authentication: RESTAuthentication, http: HTTPClient, time: TimeSource) {
        self.authentication = authentication
        self.http = http
        self.time = time
    }

    /// The request with what makes the job known, and the number of the token in it, if that can be renewed.
    ///
    /// - Throws: `sinkRefused` (terminal) when the client is refused, `sinkUnavailable` (transient), and what the
    ///   source of a signing key throws.
    func identified(_ request: HTTPRequest) async throws -> (request: HTTPRequest, token: Int?) {
        switch authentication {
        case .none: return (request, nil)
        case .bearer(let token): return (request.adding([], secret: [Self.bearer(token)]), nil)
        case .apiKey(let key): return (request.adding([], secret: [HTTPSecretHeader("apikey", key)]), nil)
        case .client(let client):
            let token = try await token(of: client)
            return (request.adding([], secret: [Self.bearer(token.value)]), token.number)
        case .signature(let signer, let key):
            guard let signed = signer.signed(request, with: try await key(), at: time.utc()) else {
                throw NilusError.defect(.load, "the URL of the catalog names no host")
            }
            return (signed, nil)
        }
    }

    /// Notes that the catalog refused the token of this number.
    func refused(token number: Int) {
        state.refused(number: number)
    }

    private static func bearer(_ token: Redacted<SecretBytes>) -> HTTPSecretHeader {
        HTTPSecretHeader("Authorization", prefix: "Bearer ", token)
    }

    private func token(of client: RESTClientCredentials) async throws -> TokenState.Token {
        if case .use(let token) = state.action(at: time.monotonic()) { return token }
        if let fetching { return try await fetching.value }
        let task = Task { try await fetch(client) }
        fetching = task
        defer { fetching = nil }
        return try await task.value
    }

    private func fetch(_ client: RESTClientCredentials) async throws -> TokenState.Token {
        let asked = time.monotonic()
        let answer = try await answer(to: client)
        return state.received(answer.token, lifetime: answer.lifetime, at: asked)
    }

    private func answer(to client: RESTClientCredentials) async throws -> TokenAnswer {
        let request = HTTPRequest(
            .post, url: client.tokenURL,
            headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")],
            body: .secret(client.form), maximumBodyBytes: Self.mostAnswerBytes, timeout: Self.timeout)
        let work = RESTWork("fetch a token", at: client.tokenURL)
        let response = try await http.send(request, patiently: .harmless, time: time, for: work)
        guard response.isSuccess else {
            throw NilusError.clientRefused(work, RESTRefusal(status: response.status, body: response.body))
        }
        return try work.reading { () throws(RESTDocumentFault) in try TokenAnswer(try response.document()) }
    }
}
