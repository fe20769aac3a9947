import Glibc

@testable import stripe_simulator

/// A simple HTTP client that shows what really comes over the wire.
final class Client {
    /// An answer as it came, as far as it came.
    struct Received {
        var head = ""
        var body: [UInt8] = []
        /// Whether the connection ended before the body was whole.
        var isCut = false

        var status: Int { Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0 }

        var json: JSONText { (try? JSONTextParser.parse(body)) ?? JSONText(shape: .null, bytes: [][...]) }

        func header(_ name: String) -> String? {
            head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
                .map { String($0.dropFirst(name.count + 1).drop { $0 == " " }) }
        }
    }

    struct SocketError: Error {
        let number: Int32
    }

    private let socket: Int32

    init(port: Int) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw SocketError(number: errno) }
    }

    deinit { close(socket) }

    /// Asks and reads the whole answer, or what comes before the connection ends.
    func ask(
        _ uri: String, method: String = "GET", _ headers: [String: String] = [:], body: String = "",
        atMost limit: Int = .max
    ) -> Received {
        var lines = ["\(method) \(uri) HTTP/1.1", "Host: localhost", "Authorization: Bearer \(Harness.key)"]
        lines += headers.map { "\($0.key): \($0.value)" }
        if !body.isEmpty { lines.append("Content-Length: \(body.utf8.count)") }
        send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8))
        return receive(atMost: limit)
    }

    private func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { write(socket, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            sent += count
        }
    }

    private func receive(atMost limit: Int) -> Received {
        var bytes: [UInt8] = []
        var received = Received()
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            if received.head.isEmpty, let end = Self.headEnd(bytes) {
                received.head = String(decoding: bytes[..<end], as: UTF8.self)
                bytes.removeFirst(end + 4)
            }
            if !received.head.isEmpty {
                let length = received.header("Content-Length").flatMap { Int($0) } ?? .max
                received.body = Array(bytes.prefix(length))
                if bytes.count >= min(length, limit) { return received }
            }
            let count = read(socket, &part, part.count)
            guard count > 0 else {
                received.isCut = true
                return received
            }
            bytes += part[..<count]
        }
    }

    private static func headEnd(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (0...(bytes.count - 4)).first { Array(bytes[$0..<($0 + 4)]) == [13, 10, 13, 10] }
    }
}
