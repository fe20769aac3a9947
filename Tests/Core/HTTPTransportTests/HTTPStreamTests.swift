import Glibc
@testable import HTTPTransport
import LoopbackServer
import NilusCore
import Testing

struct `An HTTP stream` {
    private let client = HTTPClient(HTTPConfiguration(userAgent: "nilus-test", maximumConnections: 4))

    private func open(
        _ server: LoopbackServer, waiting limit: Int = 1 << 20, silence: Duration = .seconds(600)
    ) async throws -> HTTPStream {
        try await client.open(HTTPRequest(url: server.base, maximumBodyBytes: limit, timeout: silence))
    }

    private func rest(_ stream: HTTPStream) async throws -> String {
        var bytes: [UInt8] = []
        while let piece = try await stream.next() { bytes += piece }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `hands over each piece before the next one is sent`() async throws {
        let gate = Gate()
        let server = try LoopbackServer { _, _ in
            .streamed(["X-Watch: 1"]) { send in
                for number in 0..<5 {
                    gate.wait()
                    guard send("event \(number)\n") else { return }
                }
            }
        }

        let stream = try await open(server)
        #expect(stream.status == 200)
        #expect(stream.headers["x-watch"] == "1")
        for number in 0..<5 {
            gate.open()
            #expect(try await stream.next().map { String(decoding: $0, as: UTF8.self) } == "event \(number)\n")
        }
        #expect(try await stream.next() == nil)
        #expect(try await stream.next() == nil)
    }

    @Test func `brings a body far larger than what may wait, whole and in order`() async throws {
        let text = (0..<400_000).map { String($0) }.joined(separator: ",")
        let server = try LoopbackServer { _, _ in .http(200, body: text) }

        let stream = try await open(server, waiting: 20_000)

        #expect(try await rest(stream) == text)
    }

    @Test func `keeps its connection when it was read to the end`() async throws {
        let server = try LoopbackServer { number, _ in .http(200, body: "answer \(number)") }

        for number in 0..<3 { #expect(try await rest(try await open(server)) == "answer \(number)") }

        #expect(server.connectionCount == 1)
    }

    @Test func `ends with an error when the server stays silent`() async throws {
        let silent = try LoopbackServer { _, _ in .silence }
        let headOnly = try LoopbackServer { _, _ in
            .keepingOpen("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab")
        }

        let noHead = await #expect(throws: HTTPFailure.self) {
            try await open(silent, silence: .milliseconds(60))
        }
        let stream = try await open(headOnly, silence: .milliseconds(60))
        #expect(try await stream.next() == Array("ab".utf8))
        let noEnd = await #expect(throws: HTTPFailure.self) { try await stream.next() }

        for failure in [noHead, noEnd] {
            #expect(failure?.kind == .timedOut)
            #expect(failure?.description == "nothing arrived for 60 ms")
        }
    }

    @Test func `tells an answer that breaks off from a complete one`() async throws {
        let server = try LoopbackServer { _, _ in .raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf") }

        let stream = try await open(server)

        #expect(try await stream.next() == Array("half".utf8))
        #expect(await #expect(throws: HTTPFailure.self) { try await stream.next() }?.kind == .cut)
    }

    @Test func `leaves a cancelled task at once`() async throws {
        let server = try LoopbackServer { _, _ in .keepingOpen("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n") }
        let stream = try await open(server)

        let task = Task { try await stream.next() }
        task.cancel()

        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `lets the server go when it is dropped`() async throws {
        let gone = Gate()
        let server = try LoopbackServer { _, _ in
            .streamed { send in
                while send(String(repeating: "x", count: 65_536)) {}
                gone.open()
            }
        }

        do {
            let stream = try await open(server)
            #expect(try await stream.next() != nil)
        }

        await Task.detached { gone.wait() }.value
    }

    @Test func `makes the sender wait while much is unread`() async throws {
        let buffer = StreamBuffer(limit: 100)
        let piece = [UInt8](repeating: 1, count: 60)
        func offer() -> Reception { piece.withUnsafeBytes { buffer.receive($0) } }

        let first = offer()
        let second = offer()

        #expect(first == .taken && second == .full)
        #expect(buffer.isPaused)
        #expect(try await buffer.take()?.hasRoomAgain == true)
        #expect(!buffer.isPaused)
        #expect(offer() == .taken)
    }
}

/// Lets one wait through for each opening.
private final class Gate: Sendable {
    private nonisolated(unsafe) let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit { semaphore.deallocate() }

    func open() { sem_post(semaphore) }

    func wait() {
        while sem_wait(semaphore) != 0 {}
    }
}
