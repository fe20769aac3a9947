import Glibc
import Synchronization

/// An HTTP/1.1 server for tests that answers each request with exactly the bytes it is told.
///
/// It speaks just enough HTTP to find the end of a request with a body of announced length, so that a test can answer with anything, also
/// with what no server library would send. Each connection has a thread.
package final class LoopbackServer: Sendable {
    /// What is sent for one request.
    package struct Answer: Sendable {
        let bytes: [UInt8]
        let closes: Bool
        /// Sends more after the bytes; given what sends a text and tells whether the client still listens.
        var more: (@Sendable (_ send: (String) -> Bool) -> Void)?

        /// A complete answer with the right length.
        package static func http(_ status: Int, _ headers: [String] = [], body: String = "") -> Answer {
            let lines = ["HTTP/1.1 \(status) Status"] + headers + ["Content-Length: \(body.utf8.count)", "", ""]
            return Answer(bytes: Array((lines.joined(separator: "\r\n") + body).utf8), closes: false)
        }

        /// A complete answer of bytes; `announced` is the length told where it is not theirs, as for HEAD.
        package static func http(_ status: Int, _ headers: [String], bytes: [UInt8], announced: Int? = nil) -> Answer {
            let length = "Content-Length: \(announced ?? bytes.count)"
            let lines = ["HTTP/1.1 \(status) Status"] + headers + [length, "", ""]
            return Answer(bytes: Array(lines.joined(separator: "\r\n").utf8) + bytes, closes: false)
        }

        /// Nothing at all, with the connection left open.
        package static let silence = Answer(bytes: [], closes: false)

        /// An answer without a length that is sent piece by piece, however long that takes, until `pieces` returns.
        package static func streamed(
            _ headers: [String] = [], _ pieces: @escaping @Sendable (_ send: (String) -> Bool) -> Void
        ) -> Answer {
            let lines = ["HTTP/1.1 200 OK"] + headers + ["", ""]
            return Answer(bytes: Array(lines.joined(separator: "\r\n").utf8), closes: true, more: pieces)
        }

        /// Raw bytes, after which the connection is closed.
        package static func raw(_ text: String) -> Answer {
            Answer(bytes: Array(text.utf8), closes: true)
        }

        /// Raw bytes, with the connection left open.
        package static func keepingOpen(_ text: String) -> Answer {
            Answer(bytes: Array(text.utf8), closes: false)
        }
    }

    package let port: UInt16
    private let listener: Int32
    private let remembering: Bool
    private let requests = Mutex<[String]>([])
    private let connections = Mutex(0)

    /// Starts to listen on a free port of 127.0.0.1.
    ///
    /// `answer` is told the number of the request, from 0, and its text.
    ///
    /// - Throws: `ServerError` when no port can be opened.
    package convenience init(_ answer: @escaping @Sendable (Int, String) -> Answer) throws {
        try self.init(remembering: true) { answer($0, String(decoding: $1, as: UTF8.self)) }
    }

    /// A server for requests that are no text; they are not remembered.
    ///
    /// - Throws: `ServerError` when no port can be opened.
    package static func ofBytes(
        _ answer: @escaping @Sendable (Int, [UInt8]) -> Answer
    ) throws -> LoopbackServer {
        try LoopbackServer(remembering: false, answer)
    }

    private init(remembering: Bool, _ answer: @escaping @Sendable (Int, [UInt8]) -> Answer) throws {
        self.remembering = remembering
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else { throw ServerError(number: errno) }
        port = UInt16(bigEndian: address.sin_port)
        startThread { [self] in serve(answer) }
    }

    package struct ServerError: Error { let number: Int32 }

    package var base: String { "http://127.0.0.1:\(port)" }
    /// The texts of the requests so far.
    package var received: [String] { requests.withLock { $0 } }
    /// Connections accepted so far.
    package var connectionCount: Int { connections.withLock { $0 } }

    private func serve(_ answer: @escaping @Sendable (Int, [UInt8]) -> Answer) {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { return }
            connections.withLock { $0 += 1 }
            startThread { [self] in serve(connection, answer) }
        }
    }

    private func serve(_ connection: Int32, _ answer: @Sendable (Int, [UInt8]) -> Answer) {
        defer { close(connection) }
        while let request = readRequest(connection) {
            let number = requests.withLock { requests in
                requests.append(remembering ? String(decoding: request, as: UTF8.self) : "")
                return requests.count - 1
            }
            let reply = answer(number, request)
            _ = sendAll(reply.bytes, to: connection)
            reply.more?({ sendAll(Array($0.utf8), to: connection) })
            if reply.closes { return }
        }
    }

    private func sendAll(_ bytes: [UInt8], to connection: Int32) -> Bool {
        bytes.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) == $0.count }
    }

    /// The request line, the header lines and the body.
    private func readRequest(_ connection: Int32) -> [UInt8]? {
        var text: [UInt8] = []
        var byte: UInt8 = 0
        while !text.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            guard recv(connection, &byte, 1, 0) == 1 else { return nil }
            text.append(byte)
        }
        let head = String(decoding: text, as: UTF8.self)
        var missing = Self.bodyByteCount(announcedIn: head)
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while missing > 0 {
            let count = recv(connection, &chunk, min(missing, chunk.count), 0)
            guard count > 0 else { return nil }
            text += chunk[..<count]
            missing -= count
        }
        return text
    }

    private static func bodyByteCount(announcedIn head: String) -> Int {
        for line in head.split(separator: "\r\n") where line.lowercased().hasPrefix("content-length:") {
            return Int(line.dropFirst(15).drop { $0 == " " }) ?? 0
        }
        return 0
    }

    private func startThread(_ body: @escaping @Sendable () -> Void) {
        final class Box: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body() }
                return nil
            }, Unmanaged.passRetained(Box(body)).toOpaque())
        pthread_detach(thread)
    }
}
