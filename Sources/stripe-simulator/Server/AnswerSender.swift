import NIOCore
import NIOHTTP1

/// Sends an answer, whole or in one of the ways that go wrong.
struct AnswerSender {
    /// Blanks sent at once by an answer that does not end.
    private static let endlessPart = 1 << 16
    /// Parts a second of an answer that is sent slowly.
    private static let slowPartsPerSecond = 20

    private let context: ChannelHandlerContext
    private let isKeepAlive: Bool

    init(_ context: ChannelHandlerContext, isKeepAlive: Bool) {
        self.context = context
        self.isKeepAlive = isKeepAlive
    }

    /// Sends the answer and calls `done` when it has left or cannot leave.
    func send(_ answer: Answer, _ done: @escaping @Sendable () -> Void) {
        let bytes = answer.body.readableBytes
        switch answer.delivery {
        case .whole:
            writeHead(answer)
            writeBody(answer.body)
            end(done)
        case .cutBefore:
            context.close(promise: nil)
            done()
        case .cutAfter(let count):
            writeHead(answer)
            let part = min(count, bytes)
            let sent = context.writeAndFlush(bodyPart(answer.body.getSlice(at: answer.body.readerIndex, length: part)))
            close(after: sent, done)
        case .slow(let rate):
            writeHead(answer)
            let part = max(rate / Self.slowPartsPerSecond, 1)
            let pause = TimeAmount.nanoseconds(Int64(part) * 1_000_000_000 / Int64(rate))
            sendParts(answer.body, of: part, pause, done)
        case .stall(let milliseconds, let count):
            writeHead(answer)
            var rest = answer.body
            let first = rest.readSlice(length: min(count, bytes))
            context.writeAndFlush(bodyPart(first), promise: nil)
            later(.milliseconds(Int64(milliseconds))) { sender in
                sender.writeBody(rest)
                sender.end(done)
            }
        case .endless(let limit):
            writeHead(answer, isEndless: true)
            writeBody(answer.body)
            sendBlanks(limit.map { max($0 - bytes, 0) } ?? Int.max, done)
        }
    }

    // MARK: - Parts

    private func writeHead(_ answer: Answer, isEndless: Bool = false) {
        var headers = HTTPHeaders()
        headers.reserveCapacity(answer.headers.count + 2)
        for header in answer.headers { headers.add(name: header.name, value: header.value) }
        if !isEndless { headers.add(name: "Content-Length", value: "\(answer.body.readableBytes)") }
        if !isKeepAlive { headers.add(name: "Connection", value: "close") }
        let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status), headers: headers)
        context.write(NIOAny(HTTPServerResponsePart.head(head)), promise: nil)
    }

    private func bodyPart(_ buffer: ByteBuffer?) -> NIOAny {
        NIOAny(HTTPServerResponsePart.body(.byteBuffer(buffer ?? ByteBuffer())))
    }

    private func writeBody(_ buffer: ByteBuffer) {
        if buffer.readableBytes > 0 { context.write(bodyPart(buffer), promise: nil) }
    }

    private func end(_ done: @escaping @Sendable () -> Void) {
        let sent = context.writeAndFlush(NIOAny(HTTPServerResponsePart.end(nil)))
        if isKeepAlive {
            sent.whenComplete { _ in done() }
        } else {
            close(after: sent, done)
        }
    }

    private func close(after sent: EventLoopFuture<Void>, _ done: @escaping @Sendable () -> Void) {
        let channel = context.channel
        sent.whenComplete { _ in
            channel.close(promise: nil)
            done()
        }
    }

    // MARK: - Slow answers

    private func later(_ pause: TimeAmount, _ action: @escaping (AnswerSender) -> Void) {
        let bound = NIOLoopBound((self, action), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: pause) {
            let (sender, action) = bound.value
            action(sender)
        }
    }

    private func sendParts(
        _ body: ByteBuffer, of size: Int, _ pause: TimeAmount, _ done: @escaping @Sendable () -> Void
    ) {
        guard context.channel.isActive else { return done() }
        var rest = body
        guard let part = rest.readSlice(length: min(size, rest.readableBytes)), part.readableBytes > 0 else {
            return end(done)
        }
        context.writeAndFlush(bodyPart(part), promise: nil)
        later(pause) { $0.sendParts(rest, of: size, pause, done) }
    }

    private func sendBlanks(_ rest: Int, _ done: @escaping @Sendable () -> Void) {
        guard context.channel.isActive else { return done() }
        guard rest > 0 else { return end(done) }
        let size = min(rest, Self.endlessPart)
        let written = context.writeAndFlush(bodyPart(ByteBuffer(repeating: UInt8(ascii: " "), count: size)))
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        written.whenComplete { result in
            switch result {
            case .success: bound.value.sendBlanks(rest - size, done)
            case .failure: done()
            }
        }
    }
}
