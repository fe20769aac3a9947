package import NilusCore
package import RequestSigning

/// How to reach Google Cloud Storage; what is not given here, the environment may tell.
package struct GoogleSettings: Sendable {
    /// `https://host:port` of a stand-in for Google's own.
    package var endpoint: String?
    /// An interoperable HMAC key.
    package var key: SigningKey?
    /// A token that was handed over, as catalogs do.
    package var token: Redacted<SecretBytes>?
    /// Gives a token that ends, and the next one before it does.
    package var lentToken: (@Sendable () async throws -> LentSecret)?
    /// The content of a service account's key file.
    package var serviceAccount: Redacted<SecretBytes>?
    /// The path of a service account's key file.
    package var serviceAccountFile: String?

    package init(
        endpoint: String? = nil, key: SigningKey? = nil, token: Redacted<SecretBytes>? = nil,
        serviceAccountFile: String? = nil
    ) {
        self.endpoint = endpoint
        self.key = key
        self.token = token
        self.serviceAccountFile = serviceAccountFile
    }
}

extension RemoteObjectStore {
    private static let googleEndpoint = "https://storage.googleapis.com"

    /// A store of objects at `gs://bucket/key`, by the XML interface.
    ///
    /// - Throws: `configurationInvalid` (terminal) when the endpoint is no address or there is no credential.
    package static func google(
        _ settings: GoogleSettings, environment: EnvironmentVariables, connection: StorageConnection
    ) throws(NilusError) -> RemoteObjectStore {
        let endpoint =
            if let given = settings.endpoint ?? environment["GCS_ENDPOINT"] {
                try S3Address.endpoint(given)
            } else {
                googleEndpoint
            }
        let service = S3Service(
            S3Address(endpoint: endpoint, usesPathStyle: true), .google,
            try googleCredential(settings, environment, connection))
        return RemoteObjectStore(service, connection)
    }

    private static func googleCredential(
        _ settings: GoogleSettings, _ environment: EnvironmentVariables, _ connection: StorageConnection
    ) throws(NilusError) -> S3Credential {
        let signer = RequestSigner(.google, service: "storage", region: "auto")
        if let lent = settings.lentToken { return .token(Renewable(lentBy: lent)) }
        if let token = settings.token { return .token(.handedOver(token, identity: "the token of the catalog")) }
        if let key = settings.key { return .signature(signer, Renewable(always: key)) }
        if let content = settings.serviceAccount {
            var bytes = content.expose().withBytes { ContiguousArray($0) }
            defer { bytes.withUnsafeMutableBytes { $0.wipe() } }
            return .token(try ServiceAccount(bytes, from: "that was handed over").tokens(connection))
        }
        if let file = settings.serviceAccountFile {
            return .token(try ServiceAccount.read(file).tokens(connection))
        }
        if let id = environment["GCS_HMAC_ACCESS_KEY_ID"], let secret = environment["GCS_HMAC_SECRET_ACCESS_KEY"] {
            return .signature(signer, Renewable(always: SigningKey(id: id, secret: Redacted(SecretBytes(secret)))))
        }
        if let file = environment["GOOGLE_APPLICATION_CREDENTIALS"] {
            return .token(try ServiceAccount.read(file).tokens(connection))
        }
        throw NilusError(
            .load, .configurationInvalid,
            "cannot prove requests to Google Cloud Storage: no credential is given; set 'GOOGLE_APPLICATION_CREDENTIALS', "
                + "or 'GCS_HMAC_ACCESS_KEY_ID' and 'GCS_HMAC_SECRET_ACCESS_KEY'")
    }
}
