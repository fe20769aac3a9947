import Digests
package import HTTPTransport
package import NilusCore

/// Signs requests by Signature Version 4, of AWS or in the dialect of Google Cloud Storage.
///
/// Pure: the same request, key and moment give the same signature.
///
/// - SeeAlso: "Create a signed AWS API request" (AWS), "Signatures" (Google Cloud Storage)
package struct RequestSigner: Sendable {
    /// Whose words the signature is written in.
    package enum Dialect: Sendable {
        case aws
        case google
    }

    /// What is signed of the body.
    package enum Payload: Sendable {
        /// The SHA-256 of the request's body, or of no bytes.
        case body
        /// Nothing; for connections that protect the body themselves (TLS).
        case unsigned
    }

    private let words: DialectWords
    private let service: String
    private let region: String
    private let encodesPathAgain: Bool
    private let sendsPayloadDigest: Bool

    /// A signer for a service, such as `s3`, in a region.
    ///
    /// - Parameters:
    ///   - dialect: whose words to use.
    ///   - service: the signing name of the service.
    ///   - region: the region the service is in; `auto` for Google.
    ///   - sendsPayloadDigest: adds the header line that tells the digest of the body; by default for object storage alone,
    ///     which demands it.
    package init(_ dialect: Dialect = .aws, service: String, region: String, sendsPayloadDigest: Bool? = nil) {
        let isStorage = dialect == .google || service.hasPrefix("s3")
        words = dialect == .aws ? .aws : .google
        self.service = service
        self.region = region
        encodesPathAgain = dialect == .aws && service != "s3"
        self.sendsPayloadDigest = sendsPayloadDigest ?? isStorage
    }

    /// The request with the header lines that prove who sends it.
    ///
    /// All header lines that the request has are signed, so none may be added afterwards.
    ///
    /// - Returns: `nil` when the request's URL names no host.
    package func signed(
        _ request: HTTPRequest, payload: Payload = .body, with key: SigningKey, at moment: Timestamp
    ) -> HTTPRequest? {
        guard let target = RequestTarget(url: request.url) else { return nil }
        let time = SigningTime(moment)
        let payloadText = Self.payloadText(payload, request)
        var added = [HTTPHeader("\(words.headerPrefix)date", time.text)]
        if sendsPayloadDigest { added.append(HTTPHeader("\(words.headerPrefix)content-sha256", payloadText)) }
        var secret: [HTTPSecretHeader] = []
        if let token = key.sessionToken { secret = [HTTPSecretHeader("\(words.headerPrefix)security-token", token)] }

        var lines = CanonicalHeaders(host: target.host)
        for header in request.headers + added { lines.add(header) }
        for header in request.secretHeaders + secret { lines.add(header) }
        let digest = lines.requestDigest(
            method: request.method.rawValue, path: encodesPathAgain ? Self.pathEncodedAgain(target.path) : target.path,
            query: Self.canonicalQuery(target.query), payload: payloadText)
        let scope = "\(time.day)/\(region)/\(service)/\(words.terminator)"
        let signature = SHA256Digest.hmac(
            of: "\(words.algorithm)\n\(time.text)\n\(scope)\n\(digest.hexText)", key: signingKey(key.secret, time.day))
        added.append(
            HTTPHeader(
                "Authorization",
                "\(words.algorithm) Credential=\(key.id)/\(scope), SignedHeaders=\(lines.names), "
                    + "Signature=\(signature.hexText)"))
        return request.adding(added, secret: secret)
    }

    private static func payloadText(_ payload: Payload, _ request: HTTPRequest) -> String {
        guard case .body = payload else { return "UNSIGNED-PAYLOAD" }
        return request.body.map { $0.withBytes { SHA256Digest(of: $0) } }?.hexText ?? emptyDigest
    }

    private static let emptyDigest = SHA256Digest(of: "").hexText

    /// The key of a day, region and service.
    private func signingKey(_ secret: Redacted<SecretBytes>, _ day: String) -> SHA256Digest {
        var root = ContiguousArray(words.keyPrefix.utf8)
        secret.expose().withBytes {
            root.reserveCapacity(root.count + $0.count)
            root.append(contentsOf: $0)
        }
        defer { root.withUnsafeMutableBytes { $0.wipe() } }
        let ofDay = root.withUnsafeBytes { root in
            Array(day.utf8).withUnsafeBytes { SHA256Digest.hmac(of: $0, key: root) }
        }
        let ofRegion = SHA256Digest.hmac(of: region, key: ofDay)
        let ofService = SHA256Digest.hmac(of: service, key: ofRegion)
        return SHA256Digest.hmac(of: words.terminator, key: ofService)
    }

    /// Services other than S3 sign the path with every segment encoded once more.
    private static func pathEncodedAgain(_ path: String) -> String {
        URIEncoding.encoded(path, keepingSlashes: true)
    }

    /// The items of a query, encoded in the one way that counts and sorted.
    private static func canonicalQuery(_ query: String) -> String {
        let items = query.split(separator: "&").map { item -> (name: String, value: String) in
            let name = item.prefix { $0 != "=" }
            let value = item[name.endIndex...].dropFirst()
            return (
                URIEncoding.encoded(URIEncoding.decoded(name)), URIEncoding.encoded(URIEncoding.decoded(value))
            )
        }
        let sorted = items.sorted { left, right in
            left.name == right.name ? left.value.isBefore(right.value) : left.name.isBefore(right.name)
        }
        return sorted.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }
}

/// The constants in which two services that sign alike differ.
private struct DialectWords: Sendable {
    let algorithm: String
    let keyPrefix: String
    let terminator: String
    let headerPrefix: String

    static let aws = DialectWords(
        algorithm: "AWS4-HMAC-SHA256", keyPrefix: "AWS4", terminator: "aws4_request", headerPrefix: "x-amz-")
    static let google = DialectWords(
        algorithm: "GOOG4-HMAC-SHA256", keyPrefix: "GOOG4", terminator: "goog4_request", headerPrefix: "x-goog-")
}

/// A moment as signatures write it.
private struct SigningTime {
    /// The day, such as `20130524`.
    let day: String
    /// The second, such as `20130524T000000Z`.
    let text: String

    init(_ moment: Timestamp) {
        let whole = Timestamp(microseconds: moment.seconds * 1_000_000).description
        text = whole.filter { $0 != "-" && $0 != ":" }
        day = String(text.prefix(8))
    }
}

/// Header lines in the form that is signed; the values of secret ones go straight into the digest.
private struct CanonicalHeaders {
    private var lines: [(name: String, value: Value)] = []

    private enum Value {
        case text(String)
        case secret(HTTPSecretHeader)
    }

    init(host: String) {
        lines = [("host", .text(host))]
    }

    mutating func add(_ header: HTTPHeader) {
        lines.append((header.name.lowercased(), .text(Self.trimmed(header.value))))
    }

    mutating func add(_ header: HTTPSecretHeader) {
        lines.append((header.name.lowercased(), .secret(header)))
    }

    private var sorted: [(name: String, value: Value)] {
        lines.sorted { $0.name.isBefore($1.name) }
    }

    var names: String { sorted.map(\.name).joined(separator: ";") }

    func requestDigest(method: String, path: String, query: String, payload: String) -> SHA256Digest {
        let hasher = SHA256Hasher()
        hasher.update("\(method)\n\(path)\n\(query)\n")
        for line in sorted {
            hasher.update("\(line.name):")
            switch line.value {
            case .text(let text): hasher.update(text)
            case .secret(let header):
                hasher.update(header.prefix)
                header.value.expose().withBytes { hasher.update($0) }
            }
            hasher.update("\n")
        }
        hasher.update("\n\(names)\n\(payload)")
        return hasher.finish()
    }

    /// The value without spaces at its ends and with single ones inside.
    private static func trimmed(_ value: String) -> String {
        value.split(separator: " ").joined(separator: " ")
    }
}

extension String {
    /// Compares by bytes, as signatures sort; `<` compares as people read.
    fileprivate func isBefore(_ other: String) -> Bool {
        utf8.lexicographicallyPrecedes(other.utf8)
    }
}
