import Digests
import HTTPTransport
import NilusCore
import RequestSigning

/// Storages that speak S3's protocol, Google's XML interface among them.
struct S3Service: StorageService {
    let address: S3Address
    let dialect: S3Dialect
    let credential: S3Credential
    /// Whether the bytes of a body are part of the signature.
    ///
    /// TLS keeps bodies from being changed on the way, so there a SHA-256 of every byte would only repeat
    /// that work; without TLS the signature covers the body. The CRC-32C that goes along in both cases
    /// finds what neither sees, a fault on either side of the connection, at a small part of the cost.
    let signsPayload: Bool
    /// Whether a CRC-32C goes along; storages that trip over its header are spared it, and get a signed body instead.
    let sendsChecksum: Bool

    init(
        _ address: S3Address, _ dialect: S3Dialect, _ credential: S3Credential, signsPayload: Bool? = nil,
        sendsChecksum: Bool = true
    ) {
        self.address = address
        self.dialect = dialect
        self.credential = credential
        self.sendsChecksum = sendsChecksum
        self.signsPayload = signsPayload ?? (credential.signs && !(address.isSecure && sendsChecksum))
    }

    var endpoint: String { address.endpoint }
    var containerWord: String { "bucket" }

    func name(of location: String) throws(NilusError) -> ObjectName {
        guard let name = ObjectName(location, schemes: dialect.schemes) else {
            throw .locationForeign(location, expected: "\(dialect.schemes[0])://bucket/path")
        }
        return name
    }

    // MARK: Whole objects

    func read(_ object: ObjectName, range: Range<Int>?) -> StorageRequest {
        var request = request(.get, object, .reading(dialect))
        if let range { request.headers = [HTTPHeader("Range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")] }
        return request
    }

    func head(_ object: ObjectName) -> StorageRequest {
        request(.head, object, .reading(dialect))
    }

    func delete(_ object: ObjectName) -> StorageRequest {
        request(.delete, object, .deleting(dialect))
    }

    func put(_ content: [UInt8], at object: ObjectName, onlyIfAbsentBy writer: String?) -> StorageRequest {
        var request = request(.put, object, .writing(dialect))
        request.headers = [HTTPHeader("Content-Type", "application/octet-stream")] + checksum(of: content)
        if let writer {
            request.headers.append(dialect.ifAbsent)
            request.headers.append(HTTPHeader(dialect.writerHeader, writer))
        }
        request.body = content
        return request
    }

    func writer(in head: HTTPResponse) -> String? { head.headers[dialect.writerHeader] }

    // MARK: Listings

    func list(_ folder: ObjectName, after continuation: String?) -> StorageRequest {
        var query: [(name: String, value: String)] = [
            ("list-type", "2"), ("prefix", folder.listingPrefix), ("max-keys", "1000"), ("encoding-type", "url"),
        ]
        if let continuation { query.append(("continuation-token", continuation)) }
        return request(.get, folder, .listing(dialect), key: "", query: URIEncoding.query(query))
    }

    func page(in answer: HTTPResponse) throws(XMLFault) -> ListingPage {
        try S3Answers.page(in: answer.body)
    }

    // MARK: Uploads in parts

    func beginUpload(of object: ObjectName) -> StorageRequest? {
        var request = request(.post, object, .writing(dialect), query: "uploads=")
        request.headers = [HTTPHeader("Content-Type", "application/octet-stream")]
        if sendsChecksum, let header = dialect.checksumAlgorithm { request.headers.append(header) }
        return request
    }

    func uploadID(in answer: HTTPResponse) -> String? {
        guard let facts = try? XMLFacts(reading: answer.body), let id = facts["UploadId"], !id.isEmpty else {
            return nil
        }
        return id
    }

    func part(_ content: [UInt8], number: Int, of upload: RunningUpload) -> StorageRequest {
        let query = URIEncoding.query([("partNumber", String(number)), ("uploadId", upload.id)])
        var request = request(.put, upload.object, .writing(dialect), query: query)
        request.headers = checksum(of: content)
        request.body = content
        return request
    }

    func receipt(
        for part: StorageRequest, number: Int, answer: HTTPResponse, of upload: RunningUpload
    ) -> PartReceipt? {
        guard let tag = answer.headers["etag"], !tag.isEmpty else { return nil }
        let checksum = part.headers.first { $0.name == S3Dialect.aws.checksumHeader }?.value
        return PartReceipt(number: number, tag: tag, checksum: checksum)
    }

    func completeUpload(_ upload: RunningUpload, _ parts: [PartReceipt]) -> StorageRequest {
        let query = URIEncoding.query([("uploadId", upload.id)])
        var request = request(.post, upload.object, .writing(dialect), query: query)
        request.headers = [HTTPHeader("Content-Type", "application/xml")]
        request.body = S3Answers.completion(of: parts)
        return request
    }

    func lateRefusal(in completion: HTTPResponse) -> StorageRefusal? {
        // Some storages say nothing, which is no refusal.
        guard completion.body.count > 0, let facts = try? XMLFacts(reading: completion.body), facts.root == "Error"
        else { return nil }
        return refusal(in: completion)
    }

    func abortUpload(_ upload: RunningUpload) -> StorageRequest? {
        let query = URIEncoding.query([("uploadId", upload.id)])
        return request(.delete, upload.object, .aborting(dialect), query: query)
    }

    // MARK: Proof and refusal

    func proven(_ request: StorageRequest, at moment: Timestamp) async throws -> (HTTPRequest, identity: String) {
        let plain = HTTPRequest(
            request.method, url: request.url, headers: request.headers, body: request.body.map { .bytes($0) },
            acceptsCompression: false, maximumBodyBytes: request.maximumAnswerBytes, timeout: request.timeout)
        switch credential {
        case .signature(let signer, let keys):
            let key = try await keys.current(at: moment)
            // Requests without a body cost nothing to sign whole.
            let payload: RequestSigner.Payload = signsPayload || request.body == nil ? .body : .unsigned
            guard let signed = signer.signed(plain, payload: payload, with: key, at: moment) else {
                throw NilusError.locationForeign(endpoint, expected: "https://host")
            }
            return (signed, "key id '\(key.id)'")
        case .token(let tokens):
            let token = try await tokens.current(at: moment)
            let header = HTTPSecretHeader("Authorization", prefix: "Bearer ", token.value)
            return (plain.adding([], secret: [header]), tokens.identity)
        }
    }

    func renewCredential() async -> Bool {
        switch credential {
        case .signature(_, let keys): await keys.renew()
        case .token(let tokens): await tokens.renew()
        }
    }

    func refusal(in answer: HTTPResponse) -> StorageRefusal {
        S3Answers.refusal(in: answer)
    }

    private func request(
        _ method: HTTPMethod, _ object: ObjectName, _ purpose: StoragePurpose, key: String? = nil, query: String = ""
    ) -> StorageRequest {
        StorageRequest(
            method: method, object: object,
            url: address.url(bucket: object.container, key: key ?? object.key, query: query), purpose: purpose)
    }

    private func checksum(of content: [UInt8]) -> [HTTPHeader] {
        guard sendsChecksum else { return [] }
        let crc = content.withUnsafeBytes { CRC32C(of: $0) }
        return [HTTPHeader(dialect.checksumHeader, dialect.checksumPrefix + Base64.text(of: crc.bytes))]
    }
}

/// How requests to S3 prove who sends them.
enum S3Credential: Sendable {
    case signature(RequestSigner, Renewable<SigningKey>)
    case token(Renewable<AccessToken>)

    /// Whether the proof is made from the request, so that it can cover the body.
    var signs: Bool {
        if case .signature = self { true } else { false }
    }
}
