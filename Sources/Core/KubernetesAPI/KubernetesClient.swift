import HTTPTransport
import JSON
package import NilusCore

/// Speaks to one API server: reads, writes and watches resources.
///
/// A busy or silent server is asked again within a bounded time; a refused token is read again from its file once.
/// Every request may be repeated: names are given by the caller, so that a second creation is refused as a conflict.
package final class KubernetesClient: Sendable {
    /// Whom the client speaks to.
    package let connection: ClusterConnection
    private let http: HTTPClient
    private let token: AccessToken
    private let patience: RequestPatience
    private let time: TimeSource
    private let chance: @Sendable () -> Double
    private let parsers = JSONParserPool()

    /// A client of an API server.
    ///
    /// - Throws: `configurationInvalid` (terminal) when a certificate file cannot be read.
    package init(
        _ connection: ClusterConnection, patience: RequestPatience = .usual, time: TimeSource,
        chance: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) throws(NilusError) {
        self.connection = connection
        self.patience = patience
        self.time = time
        self.chance = chance
        token = AccessToken(connection.credential)
        http = HTTPClient(try connection.httpConfiguration())
    }

    private init(sharing client: KubernetesClient, patience: RequestPatience) {
        connection = client.connection
        http = client.http
        token = client.token
        time = client.time
        chance = client.chance
        self.patience = patience
    }

    /// The same client, its connections and its token, with another patience.
    package func with(_ patience: RequestPatience) -> KubernetesClient {
        KubernetesClient(sharing: self, patience: patience)
    }

    /// Sends a request until it is answered for good.
    func exchange(_ request: ClusterRequest) async throws(ClusterFailure) -> HTTPResponse {
        let start = time.monotonic()
        var failures = 0
        while true {
            let failure: ClusterFailure
            do throws(ClusterFailure) {
                return try await attempt(request)
            } catch {
                failure = error
            }
            guard failure.isTransient else { throw failure }
            failures += 1
            let delay = patience.delay(
                afterFailures: failures, elapsed: time.monotonic() - start, requested: failure.refusal?.retryAfter,
                chance: chance())
            guard let delay else { throw failure }
            try await wait(delay)
        }
    }

    /// Sends a request once, or twice when its token was renewed meanwhile.
    private func attempt(_ request: ClusterRequest) async throws(ClusterFailure) -> HTTPResponse {
        var isRenewed = false
        while true {
            let bearer = try prepared { () throws(NilusError) in try token.current() }
            let response = try await reached { try await self.http.send(self.http(request, bearer)) }
            if response.isSuccess { return response }
            if response.status == 401, !isRenewed,
                try prepared({ () throws(NilusError) in try token.renew(insteadOf: bearer) })
            {
                isRenewed = true
                continue
            }
            let body = try? value(response)
            throw .refused(
                ClusterRefusal(status: response.status, body: body, retryAfter: response.headers["retry-after"]))
        }
    }

    /// Opens an answer that lasts; the refusal of one is read like any other.
    func open(_ request: ClusterRequest) async throws(ClusterFailure) -> HTTPStream {
        var isRenewed = false
        while true {
            let bearer = try prepared { () throws(NilusError) in try token.current() }
            let stream = try await reached { try await self.http.open(self.http(request, bearer)) }
            if (200..<300).contains(stream.status) { return stream }
            if stream.status == 401, !isRenewed,
                try prepared({ () throws(NilusError) in try token.renew(insteadOf: bearer) })
            {
                isRenewed = true
                continue
            }
            throw .refused(await refusal(stream))
        }
    }

    private func refusal(_ stream: HTTPStream) async -> ClusterRefusal {
        var text: [UInt8] = []
        // The body only explains; without it the status speaks.
        while text.count < 65_536, let piece = try? await stream.next() { text += piece }
        return ClusterRefusal(
            status: stream.status, body: try? JSONValue(parsing: text), retryAfter: stream.headers["retry-after"])
    }

    private func http(_ request: ClusterRequest, _ bearer: Redacted<SecretBytes>?) -> HTTPRequest {
        var headers = [HTTPHeader("Accept", "application/json")]
        if request.body != nil { headers.append(HTTPHeader("Content-Type", request.contentType)) }
        return HTTPRequest(
            request.method, url: connection.server + request.target, headers: headers, bearer: bearer,
            body: request.body, maximumBodyBytes: request.maximumBodyBytes,
            timeout: request.timeout ?? patience.attempt)
    }

    /// The JSON of an answer.
    func value(_ response: HTTPResponse) throws(ClusterFailure) -> JSONValue {
        do throws(JSONError) {
            let document = try parsers.parse(response.body)
            return try document.withRoot { root throws(JSONError) in try JSONValue(root) }
        } catch {
            throw .unusable("something that is no JSON (\(error.description))")
        }
    }

    private func prepared<Value>(_ prepare: () throws(NilusError) -> Value) throws(ClusterFailure) -> Value {
        do throws(NilusError) {
            return try prepare()
        } catch {
            throw .unprepared(error)
        }
    }

    private func reached<Value>(_ send: () async throws -> Value) async throws(ClusterFailure) -> Value {
        do {
            return try await send()
        } catch {
            throw ClusterFailure(error)
        }
    }

    private func wait(_ delay: Duration) async throws(ClusterFailure) {
        do {
            try await time.sleep(delay)
        } catch {
            throw .cancelled
        }
    }
}

extension ClusterFailure {
    /// What a failure of the transport means here.
    init(_ error: any Error) {
        switch error {
        case let known as ClusterFailure: self = known
        case is CancellationError: self = .cancelled
        case let failure as HTTPFailure where failure.isTransient: self = .unreachable(failure.description)
        case let failure as HTTPFailure:
            self = .unprepared(
                NilusError(
                    .status, .configurationInvalid, "cannot speak to the API server: \(failure.description)",
                    cause: failure))
        default: self = .unprepared(.unexpected(.status, error))
        }
    }
}

extension ClusterConnection {
    fileprivate func httpConfiguration() throws(NilusError) -> HTTPConfiguration {
        var file: String?
        var certificates: [UInt8]?
        switch authority {
        case nil: break
        case .file(let path): file = path
        case .text(let text): certificates = text.expose().withBytes { Array($0) }
        }
        return HTTPConfiguration(
            userAgent: ProgramVersion.userAgent, certificateFile: file, certificates: certificates,
            identity: try identity(), maximumConnections: ClusterLimits.connections)
    }

    private func identity() throws(NilusError) -> HTTPClientIdentity? {
        guard case .certificate(let certificate, let key) = credential else { return nil }
        if case .file(let certificateFile) = certificate, case .file(let keyFile) = key {
            return .files(certificate: certificateFile, key: keyFile)
        }
        return .memory(certificate: try certificate.bytes().expose().withBytes { Array($0) }, key: try key.bytes())
    }
}

extension PEMText {
    /// Longest file, in bytes.
    private static let largestFile = 1_048_576

    fileprivate func bytes() throws(NilusError) -> Redacted<SecretBytes> {
        switch self {
        case .text(let text): return text
        case .file(let path):
            do throws(SystemError) {
                var content = try Files.read(path, limit: Self.largestFile)
                return Redacted(SecretBytes(wiping: &content))
            } catch {
                throw NilusError(.status, .configurationInvalid, "cannot read certificate file '\(path)': \(error)")
            }
        }
    }
}
