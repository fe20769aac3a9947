import Digests
import LoopbackServer
import NilusCore
@testable import ObjectStorage
import Synchronization

/// A storage in memory that speaks enough of Google's or Azure's interface for the suite.
///
/// It verifies what the services verify of a request: proof, checksum, condition, range and the parts
/// of an upload. Signatures have tests of their own.
final class StandInStorage: Sendable {
    enum Dialect: Sendable {
        case google
        case azure
    }

    fileprivate struct Object {
        var bytes: [UInt8]
        var writer: String?
    }

    fileprivate struct State {
        var objects: [String: Object] = [:]
        var parts: [String: [String: [UInt8]]] = [:]
        var nextUpload = 0
    }

    private let dialect: Dialect
    private let state = Mutex(State())
    /// The only container there is.
    static let container = "plain"

    init(_ dialect: Dialect) {
        self.dialect = dialect
    }

    /// Starts to listen.
    func start() throws -> LoopbackServer {
        try LoopbackServer.ofBytes { _, bytes in
            guard let request = StandInRequest(bytes) else { return .raw("") }
            return self.state.withLock { self.answer(request, &$0) }
        }
    }

    private func answer(_ request: StandInRequest, _ state: inout State) -> LoopbackServer.Answer {
        guard isProven(request) else { return refusal(403, "AccessDenied", request) }
        guard request.names.container == Self.container else {
            return refusal(404, dialect == .google ? "NoSuchBucket" : "ContainerNotFound", request)
        }
        guard hasRightChecksum(request) else { return refusal(400, "ChecksumMissingOrWrong", request) }
        let part = dialect == .google ? googlePart(request, &state) : azurePart(request, &state)
        if let part { return part }
        let key = request.names.key
        switch request.method {
        case "GET" where key.isEmpty: return .http(200, [], body: listing(request, state))
        case "GET", "HEAD": return content(request, state)
        case "PUT":
            if isConditional(request), state.objects[key] != nil {
                return dialect == .google
                    ? refusal(412, "PreconditionFailed", request) : refusal(409, "BlobAlreadyExists", request)
            }
            state.objects[key] = Object(bytes: request.body, writer: writer(request))
            return .http(dialect == .google ? 200 : 201, ["ETag: \"e\""])
        case "DELETE":
            guard state.objects.removeValue(forKey: key) != nil else { return missing(request) }
            return dialect == .google ? .raw("HTTP/1.1 204 No Content\r\n\r\n") : .http(202)
        default: return refusal(405, "MethodNotAllowed", request)
        }
    }

    private func isProven(_ request: StandInRequest) -> Bool {
        let proof = request.headers["authorization"] ?? ""
        switch dialect {
        case .google:
            return proof == "Bearer stand-in-token" || proof.hasPrefix("GOOG4-HMAC-SHA256 Credential=GOOG1E/")
        case .azure:
            guard request.headers["x-ms-version"] != nil, request.headers["x-ms-date"].flatMap(HTTPDate.moment) != nil
            else { return false }
            return proof.hasPrefix("SharedKey account:") || request.query["sig"] == "stand-in"
        }
    }

    private func hasRightChecksum(_ request: StandInRequest) -> Bool {
        guard request.method == "PUT" else { return true }
        switch dialect {
        case .google:
            let crc = request.body.withUnsafeBytes { CRC32C(of: $0) }
            let digest = request.body.withUnsafeBytes { SHA256Digest(of: $0) }
            return request.headers["x-goog-hash"] == "crc32c=" + Base64.text(of: crc.bytes)
                || request.headers["x-goog-content-sha256"] == digest.hexText
        case .azure:
            let digest = request.body.withUnsafeBytes { MD5Digest(of: $0) }
            return request.headers["content-md5"] == digest.map { Base64.text(of: $0.bytes) }
        }
    }

    private func isConditional(_ request: StandInRequest) -> Bool {
        dialect == .google
            ? request.headers["x-goog-if-generation-match"] == "0" : request.headers["if-none-match"] == "*"
    }

    private func writer(_ request: StandInRequest) -> String? {
        request.headers[dialect == .google ? "x-goog-meta-nilus-writer" : "x-ms-meta-nilus_writer"]
    }

    // MARK: Parts

    private func googlePart(_ request: StandInRequest, _ state: inout State) -> LoopbackServer.Answer? {
        if request.query["uploads"] != nil {
            state.nextUpload += 1
            state.parts["u\(state.nextUpload)"] = [:]
            let id = "<UploadId>u\(state.nextUpload)</UploadId>"
            return .http(200, body: "<InitiateMultipartUploadResult>\(id)</InitiateMultipartUploadResult>")
        }
        guard let id = request.query["uploadId"] else { return nil }
        guard state.parts[id] != nil else { return refusal(404, "NoSuchUpload", request) }
        switch request.method {
        case "PUT":
            state.parts[id]?[request.query["partNumber"] ?? ""] = request.body
            return .http(200, ["ETag: \"part\""])
        case "POST":
            let numbers = texts(of: "PartNumber", in: request.body)
            guard let whole = assembled(numbers, state.parts.removeValue(forKey: id)) else {
                return refusal(400, "InvalidPart", request)
            }
            state.objects[request.names.key] = Object(bytes: whole)
            return .http(200, body: "<CompleteMultipartUploadResult/>")
        default:
            state.parts[id] = nil
            return .raw("HTTP/1.1 204 No Content\r\n\r\n")
        }
    }

    private func azurePart(_ request: StandInRequest, _ state: inout State) -> LoopbackServer.Answer? {
        let key = request.names.key
        switch request.query["comp"] {
        case "block":
            state.parts[key, default: [:]][request.query["blockid"] ?? ""] = request.body
            return .http(201)
        case "blocklist":
            let names = texts(of: "Latest", in: request.body)
            guard let whole = assembled(names, state.parts.removeValue(forKey: key)) else {
                return refusal(400, "InvalidBlockList", request)
            }
            state.objects[key] = Object(bytes: whole)
            return .http(201)
        default: return nil
        }
    }

    private func assembled(_ names: [String], _ parts: [String: [UInt8]]?) -> [UInt8]? {
        var whole: [UInt8] = []
        for name in names {
            guard let part = parts?[name] else { return nil }
            whole += part
        }
        return names.isEmpty ? nil : whole
    }

    private func texts(of element: String, in body: [UInt8]) -> [String] {
        String(decoding: body, as: UTF8.self).split(separator: "<").filter { $0.hasPrefix(element + ">") }
            .map { String($0.dropFirst(element.count + 1)) }
    }

    // MARK: Answers

    private func content(_ request: StandInRequest, _ state: State) -> LoopbackServer.Answer {
        guard let object = state.objects[request.names.key] else { return missing(request) }
        var headers: [String] = []
        if let writer = object.writer {
            headers = [(dialect == .google ? "x-goog-meta-nilus-writer: " : "x-ms-meta-nilus_writer: ") + writer]
        }
        if request.method == "HEAD" { return .http(200, headers, bytes: [], announced: object.bytes.count) }
        guard let range = request.range(within: object.bytes.count) else {
            return .http(200, headers, bytes: object.bytes)
        }
        guard !range.isEmpty else { return refusal(416, "InvalidRange", request) }
        return .http(206, headers, bytes: Array(object.bytes[range]))
    }

    private func missing(_ request: StandInRequest) -> LoopbackServer.Answer {
        refusal(404, dialect == .google ? "NoSuchKey" : "BlobNotFound", request)
    }

    private func refusal(_ status: Int, _ code: String, _ request: StandInRequest) -> LoopbackServer.Answer {
        let headers = dialect == .azure ? ["x-ms-error-code: \(code)"] : []
        let body = "<?xml version='1.0'?><Error><Code>\(code)</Code><Message>No.</Message></Error>"
        return request.method == "HEAD" ? .http(status, headers) : .http(status, headers, body: body)
    }

    private func listing(_ request: StandInRequest, _ state: State) -> String {
        let prefix = request.query["prefix"] ?? ""
        let start = request.query["continuation-token"] ?? request.query["marker"] ?? ""
        let limit = (request.query["max-keys"] ?? request.query["maxresults"]).flatMap { Int($0) } ?? 5_000
        let keys = state.objects.keys.filter { $0.hasPrefix(prefix) && $0 >= start }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let next = keys.count > limit ? keys[limit] : nil
        let entries = keys.prefix(limit).map { key in
            entry(key, sizeBytes: state.objects[key]?.bytes.count ?? 0)
        }.joined()
        guard dialect == .google else {
            return "\u{FEFF}<?xml version=\"1.0\"?><EnumerationResults ServiceEndpoint=\"http://x/\"><Blobs>\(entries)"
                + "<Blob><Name>\(escaped(prefix))folder</Name><Properties><ResourceType>directory</ResourceType>"
                + "</Properties></Blob></Blobs><NextMarker>\(next.map(escaped) ?? "")</NextMarker></EnumerationResults>"
        }
        let more = next.map { "<NextContinuationToken>\(escaped($0))</NextContinuationToken>" } ?? ""
        return "<?xml version='1.0'?><ListBucketResult xmlns='http://doc.s3.amazonaws.com/2006-03-01'>"
            + "<EncodingType>url</EncodingType><IsTruncated>\(next != nil)</IsTruncated>\(more)\(entries)"
            + "</ListBucketResult>"
    }

    private func entry(_ key: String, sizeBytes: Int) -> String {
        dialect == .google
            ? "<Contents><Key>\(encoded(key))</Key><Generation>1</Generation>"
                + "<LastModified>2026-01-02T03:04:05.678Z</LastModified><Size>\(sizeBytes)</Size></Contents>"
            : "<Blob><Name>\(escaped(key))</Name><Properties><Last-Modified>Fri, 02 Jan 2026 03:04:05 GMT"
                + "</Last-Modified><Content-Length>\(sizeBytes)</Content-Length></Properties></Blob>"
    }

    private func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, byte in
            let isPlain = byte > 0x2C && byte < 0x7F && byte != UInt8(ascii: "<") && byte != UInt8(ascii: ">")
            result += isPlain ? String(UnicodeScalar(byte)) : "%" + String(Int(byte) + 256, radix: 16).dropFirst()
        }
    }

    private func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: result.append(character)
            }
        }
    }
}
