/// An answer that is read while it arrives; used by one task at a time.
///
/// A stream that is dropped before its end is given up, and its connection with it.
package final class HTTPStream: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    private let buffer: StreamBuffer
    private let connection: StreamConnection

    init(_ head: HTTPHead, _ buffer: StreamBuffer, _ connection: StreamConnection) {
        status = head.status
        headers = head.headers
        self.buffer = buffer
        self.connection = connection
    }

    deinit { connection.close() }

    /// The next piece of the body, never an empty one.
    ///
    /// - Returns: `nil` at the end of a complete answer.
    /// - Throws: `HTTPFailure` when the answer breaks off or stays silent for too long, or
    ///   `CancellationError` when the task is cancelled meanwhile.
    package func next() async throws -> [UInt8]? {
        try await withTaskCancellationHandler {
            let taken = try await buffer.take()
            if taken?.hasRoomAgain == true { connection.goOn() }
            return taken?.piece
        } onCancel: {
            connection.close()
        }
    }
}

/// The way back from a stream to the thread that feeds it.
struct StreamConnection: Sendable {
    /// Held so that the client outlives its streams.
    let client: HTTPClient
    let worker: CurlWorker
    let transfer: CurlTransfer

    func goOn() { worker.resume(transfer) }
    func close() { worker.cancel(transfer) }
}
