import NilusCore
import RequestSigning

/// Where a storage that speaks S3 is, and how buckets are named in its URLs.
struct S3Address: Sendable, Hashable {
    /// Scheme, host and port, without a slash at the end.
    let endpoint: String
    /// Whether the bucket is the first part of the path rather than of the host name.
    let usesPathStyle: Bool

    init(endpoint: String, usesPathStyle: Bool) {
        self.endpoint = endpoint
        self.usesPathStyle = usesPathStyle
    }

    /// The address of Amazon's storage in a region.
    static func amazon(region: String, usesPathStyle: Bool = false) -> S3Address {
        let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        return S3Address(endpoint: "https://s3.\(region).\(domain)", usesPathStyle: usesPathStyle)
    }

    /// The endpoint that a person gave.
    ///
    /// - Throws: `configurationInvalid` (terminal) when it is no URL of a host alone.
    static func endpoint(_ text: String, usesTLS: Bool = true) throws(NilusError) -> String {
        let whole =
            text.hasPrefix("http://") || text.hasPrefix("https://") ? text : "http\(usesTLS ? "s" : "")://\(text)"
        guard let target = RequestTarget(url: whole), target.path == "/", target.query.isEmpty,
            target.host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "%") })
        else { throw .endpointInvalid(text) }
        return whole.hasSuffix("/") ? String(whole.dropLast()) : whole
    }

    var isSecure: Bool { endpoint.hasPrefix("https://") }

    /// The URL of an object, or of the bucket when the key is empty.
    func url(bucket: String, key: String, query: String) -> String {
        let path = URIEncoding.encoded(key, keepingSlashes: true)
        let suffix = query.isEmpty ? "" : "?" + query
        // A dot in a bucket's name would be one in the host's, which certificates do not cover.
        guard !usesPathStyle, !(isSecure && bucket.contains(".")), let separator = endpoint.range(of: "://") else {
            return "\(endpoint)/\(bucket)/\(path)\(suffix)"
        }
        let host = endpoint[separator.upperBound...]
        return "\(endpoint[..<separator.upperBound])\(bucket).\(host)/\(path)\(suffix)"
    }
}

extension String {
    fileprivate func range(of text: String) -> Range<Index>? {
        indices.first { self[$0...].hasPrefix(text) }.map { $0..<index($0, offsetBy: text.count) }
    }
}

extension NilusError {
    fileprivate static func endpointInvalid(_ text: String) -> NilusError {
        NilusError(
            .load, .configurationInvalid,
            "cannot use storage endpoint \(MessageText.quoted(text)): it is no address of a host; "
                + "'https://host:port' was expected")
    }
}
