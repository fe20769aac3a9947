import NIOCore
import NIOHTTP1

/// Turns the parts of HTTP requests into questions to the simulator, one at a time.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// Larger request bodies are cut off; only fault rules and updates have one.
    private static let bodyLimit = 1 << 20

    private let simulator: Simulator
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ simulator: Simulator) {
        self.simulator = simulator
    }

    func channelActive(context: ChannelHandlerContext) {
        simulator.ledger.connectionOpened()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let part):
            if body.count + part.readableBytes <= Self.bodyLimit { body.append(contentsOf: part.readableBytesView) }
        case .end:
            guard let head else { return }
            self.head = nil
            answer(head, context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The client went away, or sent something that is not HTTP.
        context.close(promise: nil)
    }

    private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let request = Request(
            method: head.method.rawValue, uri: head.uri,
            headers: head.headers.map { Header(name: $0.name, value: $0.value) }, body: body)
        body = []
        guard !request.path.hasPrefix(AdminRoutes.prefix) else {
            let sender = AnswerSender(context, isKeepAlive: head.isKeepAlive)
            sender.send(AdminRoutes(simulator, request).answer()) {}
            return
        }
        let pending = simulator.receive(request)
        let latency = simulator.options.latencyMilliseconds
        guard latency > 0 else { return send(pending, head.isKeepAlive, context) }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .milliseconds(Int64(latency))) {
            let (handler, context) = bound.value
            handler.send(pending, head.isKeepAlive, context)
        }
    }

    private func send(_ pending: PendingAnswer, _ isKeepAlive: Bool, _ context: ChannelHandlerContext) {
        let answer = simulator.answer(pending)
        let (ledger, operation) = (simulator.ledger, pending.route.operation)
        ledger.answered(operation, status: answer.status, bytes: answer.plannedBytes, rows: answer.rows)
        AnswerSender(context, isKeepAlive: isKeepAlive).send(answer) { ledger.end(operation) }
    }
}
