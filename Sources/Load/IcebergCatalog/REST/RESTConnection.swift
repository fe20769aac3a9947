package import NilusCore
package import RequestSigning

/// Where a REST catalog is, and how the job makes itself known there.
package struct RESTConnection: Sendable {
    /// The URL before `/v1`, without a slash at the end.
    package let base: String
    /// Which of the catalog's warehouses is meant; `nil` for the only one.
    package let warehouse: String?
    /// How the job makes itself known.
    package let authentication: RESTAuthentication
    /// Whether the catalog is asked for credentials to the storage, because the job has none of its own.
    package let wantsCredentials: Bool
    /// How long the catalog may take to answer one request.
    package let timeout: Duration

    /// A commit that writes the metadata of many snapshots takes some seconds; proxies give up after a minute.
    package static let standardTimeout = Duration.seconds(60)

    /// A connection; a slash at the end of `base` is taken off.
    package init(
        base: String, warehouse: String?, authentication: RESTAuthentication, wantsCredentials: Bool,
        timeout: Duration = standardTimeout
    ) {
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.warehouse = warehouse
        self.authentication = authentication
        self.wantsCredentials = wantsCredentials
        self.timeout = timeout
    }
}

/// How the job makes itself known to a REST catalog.
package enum RESTAuthentication: Sendable {
    /// The catalog asks for nothing.
    case none
    /// A token that somebody else fetched; it cannot be renewed.
    case bearer(Redacted<SecretBytes>)
    /// OAuth2 client credentials, exchanged for tokens that are renewed.
    case client(RESTClientCredentials)
    /// The header `apikey`, as the DataOS platform wants it.
    case apiKey(Redacted<SecretBytes>)
    /// Signature Version 4, as AWS Glue and S3 Tables want it; `key` gives the key pair that is good now.
    case signature(RequestSigner, key: @Sendable () async throws -> SigningKey)
}

/// The name and the password with which a client fetches tokens (RFC 6749, section 4.4).
package struct RESTClientCredentials: Sendable, Equatable {
    /// The name; may be empty where the server goes by the password alone.
    package let id: String
    /// The password.
    package let secret: Redacted<SecretBytes>
    /// What the tokens are to be good for.
    package let scope: String
    /// Where tokens are fetched.
    package let tokenURL: String

    /// What Iceberg's own clients ask for.
    package static let standardScope = "catalog"

    /// Client credentials.
    package init(
        id: String, secret: Redacted<SecretBytes>, scope: String = standardScope, tokenURL: String
    ) {
        self.id = id
        self.secret = secret
        self.scope = scope
        self.tokenURL = tokenURL
    }

    /// Where a catalog gives tokens unless told otherwise.
    package static func tokenURL(ofCatalogAt base: String) -> String { "\(base)/v1/oauth/tokens" }

    /// The form that asks for a token (RFC 6749, section 4.4.2).
    var form: Redacted<SecretBytes> {
        var bytes = ContiguousArray("grant_type=client_credentials&scope=\(URIEncoding.encoded(scope))".utf8)
        if !id.isEmpty { bytes += Array("&client_id=\(URIEncoding.encoded(id))".utf8) }
        bytes += Array("&client_secret=".utf8)
        secret.expose().withBytes { bytes.appendPercentEncoded($0) }
        return Redacted(SecretBytes(wiping: &bytes))
    }
}
