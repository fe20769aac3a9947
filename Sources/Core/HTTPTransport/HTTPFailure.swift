import CCurl

/// Why there is no complete answer.
package struct HTTPFailure: Error, Sendable, CustomStringConvertible {
    /// What the asker can do about it.
    package enum Kind: Sendable, Equatable {
        /// Name resolution or connection failed.
        case unreachable
        /// The peer's certificate or TLS version is not acceptable, or the CA file cannot be used.
        case untrusted
        case timedOut
        /// The connection ended, or broke its protocol, before the answer was complete.
        case cut
        /// The body exceeds `HTTPRequest.maximumBodyBytes`.
        case tooLarge
        /// The request itself cannot be sent, such as a malformed URL.
        case unusable
    }

    package let kind: Kind
    /// What the library says; names hosts, never URLs or credentials.
    package let description: String

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// Whether the same request may succeed later.
    package var isTransient: Bool {
        switch kind {
        case .unreachable, .timedOut, .cut: true
        case .untrusted, .tooLarge, .unusable: false
        }
    }

    /// Whether the server may have got the request and acted on it, though there is no complete answer.
    package var mayHaveArrived: Bool {
        switch kind {
        case .unreachable, .untrusted, .unusable: false
        case .timedOut, .cut, .tooLarge: true
        }
    }
}

extension HTTPFailure {
    init(_ code: CURLcode, detail: String) {
        let text = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        // Abbreviations such as "SSL" keep their letters.
        let isWord = text.dropFirst().first?.isUppercase == false
        self.init(Self.kind(of: code), isWord ? text.prefix(1).lowercased() + text.dropFirst() : text)
    }

    private static func kind(of code: CURLcode) -> Kind {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED:
            .unreachable
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_INVALIDCERTSTATUS:
            .untrusted
        case CURLE_OPERATION_TIMEDOUT: .timedOut
        case CURLE_WRITE_ERROR: .tooLarge
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_FUNCTION_ARGUMENT,
            CURLE_UNKNOWN_OPTION, CURLE_NOT_BUILT_IN, CURLE_FAILED_INIT:
            .unusable
        default: .cut
        }
    }
}
