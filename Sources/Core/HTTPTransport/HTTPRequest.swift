package import NilusCore

/// One request.
package struct HTTPRequest: Sendable {
    package let method: HTTPMethod
    /// Absolute URL; holds no credential.
    package let url: String
    package let headers: [HTTPHeader]
    package let secretHeaders: [HTTPSecretHeader]
    /// `nil` sends no body, or an empty one where the method has one by its nature (PUT, POST, PATCH).
    package let body: HTTPBody?
    /// Whether the answer may arrive compressed; it is handed over decompressed.
    ///
    /// Stored objects are asked for as they are.
    package let acceptsCompression: Bool
    /// Upper bound of the decoded body, in bytes; of a stream, of what waits for its reader.
    package let maximumBodyBytes: Int
    /// Upper bound of the whole exchange; of a stream, of every silence in it.
    package let timeout: Duration

    /// A request; `bearer` becomes the header `Authorization: Bearer …`.
    package init(
        _ method: HTTPMethod = .get, url: String, headers: [HTTPHeader] = [], bearer: Redacted<SecretBytes>? = nil,
        secretHeaders: [HTTPSecretHeader] = [], body: HTTPBody? = nil, acceptsCompression: Bool = true,
        maximumBodyBytes: Int, timeout: Duration
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.secretHeaders =
            secretHeaders + (bearer.map { [HTTPSecretHeader("Authorization", prefix: "Bearer ", $0)] } ?? [])
        self.body = body
        self.acceptsCompression = acceptsCompression
        self.maximumBodyBytes = maximumBodyBytes
        self.timeout = timeout
    }
}

extension HTTPRequest {
    /// The request with more header lines.
    package func adding(_ headers: [HTTPHeader], secret: [HTTPSecretHeader] = []) -> HTTPRequest {
        HTTPRequest(
            method, url: url, headers: self.headers + headers, secretHeaders: secretHeaders + secret, body: body,
            acceptsCompression: acceptsCompression, maximumBodyBytes: maximumBodyBytes, timeout: timeout)
    }
}

/// What a request asks for.
package enum HTTPMethod: String, Sendable {
    case get = "GET"
    case head = "HEAD"
    case put = "PUT"
    case post = "POST"
    case patch = "PATCH"
    case delete = "DELETE"

    /// Whether a request of this kind announces a body even when there is none.
    var alwaysSendsBody: Bool {
        switch self {
        case .put, .post, .patch: true
        case .get, .head, .delete: false
        }
    }
}

/// The body of a request, held in memory and sent from where it lies.
package enum HTTPBody: Sendable {
    case bytes([UInt8])
    /// A body that holds a secret, such as a form with a client's password; overwritten when the last owner lets go.
    case secret(Redacted<SecretBytes>)

    /// A body of text.
    package static func text(_ text: String) -> HTTPBody { .bytes(Array(text.utf8)) }

    /// The number of bytes.
    package var count: Int {
        switch self {
        case .bytes(let bytes): bytes.count
        case .secret(let secret): secret.expose().count
        }
    }

    /// Lends the bytes for the duration of the call.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        switch self {
        case .bytes(let bytes): bytes.withUnsafeBytes(body)
        case .secret(let secret): secret.expose().withBytes(body)
        }
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

/// A header line whose value is a secret: its bytes are overwritten when the request ends.
package struct HTTPSecretHeader: Sendable {
    package let name: String
    /// What stands before the secret, such as `Bearer `.
    package let prefix: String
    package let value: Redacted<SecretBytes>

    package init(_ name: String, prefix: String = "", _ value: Redacted<SecretBytes>) {
        self.name = name
        self.prefix = prefix
        self.value = value
    }
}
