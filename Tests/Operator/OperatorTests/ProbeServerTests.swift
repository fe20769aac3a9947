import Glibc
import Testing

@testable import Operator

struct `An address to listen on` {
    @Test(arguments: ["127.0.0.1:8080", "[::1]:8080", "[::]:0", "0.0.0.0:1", ":8080"])
    func `is written as it was read`(text: String) {
        #expect(ListenAddress(text)?.description == text)
    }

    @Test(arguments: ["", "8080", "::1:8080", "[::1]", "localhost:80", "127.0.0.1:65536", "[127.0.0.1]:80", "1.2.3:80"])
    func `is refused when it is none`(text: String) {
        #expect(ListenAddress(text) == nil)
    }
}

struct `A server for probes` {
    /// What a connection to an address is answered; `nil` when nobody listens there.
    private func answer(at host: String, _ port: UInt16) -> String? {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0, let address = found?.pointee else { return nil }
        defer { freeaddrinfo(found) }
        let connection = socket(address.ai_family, address.ai_socktype, 0)
        defer { close(connection) }
        guard connection >= 0, connect(connection, address.ai_addr, address.ai_addrlen) == 0 else { return nil }
        let request = Array("GET /healthz HTTP/1.1\r\n\r\n".utf8)
        guard send(connection, request, request.count, 0) == request.count else { return nil }
        var bytes = [UInt8](repeating: 0, count: 1_024)
        let count = recv(connection, &bytes, bytes.count, Int32(MSG_WAITALL))
        return String(decoding: bytes[..<max(count, 0)], as: UTF8.self)
    }

    /// Whether this machine has IPv6 at all.
    private static let hasIPv6 = ListenAddress("[::1]:0").map { (try? ListeningSocket($0)) != nil } ?? false

    @Test func `answers on every address of the machine`() throws {
        let server = try ProbeServer(try #require(ListenAddress(":0"))) { _ in .ok("well\n") }
        defer { server.stop() }

        #expect(answer(at: "127.0.0.1", server.port)?.hasSuffix("well\n") == true)
        if Self.hasIPv6 { #expect(answer(at: "::1", server.port)?.hasSuffix("well\n") == true) }
    }

    @Test(.enabled(if: hasIPv6, "this machine has no IPv6"))
    func `answers on the one address that it is given`() throws {
        let server = try ProbeServer(try #require(ListenAddress("[::1]:0"))) { _ in .ok("well\n") }
        defer { server.stop() }

        #expect(answer(at: "::1", server.port)?.hasSuffix("well\n") == true)
        #expect(answer(at: "127.0.0.1", server.port) == nil)
    }
}
