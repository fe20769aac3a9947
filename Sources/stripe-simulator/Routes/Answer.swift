import NIOCore

/// What is sent back.
struct Answer {
    var status: Int
    var headers: [Header]
    var body: ByteBuffer
    /// The number of objects in a list, for the statistics.
    var rows = 0
    var delivery = Delivery.whole

    /// The bytes of the body that will be sent if the client takes them.
    var plannedBytes: Int {
        switch delivery {
        case .whole, .slow, .stall: body.readableBytes
        case .cutBefore: 0
        case .cutAfter(let bytes): min(bytes, body.readableBytes)
        case .endless(let bytes): max(bytes ?? 0, body.readableBytes)
        }
    }
}

/// A request that was admitted or refused, and waits for its answer.
struct PendingAnswer: Sendable {
    let request: Request
    let route: Route
    let requestID: String
    /// Who asks, when that is known, or why nothing is answered.
    let credentials: Result<Credentials, APIError>
    let version: String
    let plan: FaultPlan
    /// The second of the answer's `Date`.
    let now: Int
}
