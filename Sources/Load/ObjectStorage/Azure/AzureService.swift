import Digests
import HTTPTransport
import NilusCore
import RequestSigning

/// One account of Azure's storage, by the interface for blobs, which accounts with folders (ADLS Gen2) have too.
///
/// - SeeAlso: Azure Storage services REST API, version 2021-12-02
struct AzureService: StorageService {
    let account: String
    let domain: String
    let endpoint: String
    let credential: AzureCredential

    private static let version = "2021-12-02"
    private static let writerHeader = "x-ms-meta-nilus_writer"

    var containerWord: String { "container" }

    func name(of location: String) throws(NilusError) -> ObjectName {
        guard let name = AzureName(location), name.account == account, name.domain == domain else {
            throw .locationForeign(location, expected: "abfss://container@\(account).dfs.\(domain)/path")
        }
        return ObjectName(location: location, container: name.container, key: name.key)
    }

    // MARK: Whole objects

    func read(_ object: ObjectName, range: Range<Int>?) -> StorageRequest {
        var request = request(.get, object, .azureRead)
        if let range { request.headers = [HTTPHeader("Range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")] }
        return request
    }

    func head(_ object: ObjectName) -> StorageRequest { request(.head, object, .azureRead) }

    func delete(_ object: ObjectName) -> StorageRequest { request(.delete, object, .azureDelete) }

    func put(_ content: [UInt8], at object: ObjectName, onlyIfAbsentBy writer: String?) -> StorageRequest {
        var request = request(.put, object, .azureWrite)
        request.headers =
            [HTTPHeader("x-ms-blob-type", "BlockBlob"), HTTPHeader("Content-Type", "application/octet-stream")]
            + Self.checksum(of: content)
        if let writer {
            request.headers += [HTTPHeader("If-None-Match", "*"), HTTPHeader(Self.writerHeader, writer)]
        }
        request.body = content
        return request
    }

    func writer(in head: HTTPResponse) -> String? { head.headers[Self.writerHeader] }

    // MARK: Listings

    func list(_ folder: ObjectName, after continuation: String?) -> StorageRequest {
        var query: [(name: String, value: String)] = [
            ("restype", "container"), ("comp", "list"), ("prefix", folder.listingPrefix), ("maxresults", "1000"),
        ]
        if let continuation { query.append(("marker", continuation)) }
        return request(.get, folder, .azureList, key: "", query: URIEncoding.query(query))
    }

    func page(in answer: HTTPResponse) throws(XMLFault) -> ListingPage {
        let facts = try XMLFacts(
            reading: answer.body, records: "Blob",
            wanted: ["Name", "Content-Length", "Last-Modified", "ResourceType", "hdi_isfolder"])
        guard facts.root == "EnumerationResults" else { throw .unexpected("element '\(facts.root)'", offset: 0) }
        var page = ListingPage()
        for record in facts.records where record["ResourceType"] != "directory" && record["hdi_isfolder"] != "true" {
            guard let key = record["Name"], let size = record["Content-Length"].flatMap({ Int($0) }), size >= 0,
                let modified = record["Last-Modified"].flatMap(HTTPDate.moment)
            else { throw .unexpected("a blob without name, length or time", offset: 0) }
            page.entries.append(ListingPage.Entry(key: key, sizeBytes: size, modified: modified))
        }
        if let marker = facts["NextMarker"], !marker.isEmpty { page.continuation = marker }
        return page
    }

    // MARK: Uploads in blocks

    func beginUpload(of object: ObjectName) -> StorageRequest? { nil }

    func uploadID(in answer: HTTPResponse) -> String? { nil }

    func part(_ content: [UInt8], number: Int, of upload: RunningUpload) -> StorageRequest {
        let query = URIEncoding.query([("comp", "block"), ("blockid", Self.blockID(number, of: upload))])
        var request = request(.put, upload.object, .azureWrite, query: query)
        request.headers = Self.checksum(of: content)
        request.body = content
        return request
    }

    func receipt(
        for part: StorageRequest, number: Int, answer: HTTPResponse, of upload: RunningUpload
    ) -> PartReceipt? {
        PartReceipt(number: number, tag: Self.blockID(number, of: upload))
    }

    func completeUpload(_ upload: RunningUpload, _ parts: [PartReceipt]) -> StorageRequest {
        var request = request(.put, upload.object, .azureWrite, query: "comp=blocklist")
        // Base64 needs no escaping.
        let list = parts.map { "<Latest>\($0.tag)</Latest>" }.joined()
        let body = Array("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>\(list)</BlockList>".utf8)
        request.headers =
            [
                HTTPHeader("Content-Type", "application/xml"),
                HTTPHeader("x-ms-blob-content-type", "application/octet-stream"),
            ] + Self.checksum(of: body)
        request.body = body
        return request
    }

    func lateRefusal(in completion: HTTPResponse) -> StorageRefusal? { nil }

    /// Blocks that no list names are forgotten by the storage after a week.
    func abortUpload(_ upload: RunningUpload) -> StorageRequest? { nil }

    /// The ids of all blocks of a blob have one length.
    private static func blockID(_ number: Int, of upload: RunningUpload) -> String {
        let digits = String(number)
        let padded = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
        return Base64.text(of: Array("\(upload.id)-\(padded)".utf8))
    }

    // MARK: Proof and refusal

    func proven(_ request: StorageRequest, at moment: Timestamp) async throws -> (HTTPRequest, identity: String) {
        var url = request.url
        if case .signature(let sas) = credential {
            // The one credential that is a part of the URL: neither messages nor logs show URLs.
            let text = try await sas.current(at: moment).value.expose().withBytes {
                String(decoding: $0, as: UTF8.self)
            }
            // Portals put a question mark in front of it.
            url += (url.contains("?") ? "&" : "?") + text.drop { $0 == "?" }
        }
        let plain = HTTPRequest(
            request.method, url: url,
            headers: request.headers + [
                HTTPHeader("x-ms-date", HTTPDate.text(of: moment)), HTTPHeader("x-ms-version", Self.version),
            ],
            body: request.body.map { .bytes($0) }, acceptsCompression: false,
            maximumBodyBytes: request.maximumAnswerBytes, timeout: request.timeout)
        switch credential {
        case .signature: return (plain, "the shared access signature")
        case .sharedKey(let key):
            guard let target = RequestTarget(url: url) else {
                throw NilusError.locationForeign(endpoint, expected: "https://host")
            }
            let header = HTTPHeader("Authorization", key.authorization(of: plain, target))
            return (plain.adding([header]), "the key of account '\(account)'")
        case .token(let tokens):
            let token = try await tokens.current(at: moment)
            let header = HTTPSecretHeader("Authorization", prefix: "Bearer ", token.value)
            return (plain.adding([], secret: [header]), tokens.identity)
        }
    }

    func renewCredential() async -> Bool {
        switch credential {
        case .sharedKey: false
        case .signature(let tokens), .token(let tokens): await tokens.renew()
        }
    }

    func refusal(in answer: HTTPResponse) -> StorageRefusal {
        let facts = answer.body.count > 0 ? try? XMLFacts(reading: answer.body) : nil
        let code = answer.headers["x-ms-error-code"] ?? facts?["Code"] ?? ""
        let text = facts?["Message"]?.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return StorageRefusal(
            status: answer.status, code: code, text: text, requestID: answer.headers["x-ms-request-id"],
            kind: Self.kind(status: answer.status, code: code, text: text))
    }

    /// - SeeAlso: "Common REST API error codes" and "Blob Storage error codes" (Azure)
    private static func kind(status: Int, code: String, text: String) -> StorageRefusal.Kind {
        switch code {
        case "ServerBusy", "InternalError", "OperationTimedOut", "Md5Mismatch", "AccountBeingCreated": return .busy
        case "AuthenticationFailed", "InvalidAuthenticationInfo":
            return status == 401 ? .credentialOver : .signatureWrong
        case "ContainerNotFound", "ContainerDisabled", "ContainerBeingDeleted": return .containerMissing
        case "BlobNotFound", "ResourceNotFound": return .objectMissing
        case "BlobAlreadyExists", "ConditionNotMet", "UnauthorizedBlobOverwrite": return .conditionFailed
        case "InvalidRange": return .rangeOutside
        default: break
        }
        switch status {
        case 401: return .credentialOver
        case 403: return .accessDenied
        case 404: return .objectMissing
        case 408, 429, 500, 502, 503, 504: return .busy
        case 412: return .conditionFailed
        case 416: return .rangeOutside
        case 501: return .unsupported
        default: return .other
        }
    }

    private static func checksum(of content: [UInt8]) -> [HTTPHeader] {
        // Where the system forbids MD5 the connection's own protection has to do.
        let digest = content.withUnsafeBytes { MD5Digest(of: $0) }
        return digest.map { [HTTPHeader("Content-MD5", Base64.text(of: $0.bytes))] } ?? []
    }

    private func request(
        _ method: HTTPMethod, _ object: ObjectName, _ purpose: StoragePurpose, key: String? = nil, query: String = ""
    ) -> StorageRequest {
        let path = URIEncoding.encoded(key ?? object.key, keepingSlashes: true)
        let url = "\(endpoint)/\(object.container)\(path.isEmpty ? "" : "/" + path)"
        return StorageRequest(
            method: method, object: object, url: query.isEmpty ? url : "\(url)?\(query)", purpose: purpose)
    }
}

/// How requests to Azure prove who sends them.
enum AzureCredential: Sendable {
    case sharedKey(SharedKey)
    /// A shared access signature: the query that the portal hands out.
    case signature(Renewable<AccessToken>)
    case token(Renewable<AccessToken>)
}

extension StoragePurpose {
    private static let role = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"

    fileprivate static let azureRead = StoragePurpose(verb: "read", permission: "\(role)/read")
    fileprivate static let azureWrite = StoragePurpose(verb: "write", permission: "\(role)/write")
    fileprivate static let azureDelete = StoragePurpose(verb: "delete", permission: "\(role)/delete")
    fileprivate static let azureList = StoragePurpose(verb: "list", permission: "\(role)/read")
}
