import CCurl
package import NilusCore

/// Sends requests over shared connections; one libcurl multi handle on one thread does the work.
///
/// Connections are kept alive and, over TLS, HTTP/2 is used when the server offers it. Redirects are
/// not followed: an answer of 3xx is returned as it is, so no credential travels to another host.
package final class HTTPClient: Sendable {
    private let worker: CurlWorker

    package init(_ configuration: HTTPConfiguration) {
        worker = CurlWorker(configuration)
        worker.start()
    }

    deinit { worker.stop() }

    /// Sends a request and waits for the complete answer, whatever its status.
    ///
    /// - Throws: `HTTPFailure`, or `CancellationError` when the task is cancelled meanwhile.
    package func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let transfer = CurlTransfer(request)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                transfer.onCompletion { continuation.resume(with: $0) }
                worker.submit(transfer)
            }
        } onCancel: {
            worker.cancel(transfer)
        }
    }
}

/// What all requests of a client share.
package struct HTTPConfiguration: Sendable {
    package let userAgent: String
    /// A PEM file of trusted certificates instead of the system's.
    package let certificateFile: String?
    /// A directory of trusted certificates instead of the system's.
    package let certificateDirectory: String?
    /// Upper bound of connections to one host.
    package let maximumConnections: Int

    package init(
        userAgent: String, certificateFile: String? = nil, certificateDirectory: String? = nil, maximumConnections: Int
    ) {
        self.userAgent = userAgent
        self.certificateFile = certificateFile
        self.certificateDirectory = certificateDirectory
        self.maximumConnections = maximumConnections
    }

    /// The configuration that the environment asks for; libcurl itself reads `HTTPS_PROXY` and `NO_PROXY`.
    package init(userAgent: String, environment: EnvironmentVariables, maximumConnections: Int) {
        let authorities = CertificateAuthorities(environment: environment)
        self.init(
            userAgent: userAgent,
            certificateFile: authorities.file,
            certificateDirectory: authorities.directory,
            maximumConnections: maximumConnections)
    }
}
