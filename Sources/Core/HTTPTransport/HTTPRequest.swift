package import NilusCore

/// One GET request.
package struct HTTPRequest: Sendable {
    /// Absolute URL; holds no credential.
    package let url: String
    package let headers: [HTTPHeader]
    /// Sent as `Authorization: Bearer …`, never followed to another host.
    package let bearer: Redacted<SecretBytes>?
    /// Upper bound of the decoded body, in bytes.
    package let maximumBodyBytes: Int
    /// Upper bound of the whole exchange.
    package let timeout: Duration

    package init(
        url: String, headers: [HTTPHeader] = [], bearer: Redacted<SecretBytes>? = nil, maximumBodyBytes: Int,
        timeout: Duration
    ) {
        self.url = url
        self.headers = headers
        self.bearer = bearer
        self.maximumBodyBytes = maximumBodyBytes
        self.timeout = timeout
    }
}

/// A header line; the value holds no secret.
package struct HTTPHeader: Sendable, Hashable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// A complete answer.
package struct HTTPResponse: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    /// The decoded body, sealed for parsers.
    package let body: GrowableBytes

    package init(status: Int, headers: HTTPHeaders, body: GrowableBytes) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// The header lines of an answer; names compare without case.
package struct HTTPHeaders: Sendable {
    private var values: [String: String] = [:]

    package init(_ headers: [HTTPHeader] = []) {
        for header in headers { values[header.name.lowercased()] = header.value }
    }

    package subscript(name: String) -> String? { values[name.lowercased()] }

    mutating func set(_ name: String, _ value: String) {
        values[name.lowercased()] = value
    }

    mutating func removeAll() { values.removeAll() }
}
