import HTTPTransport
import NilusCore
import RequestSigning

/// What S3 answers, and the one document that it is sent.
///
/// - SeeAlso: Amazon S3 API reference, "Error responses", ListObjectsV2, CompleteMultipartUpload
enum S3Answers {
    /// - Throws: `XMLFault` when the answer is no listing.
    static func page(in answer: GrowableBytes) throws(XMLFault) -> ListingPage {
        let facts = try XMLFacts(
            reading: answer, records: "Contents", wanted: ["Key", "Size", "LastModified"])
        guard facts.root == "ListBucketResult" else { throw .unexpected("element '\(facts.root)'", offset: 0) }
        let isEncoded = facts["EncodingType"] == "url"
        var page = ListingPage()
        for record in facts.records {
            guard let key = record["Key"], let size = record["Size"].flatMap({ Int($0) }), size >= 0,
                let modified = record["LastModified"].flatMap({ Timestamp(iso8601: $0) })
            else { throw .unexpected("an object without key, size or time", offset: 0) }
            page.entries.append(
                ListingPage.Entry(
                    key: isEncoded ? URIEncoding.decoded(key, plusIsSpace: true) : key, sizeBytes: size,
                    modified: modified))
        }
        if facts["IsTruncated"] == "true" {
            guard let next = facts["NextContinuationToken"], !next.isEmpty else {
                throw .unexpected("a page that does not say where the next begins", offset: 0)
            }
            page.continuation = next
        }
        return page
    }

    static func completion(of parts: [PartReceipt]) -> [UInt8] {
        var text = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        for part in parts {
            text += "<Part><PartNumber>\(part.number)</PartNumber><ETag>\(escaped(part.tag))</ETag>"
            if let checksum = part.checksum { text += "<ChecksumCRC32C>\(checksum)</ChecksumCRC32C>" }
            text += "</Part>"
        }
        return Array((text + "</CompleteMultipartUpload>").utf8)
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
    }

    static func refusal(in answer: HTTPResponse) -> StorageRefusal {
        // Answers to HEAD have no body, and what stands between us and the storage answers in other forms.
        let facts = answer.body.count > 0 ? try? XMLFacts(reading: answer.body) : nil
        let code = facts?["Code"] ?? ""
        let region = answer.headers["x-amz-bucket-region"] ?? facts?["Region"]
        return StorageRefusal(
            status: answer.status, code: code, text: facts?["Message"] ?? "",
            requestID: answer.headers["x-amz-request-id"] ?? answer.headers["x-guploader-uploadid"],
            kind: kind(status: answer.status, code: code, region: region))
    }

    private static func kind(status: Int, code: String, region: String?) -> StorageRefusal.Kind {
        switch code {
        case "SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "OperationAborted",
            "ConditionalRequestConflict", "BadDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch",
            "TooManyRequests":
            .busy
        case "ExpiredToken", "TokenRefreshRequired", "InvalidToken", "ExpiredTokenException": .credentialOver
        case "InvalidAccessKeyId": .keyUnknown
        case "SignatureDoesNotMatch": .signatureWrong
        case "RequestTimeTooSkewed": .clockSkewed
        case "NoSuchBucket": .containerMissing
        case "NoSuchKey": .objectMissing
        case "NoSuchUpload": .uploadMissing
        case "PreconditionFailed": .conditionFailed
        case "InvalidRange": .rangeOutside
        case "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed",
            "IllegalLocationConstraintException":
            .regionWrong(region)
        case "NotImplemented": .unsupported
        default: kind(status: status, region: region)
        }
    }

    private static func kind(status: Int, region: String?) -> StorageRefusal.Kind {
        switch status {
        case 301, 307, 308: .regionWrong(region)
        case 401: .credentialOver
        case 403: .accessDenied
        case 404: .objectMissing
        case 408, 429, 500, 502, 503, 504: .busy
        case 412: .conditionFailed
        case 416: .rangeOutside
        case 501: .unsupported
        default: .other
        }
    }
}
