import HTTPTransport
import LoopbackServer
import NilusCore
import Testing

struct `An HTTP client` {
    private let client = HTTPClient(HTTPConfiguration(userAgent: "nilus-test", maximumConnections: 4))

    private func get(
        _ url: String, headers: [HTTPHeader] = [], bearer: Redacted<SecretBytes>? = nil, limit: Int = 1 << 20,
        timeout: Duration = .seconds(20)
    ) async throws -> HTTPResponse {
        try await client.send(
            HTTPRequest(url: url, headers: headers, bearer: bearer, maximumBodyBytes: limit, timeout: timeout))
    }

    private func text(_ response: HTTPResponse) -> String {
        response.body.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    private func failure(_ body: () async throws -> HTTPResponse) async throws -> HTTPFailure {
        try await #require(throws: HTTPFailure.self) { _ = try await body() }
    }

    @Test func `brings status, headers and body`() async throws {
        let server = try LoopbackServer { _, _ in .http(418, ["Request-Id: req_1 ", "X-Empty:"], body: "short") }

        let response = try await get(server.base + "/v1/x?a=%5B1%5D", headers: [HTTPHeader("Stripe-Version", "1")])

        #expect(response.status == 418)
        #expect(response.headers["request-id"] == "req_1")
        #expect(response.headers["X-Empty"] == "")
        #expect(text(response) == "short")
        let request = try #require(server.received.first)
        #expect(request.hasPrefix("GET /v1/x?a=%5B1%5D HTTP/1.1\r\n"))
        #expect(request.contains("Stripe-Version: 1\r\n") && request.contains("User-Agent: nilus-test\r\n"))
    }

    @Test func `sends the credential as a bearer token and only when there is one`() async throws {
        let server = try LoopbackServer { _, _ in .http(200) }

        _ = try await get(server.base, bearer: Redacted(SecretBytes("sk_test_canary")))
        _ = try await get(server.base)

        #expect(server.received[0].contains("Authorization: Bearer sk_test_canary\r\n"))
        #expect(!server.received[1].contains("Authorization"))
    }

    @Test func `keeps its connection`() async throws {
        let server = try LoopbackServer { number, _ in .http(200, body: "\(number)") }

        for number in 0..<20 { #expect(text(try await get(server.base)) == "\(number)") }

        #expect(server.connectionCount == 1)
    }

    @Test func `follows no redirect`() async throws {
        let server = try LoopbackServer { _, _ in .http(302, ["Location: http://127.0.0.1:1/steal"]) }

        let response = try await get(server.base, bearer: Redacted(SecretBytes("sk_test_canary")))

        #expect(response.status == 302)
        #expect(server.received.count == 1)
    }

    @Test func `refuses a body beyond the limit, announced or not`() async throws {
        let announced = try LoopbackServer { _, _ in .http(200, body: String(repeating: "x", count: 5_000)) }
        let unannounced = try LoopbackServer { _, _ in
            .raw("HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 5_000))
        }

        for server in [announced, unannounced] {
            let failure = try await failure { try await get(server.base, limit: 4_096) }

            #expect(failure.kind == .tooLarge)
            #expect(failure.description == "the answer is larger than 4 KiB")
        }
    }

    @Test func `tells an answer that breaks off from a complete one`() async throws {
        let server = try LoopbackServer { _, _ in .raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf") }

        let failure = try await failure { try await get(server.base) }

        #expect(failure.kind == .cut)
        #expect(failure.isTransient)
    }

    @Test func `tells a closed connection from an answer`() async throws {
        let server = try LoopbackServer { _, _ in .raw("") }

        #expect(try await failure { try await get(server.base) }.kind == .cut)
    }

    @Test func `names a host that cannot be reached, and no URL`() async throws {
        let failure = try await failure { try await get("http://127.0.0.1:1/v1/charges?starting_after=secret") }

        #expect(failure.kind == .unreachable)
        let words = /failed to connect to 127\.0\.0\.1 port 1 after \d+ ms: Couldn't connect to server/
        #expect(failure.description.wholeMatch(of: words) != nil, "\(failure)")
    }

    @Test func `gives up after the time allowed`() async throws {
        let server = try LoopbackServer { _, _ in .silence }

        let failure = try await failure { try await get(server.base, timeout: .milliseconds(50)) }

        #expect(failure.kind == .timedOut)
    }

    @Test func `refuses what is no URL`() async throws {
        #expect(try await failure { try await get("stripe://x") }.kind == .unusable)
    }

    @Test func `leaves a cancelled task at once`() async throws {
        let base = try LoopbackServer { _, _ in .silence }.base

        let task = Task { try await get(base) }
        task.cancel()

        await #expect(throws: (any Error).self) { try await task.value }
        #expect(text(try await get(try LoopbackServer { _, _ in .http(200, body: "next") }.base)) == "next")
    }

    @Test func `serves many tasks at once`() async throws {
        let servers = try (0..<4).map { index in try LoopbackServer { _, _ in .http(200, body: "server \(index)") } }

        try await withThrowingTaskGroup(of: Bool.self) { group in
            for round in 0..<80 {
                let server = servers[round % 4]
                group.addTask { text(try await get(server.base)) == "server \(round % 4)" }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }
}
