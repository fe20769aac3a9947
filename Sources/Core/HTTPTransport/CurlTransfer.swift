import CCurl
import Glibc
import NilusCore
import Synchronization

/// One request on its way: what curl needs while it runs, and whom to tell when it ends.
///
/// Created by the asking task, then used by the curl thread alone until it completes.
final class CurlTransfer: @unchecked Sendable {
    // `outcome` is guarded by its mutex; everything else is touched by the curl thread only.

    typealias Completion = @Sendable (Result<HTTPResponse, any Error>) -> Void

    private enum Outcome {
        case open(Completion?)
        /// Ended before anyone could be told, such as by an early cancellation.
        case untold(Result<HTTPResponse, any Error>)
        case told
    }

    let request: HTTPRequest
    private let outcome = Mutex<Outcome>(.open(nil))
    private var headerLines: UnsafeMutablePointer<curl_slist>?
    private var headers = HTTPHeaders()
    private var body = GrowableBytes()
    /// Where curl writes its message; at a fixed address while a handle knows it.
    private let errorText = UnsafeMutableBufferPointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var isTooLarge = false

    init(_ request: HTTPRequest) {
        self.request = request
        errorText.initialize(repeating: 0)
    }

    deinit {
        freeHeaderLines()
        errorText.deallocate()
    }

    /// Whether the transfer ended, so that there is nothing to send any more.
    var hasEnded: Bool {
        outcome.withLock { if case .open = $0 { false } else { true } }
    }

    func onCompletion(_ action: @escaping Completion) {
        let early: Result<HTTPResponse, any Error>? = outcome.withLock { outcome in
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
    func complete(_ result: Result<HTTPResponse, any Error>) {
        let action: Completion? = outcome.withLock { outcome in
            guard case .open(let action) = outcome else { return nil }
            outcome = action == nil ? .untold(result) : .told
            return action
        }
        action?(result)
    }

    /// Puts the request into an easy handle.
    func configure(_ handle: UnsafeMutableRawPointer, _ configuration: HTTPConfiguration) {
        curl_set_text(handle, CURLOPT_URL, request.url)
        curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        curl_set_text(handle, CURLOPT_USERAGENT, configuration.userAgent)
        curl_set_text(handle, CURLOPT_ACCEPT_ENCODING, "gzip")
        curl_set_long(handle, CURLOPT_FOLLOWLOCATION, 0)
        curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        curl_set_long(handle, CURLOPT_TCP_KEEPALIVE, 1)
        curl_set_long(handle, CURLOPT_CONNECTTIMEOUT, HTTPLimits.connectSeconds)
        curl_set_long(handle, CURLOPT_TIMEOUT_MS, Int(clamping: request.timeout.milliseconds))
        curl_set_long(handle, CURLOPT_BUFFERSIZE, HTTPLimits.receiveBufferBytes)
        curl_set_long(handle, CURLOPT_HTTP_VERSION, curl_http_version_2_over_tls)
        curl_set_long(handle, CURLOPT_PIPEWAIT, 1)
        curl_set_long(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        configureTrust(handle, configuration)
        configureReceivers(handle)
        setHeaderLines(handle)
    }

    private func configureTrust(_ handle: UnsafeMutableRawPointer, _ configuration: HTTPConfiguration) {
        curl_set_long(handle, CURLOPT_SSLVERSION, curl_tls_version_1_2)
        curl_set_long(handle, CURLOPT_SSL_VERIFYPEER, 1)
        curl_set_long(handle, CURLOPT_SSL_VERIFYHOST, 2)
        if let file = configuration.certificateFile { curl_set_text(handle, CURLOPT_CAINFO, file) }
        if let directory = configuration.certificateDirectory { curl_set_text(handle, CURLOPT_CAPATH, directory) }
    }

    private func configureReceivers(_ handle: UnsafeMutableRawPointer) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        curl_set_pointer(handle, CURLOPT_PRIVATE, context)
        curl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText.baseAddress)
        curl_set_receivers(
            handle,
            { bytes, size, count, context in CurlTransfer.from(context)?.receiveHeader(bytes, size * count) ?? 0 },
            { bytes, size, count, context in CurlTransfer.from(context)?.receiveBody(bytes, size * count) ?? 0 },
            context)
    }

    static func from(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
        context.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// The answer, or why there is none, once curl is done with the handle.
    func result(_ code: CURLcode, _ handle: UnsafeMutableRawPointer) -> Result<HTTPResponse, any Error> {
        if isTooLarge {
            let limit = request.maximumBodyBytes.asByteCount
            return .failure(HTTPFailure(.tooLarge, "the answer is larger than \(limit)"))
        }
        guard code == CURLE_OK else {
            let text = String(decoding: UnsafeRawBufferPointer(errorText).prefix { $0 != 0 }, as: UTF8.self)
            return .failure(HTTPFailure(code, detail: text))
        }
        var status = 0
        curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        body.seal()
        return .success(HTTPResponse(status: status, headers: headers, body: body))
    }

    private func receiveHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        let line = String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            // A status line begins a new answer, such as the final one after "100 Continue".
            headers.removeAll()
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...].drop { $0.isWhitespace }
            headers.set(String(line[..<colon]), String(value.reversed().drop { $0.isWhitespace }.reversed()))
        } else if line.allSatisfy(\.isWhitespace), headers["content-encoding"] == nil,
            let length = headers["content-length"].flatMap({ Int($0) }), length <= request.maximumBodyBytes, length >= 0
        {
            body = GrowableBytes(expecting: length)
        }
        return count
    }

    private func receiveBody(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard body.count + count <= request.maximumBodyBytes else {
            isTooLarge = true
            return 0
        }
        body.append(UnsafeRawBufferPointer(start: bytes, count: count))
        return count
    }

    private func setHeaderLines(_ handle: UnsafeMutableRawPointer) {
        for header in request.headers {
            headerLines = curl_slist_append(headerLines, "\(header.name): \(header.value)")
        }
        request.bearer?.expose().withBytes { key in
            var line = ContiguousArray("Authorization: Bearer ".utf8)
            line.reserveCapacity(line.count + key.count + 1)
            line.append(contentsOf: key)
            line.append(0)
            line.withUnsafeMutableBytes {
                headerLines = curl_slist_append(headerLines, $0.bindMemory(to: CChar.self).baseAddress)
                $0.wipe()
            }
        }
        curl_set_headers(handle, headerLines)
    }

    /// Overwrites and frees the header lines, the credential among them.
    func freeHeaderLines() {
        var node = headerLines
        while let line = node?.pointee {
            if let text = line.data { UnsafeMutableRawBufferPointer(start: text, count: strlen(text)).wipe() }
            node = line.next
        }
        curl_slist_free_all(headerLines)
        headerLines = nil
    }
}

/// Bounds of every exchange.
enum HTTPLimits {
    /// Seconds until a connection must stand, name resolution and TLS included.
    static let connectSeconds = 15
    /// Bytes that curl receives at once: four TLS records.
    static let receiveBufferBytes = 65_536
    /// Milliseconds after which the thread looks around even without a wake-up.
    static let pollMilliseconds: Int32 = 1_000
}
