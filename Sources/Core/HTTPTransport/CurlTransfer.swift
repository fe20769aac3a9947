import CCurl
import Glibc
import NilusCore
import Synchronization

/// One request on its way: what curl needs while it runs, and whom to tell when it ends.
///
/// Created by the asking task, then used by the curl thread alone until it completes.
final class CurlTransfer: @unchecked Sendable {
    // `outcome` is guarded by its mutex; everything else is touched by the curl thread only.

    typealias Completion = @Sendable (Result<HTTPHead, any Error>) -> Void

    private enum Outcome {
        case open(Completion?)
        /// Ended before anyone could be told, such as by an early cancellation.
        case untold(Result<HTTPHead, any Error>)
        case told
    }

    let request: HTTPRequest
    /// Longest silence; `nil` when the exchange is bounded as a whole.
    let idleTimeout: Duration?
    let receiver: any ResponseReceiver
    private let outcome = Mutex<Outcome>(.open(nil))
    private var headerLines: HeaderLines?
    private var headers = HTTPHeaders()
    private var status = 0
    private var isHeadComplete = false
    private var isTooLarge = false
    private var sentBytes = 0
    /// When something last arrived, by the monotonic clock.
    private(set) var lastArrival = Duration.zero
    /// Where curl writes its message; at a fixed address while a handle knows it.
    let errorText = UnsafeMutableBufferPointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    init(_ request: HTTPRequest, receiver: any ResponseReceiver, idleTimeout: Duration? = nil) {
        self.request = request
        self.receiver = receiver
        self.idleTimeout = idleTimeout
        errorText.initialize(repeating: 0)
    }

    deinit { errorText.deallocate() }

    /// Whether the transfer ended, so that there is nothing to send any more.
    var hasEnded: Bool {
        outcome.withLock { if case .open = $0 { false } else { true } }
    }

    func onCompletion(_ action: @escaping Completion) {
        let early: Result<HTTPHead, any Error>? = outcome.withLock { outcome in
            guard case .untold(let result) = outcome else {
                outcome = .open(action)
                return nil
            }
            outcome = .told
            return result
        }
        if let early { action(early) }
    }

    /// Tells the asking task, once; later calls do nothing.
    func complete(_ result: Result<HTTPHead, any Error>) {
        let action: Completion? = outcome.withLock { outcome in
            guard case .open(let action) = outcome else { return nil }
            outcome = action == nil ? .untold(result) : .told
            return action
        }
        action?(result)
    }

    /// The answer, or why there is none, once curl is done with the handle.
    func result(_ code: CURLcode, _ handle: UnsafeMutableRawPointer) -> Result<HTTPHead, any Error> {
        if isTooLarge {
            let limit = request.maximumBodyBytes.asByteCount
            return .failure(HTTPFailure(.tooLarge, "the answer is larger than \(limit)"))
        }
        guard code == CURLE_OK else {
            let text = String(decoding: UnsafeRawBufferPointer(errorText).prefix { $0 != 0 }, as: UTF8.self)
            return .failure(HTTPFailure(code, detail: text))
        }
        return .success(HTTPHead(status: status, headers: headers))
    }

    // MARK: Header lines of the request

    func setHeaderLines(on handle: UnsafeMutableRawPointer) throws(HTTPFailure) {
        let lines = try HeaderLines(request)
        lines.set(on: handle)
        headerLines = consume lines
    }

    /// Overwrites and frees the header lines, the credential among them.
    func freeHeaderLines() {
        headerLines = nil
    }

    // MARK: What curl calls

    static func from(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
        context.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    func receiveHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        touch()
        let line = String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            // A status line begins a new answer, such as the final one after "100 Continue".
            headers.removeAll()
            status = line.split(separator: " ").dropFirst().first.flatMap { Int($0.prefix(3)) } ?? 0
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...].drop { $0.isWhitespace }
            headers.set(String(line[..<colon]), String(value.reversed().drop { $0.isWhitespace }.reversed()))
        } else if line.allSatisfy(\.isWhitespace), status >= 200, !isHeadComplete {
            isHeadComplete = true
            receiver.begin(HTTPHead(status: status, headers: headers))
        }
        return count
    }

    func receiveBody(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        touch()
        switch receiver.receive(UnsafeRawBufferPointer(start: bytes, count: count)) {
        case .taken: return count
        case .full: return Int(curl_write_pause)
        case .tooLarge:
            isTooLarge = true
            return 0
        }
    }

    /// Copies the next bytes of the body to where curl sends them from.
    func provideBody(_ target: UnsafeMutablePointer<CChar>?, _ capacity: Int) -> Int {
        request.body?.withBytes { body in
            let piece = UnsafeRawBufferPointer(rebasing: body.dropFirst(sentBytes).prefix(capacity))
            UnsafeMutableRawBufferPointer(start: target, count: capacity).copyMemory(from: piece)
            sentBytes += piece.count
            return piece.count
        } ?? 0
    }

    // MARK: Silence

    func touch() {
        if idleTimeout != nil { lastArrival = .monotonicNow }
    }

    /// How long the server may stay silent yet; `nil` when nobody waits for it.
    func remainingSilence(at now: Duration) -> Duration? {
        guard let idleTimeout, !receiver.isPaused else { return nil }
        return idleTimeout - (now - lastArrival)
    }
}

extension Duration {
    /// Time since an arbitrary start; never goes backwards.
    static var monotonicNow: Duration { TimeSource.system.monotonic() }
}

/// Bounds of every exchange.
enum HTTPLimits {
    /// Seconds until a connection must stand, name resolution and TLS included.
    static let connectSeconds = 15
    /// Bytes that curl receives at once: four TLS records.
    static let receiveBufferBytes = 65_536
    /// Bytes that curl sends at once.
    static let sendBufferBytes = 131_072
    /// Milliseconds after which the thread looks around even without a wake-up.
    static let pollMilliseconds: Int64 = 1_000
}
