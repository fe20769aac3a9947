import Glibc
import NilusCore

/// What a probe or a scraper is told.
enum ProbeAnswer: Sendable {
    case ok(String)
    case metrics(String)
    case unavailable(String)
    case notFound

    fileprivate var parts: (status: String, type: String, body: String) {
        switch self {
        case .ok(let body): ("200 OK", "text/plain", body)
        case .metrics(let body): ("200 OK", "text/plain; version=0.0.4", body)
        case .unavailable(let body): ("503 Service Unavailable", "text/plain", body)
        case .notFound: ("404 Not Found", "text/plain", "not found\n")
        }
    }
}

/// The smallest HTTP server that probes and scrapers need: GET, one answer for each connection, then it closes.
///
/// A few threads wait in `accept`. Size and time of a request are bounded, so that a slow or talkative
/// client holds one of them for two seconds at most.
final class ProbeServer: Sendable {
    private let listener: Int32
    /// The port it listens on.
    let port: UInt16

    private static let threads = 3
    private static let secondsPerStep = 2
    private static let longestRequest = 4_096

    /// Listens, and answers by path.
    ///
    /// - Throws: `configurationInvalid` (terminal) when the address cannot be used.
    init(_ address: ListenAddress, answer: @escaping @Sendable (String) -> ProbeAnswer) throws(NilusError) {
        do throws(SystemError) {
            let socket = try ListeningSocket(address)
            (listener, port) = (socket.descriptor, socket.port)
        } catch {
            throw .cannotListen(address, error)
        }
        let listener = listener
        for _ in 0..<Self.threads { Self.startThread { Self.serve(listener, answer) } }
    }

    /// Listens no more; an answer under way is still sent.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private static func serve(_ listener: Int32, _ answer: @Sendable (String) -> ProbeAnswer) {
        while true {
            let connection = accept(listener, nil, nil)
            if connection < 0 {
                // A client that left before it was accepted is no reason to stop.
                if errno == ECONNABORTED || errno == EINTR { continue }
                if errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS {
                    sleep(1)
                    continue
                }
                return
            }
            var limit = timeval(tv_sec: secondsPerStep, tv_usec: 0)
            setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            if let head = readHead(connection) { send(reply(to: head, answer), to: connection) }
            close(connection)
        }
    }

    /// The first line of a request, once its head is complete; `nil` when it is too long or too slow.
    private static func readHead(_ connection: Int32) -> String? {
        var received: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1_024)
        var start = timespec()
        clock_gettime(CLOCK_MONOTONIC, &start)
        while !received.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            let count = recv(connection, &piece, piece.count, 0)
            var now = timespec()
            clock_gettime(CLOCK_MONOTONIC, &now)
            guard count > 0, received.count + count <= longestRequest, now.tv_sec - start.tv_sec <= secondsPerStep
            else { return nil }
            received += piece[..<count]
        }
        return String(decoding: received.prefix { $0 != 0x0D }, as: UTF8.self)
    }

    private static func reply(to line: String, _ answer: @Sendable (String) -> ProbeAnswer) -> [UInt8] {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[0] == "GET" || words[0] == "HEAD" else {
            return Array(
                "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8)
        }
        let path = String(words[1].prefix { $0 != "?" })
        let (status, type, body) = answer(path).parts
        let head = """
            HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\
            Connection: close\r\n\r\n
            """
        return Array((words[0] == "HEAD" ? head : head + body).utf8)
    }

    private static func send(_ bytes: [UInt8], to connection: Int32) {
        var offset = 0
        while offset < bytes.count {
            let sent = bytes.withUnsafeBytes {
                Glibc.send(
                    connection, $0.baseAddress?.advanced(by: offset), bytes.count - offset, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return }
            offset += sent
        }
    }

    private static func startThread(_ body: @escaping @Sendable () -> Void) {
        final class Box: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var thread = pthread_t()
        let context = Unmanaged.passRetained(Box(body)).toOpaque()
        let code = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body() }
                return nil
            }, context)
        precondition(code == 0, "no thread for probes: error \(code)")
        pthread_detach(thread)
    }
}

extension NilusError {
    fileprivate static func cannotListen(_ address: ListenAddress, _ error: SystemError) -> NilusError {
        NilusError(.status, .configurationInvalid, "cannot listen on '\(address.description)': \(error)")
    }
}
