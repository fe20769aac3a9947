import CCurl
import NilusCore

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
        let body = WholeBody(limit: request.maximumBodyBytes)
        let transfer = CurlTransfer(request, receiver: body)
        let head = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                transfer.onCompletion { continuation.resume(with: $0) }
                worker.submit(transfer)
            }
        } onCancel: {
            worker.cancel(transfer)
        }
        return HTTPResponse(status: head.status, headers: head.headers, body: body.sealed())
    }

    /// Sends a request whose answer is read piece by piece while it arrives, such as a watch that lasts for hours.
    ///
    /// Not the answer as a whole but every silence in it is bounded by `HTTPRequest.timeout`. At most
    /// `HTTPRequest.maximumBodyBytes` wait for the reader; after that, the server waits.
    ///
    /// - Returns: the stream, as soon as the header lines are there, whatever the status.
    /// - Throws: `HTTPFailure`, or `CancellationError` when the task is cancelled meanwhile.
    package func open(_ request: HTTPRequest) async throws -> HTTPStream {
        let buffer = StreamBuffer(limit: request.maximumBodyBytes)
        let transfer = CurlTransfer(request, receiver: buffer, idleTimeout: request.timeout)
        transfer.onCompletion { buffer.finish($0.map { _ in }) }
        let connection = StreamConnection(client: self, worker: worker, transfer: transfer)
        let head = try await withTaskCancellationHandler {
            worker.submit(transfer)
            return try await buffer.head()
        } onCancel: {
            worker.cancel(transfer)
        }
        return HTTPStream(head, buffer, connection)
    }
}
