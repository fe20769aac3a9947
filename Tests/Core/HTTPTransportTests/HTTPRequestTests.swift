import HTTPTransport
import LoopbackServer
import NilusCore
import Testing

struct `An HTTP request` {
    private let client = HTTPClient(HTTPConfiguration(userAgent: "nilus-test", maximumConnections: 4))

    private func send(
        _ method: HTTPMethod, _ url: String, headers: [HTTPHeader] = [], secretHeaders: [HTTPSecretHeader] = [],
        body: HTTPBody? = nil, acceptsCompression: Bool = true
    ) async throws -> HTTPResponse {
        try await client.send(
            HTTPRequest(
                method, url: url, headers: headers, secretHeaders: secretHeaders, body: body,
                acceptsCompression: acceptsCompression, maximumBodyBytes: 1 << 20, timeout: .seconds(20)))
    }

    @Test(arguments: [HTTPMethod.put, .post, .patch, .delete])
    func `carries a body`(_ method: HTTPMethod) async throws {
        let server = try LoopbackServer { _, _ in .http(200) }

        _ = try await send(method, server.base + "/o", headers: [HTTPHeader("Content-Type", "a/b")], body: .text("{1}"))

        let request = try #require(server.received.first)
        #expect(request.hasPrefix("\(method.rawValue) /o HTTP/1.1\r\n"))
        #expect(request.contains("Content-Length: 3\r\n") && request.contains("Content-Type: a/b\r\n"))
        #expect(request.hasSuffix("\r\n\r\n{1}"))
    }

    @Test func `has no content type that nobody gave`() async throws {
        let server = try LoopbackServer { _, _ in .http(200) }

        _ = try await send(.post, server.base, body: .text("x"))

        #expect(!server.received[0].lowercased().contains("content-type"))
    }

    @Test(arguments: [HTTPMethod.put, .post, .patch])
    func `says that its body is empty where one belongs`(_ method: HTTPMethod) async throws {
        let server = try LoopbackServer { _, _ in .http(200) }

        _ = try await send(method, server.base)

        #expect(server.received[0].contains("Content-Length: 0\r\n"))
    }

    @Test(arguments: [HTTPMethod.get, .delete])
    func `has no body where none is given`(_ method: HTTPMethod) async throws {
        let server = try LoopbackServer { _, _ in .http(204) }

        let response = try await send(method, server.base)

        #expect(response.status == 204)
        #expect(server.received[0].hasPrefix("\(method.rawValue) / "))
        #expect(!server.received[0].contains("Content-Length"))
    }

    @Test func `for the head alone brings its lines and no body`() async throws {
        let server = try LoopbackServer { _, _ in
            .raw("HTTP/1.1 200 OK\r\nContent-Length: 123456789\r\nETag: \"e\"\r\n\r\n")
        }

        let response = try await send(.head, server.base)

        #expect(response.headers["content-length"] == "123456789")
        #expect(response.headers["etag"] == "\"e\"")
        #expect(response.body.count == 0)
    }

    @Test func `sends a large body whole and without asking first`() async throws {
        let server = try LoopbackServer { _, request in .http(200, body: "\(request.utf8.count)") }
        let body = [UInt8](repeating: UInt8(ascii: "x"), count: 5_000_000)

        _ = try await send(.put, server.base, body: .bytes(body))

        let request = try #require(server.received.first)
        #expect(!request.contains("Expect"))
        #expect(request.hasSuffix(String(repeating: "x", count: 5_000_000)))
        #expect(request.contains("Content-Length: 5000000\r\n"))
    }

    @Test func `with a body is not sent again behind the asker's back`() async throws {
        let server = try LoopbackServer { number, _ in number == 0 ? .http(200) : .raw("") }

        _ = try await send(.put, server.base, body: .text("one"))
        let failure = await #expect(throws: HTTPFailure.self) {
            try await send(.put, server.base, body: .text("two"))
        }

        #expect(failure?.kind == .cut)
        #expect(failure?.mayHaveArrived == true)
        #expect(server.received.count == 2)
    }

    @Test func `carries secrets in its body and in header lines`() async throws {
        let server = try LoopbackServer { _, _ in .http(200) }
        let secret = Redacted(SecretBytes("canary"))

        _ = try await send(
            .post, server.base,
            secretHeaders: [HTTPSecretHeader("X-Token", secret), HTTPSecretHeader("apikey", prefix: "k ", secret)],
            body: .secret(Redacted(SecretBytes("client_secret=canary"))))

        #expect(server.received[0].contains("X-Token: canary\r\n"))
        #expect(server.received[0].contains("apikey: k canary\r\n"))
        #expect(server.received[0].hasSuffix("\r\n\r\nclient_secret=canary"))
    }

    @Test func `sends an empty header line, and the path as it stands`() async throws {
        let server = try LoopbackServer { _, _ in .http(200) }

        _ = try await send(.get, server.base + "/a/../b/./c%2Fd", headers: [HTTPHeader("X-Empty", "")])

        #expect(server.received[0].hasPrefix("GET /a/../b/./c%2Fd HTTP/1.1\r\n"))
        #expect(server.received[0].contains("X-Empty:\r\n"))
    }

    @Test(arguments: ["a\r\nX-Evil: 1", "a\nb", "a\u{0}b"])
    func `is refused when a header value would become more than one line`(_ value: String) async throws {
        let server = try LoopbackServer { _, _ in .http(200) }

        let plain = await #expect(throws: HTTPFailure.self) {
            try await send(.get, server.base, headers: [HTTPHeader("X-Name", value)])
        }
        let secret = await #expect(throws: HTTPFailure.self) {
            try await send(
                .get, server.base, secretHeaders: [HTTPSecretHeader("X-Name", Redacted(SecretBytes(value)))])
        }

        for failure in [plain, secret] {
            #expect(failure?.kind == .unusable)
            #expect(
                failure?.description == "the value of header 'X-Name' holds a line break or another control character")
        }
        #expect(server.received.isEmpty)
    }

    @Test func `asks for compression only where it is wanted`() async throws {
        let server = try LoopbackServer { _, _ in .http(200, ["Content-Encoding: gzip"], body: "as it is") }

        let response = try await send(.get, server.base, acceptsCompression: false)

        #expect(!server.received[0].contains("Accept-Encoding"))
        #expect(response.body.withBytes { String(decoding: $0, as: UTF8.self) } == "as it is")
    }
}
