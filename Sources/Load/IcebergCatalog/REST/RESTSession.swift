import HTTPTransport
import JSON
import NilusCore

/// One request to a catalog.
struct RESTRequest: Sendable {
    let method: HTTPMethod
    let url: String
    var body: JSONValue?
    var headers: [HTTPHeader] = []
    var repetition = RESTPatience.Repetition.harmless

    init(
        _ method: HTTPMethod, _ url: String, body: JSONValue? = nil, headers: [HTTPHeader] = [],
        repetition: RESTPatience.Repetition = .harmless
    ) {
        self.method = method
        self.url = url
        self.body = body
        self.headers = headers
        self.repetition = repetition
    }
}

/// Sends requests to one catalog: makes itself known, and repeats what may be repeated.
struct RESTSession: Sendable {
    private let identity: RESTIdentity
    private let http: HTTPClient
    private let time: TimeSource
    private let timeout: Duration

    /// The largest answer, in bytes; ten thousand snapshots take some 10 MB.
    private static let mostAnswerBytes = 67_108_864

    init(
        _ authentication: RESTAuthentication, timeout: Duration = RESTConnection.standardTimeout, http: HTTPClient,
        time: TimeSource
    ) {
        identity = RESTIdentity(authentication, http: http, time: time)
        self.http = http
        self.time = time
        self.timeout = timeout
    }

    /// Sends a request until there is an answer that another attempt would not change.
    ///
    /// - Throws: `HTTPFailure` when there is none; `NilusError` when the job cannot make itself known;
    ///   `CancellationError`.
    func answer(to request: RESTRequest) async throws -> HTTPResponse {
        var (response, token) = try await send(request)
        if let number = token, RESTRefusal(status: response.status, body: response.body).isAboutIdentity {
            // The catalog did nothing; a token that ended early is no reason to fail.
            await identity.refused(token: number)
            (response, token) = try await send(request)
        }
        return response
    }

    private func send(_ request: RESTRequest) async throws -> (HTTPResponse, token: Int?) {
        let type = request.body == nil ? [] : [HTTPHeader("Content-Type", "application/json")]
        let message = HTTPRequest(
            request.method, url: request.url,
            headers: type + [HTTPHeader("Accept", "application/json")] + request.headers,
            body: request.body.map { .bytes($0.compactBytes) }, maximumBodyBytes: Self.mostAnswerBytes,
            timeout: timeout)
        let (identified, token) = try await identity.identified(message)
        return (try await http.send(identified, patiently: request.repetition, time: time), token)
    }
}

extension HTTPClient {
    /// Sends a request again while that may help.
    ///
    /// - Throws: the last `HTTPFailure`; `CancellationError`.
    func send(
        _ request: HTTPRequest, patiently repetition: RESTPatience.Repetition, time: TimeSource
    ) async throws -> HTTPResponse {
        var attempt = 1
        while true {
            let outcome: Result<HTTPResponse, HTTPFailure>
            do { outcome = .success(try await send(request)) } catch let failure as HTTPFailure {
                outcome = .failure(failure)
            }
            guard let pause = RESTPatience.pause(after: outcome.outcome, attempt: attempt, repetition) else {
                return try outcome.get()
            }
            try await time.sleep(pause)
            attempt += 1
        }
    }

    /// The same, with an error that says what was being done.
    func send(
        _ request: HTTPRequest, patiently repetition: RESTPatience.Repetition, time: TimeSource, for work: RESTWork
    ) async throws -> HTTPResponse {
        do { return try await send(request, patiently: repetition, time: time) } catch let failure as HTTPFailure {
            throw NilusError.catalogUnreachable(work, failure)
        }
    }
}

extension Result<HTTPResponse, HTTPFailure> {
    fileprivate var outcome: RESTPatience.Outcome {
        switch self {
        case .success(let response): .status(response.status, retryAfter: response.retryAfter)
        case .failure(let failure): .failure(failure)
        }
    }
}

extension HTTPResponse {
    /// The body as JSON.
    func document() throws(RESTDocumentFault) -> JSONValue {
        do throws(JSONError) {
            return try JSONParserPool().parse(body).withRoot { root throws(JSONError) in try JSONValue(root) }
        } catch {
            throw RESTDocumentFault("it is no JSON: \(error)")
        }
    }
}
