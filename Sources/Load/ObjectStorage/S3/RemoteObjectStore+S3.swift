package import NilusCore
package import RequestSigning

/// How to reach a storage that speaks S3; what is not given here, the environment may tell.
package struct S3Settings: Sendable {
    /// `https://host:port` of a storage that is not Amazon's.
    package var endpoint: String?
    package var region: String?
    /// Whether the bucket stands in the path; by default for every endpoint but Amazon's.
    package var usesPathStyle: Bool?
    /// The key, where it was handed over rather than put into the environment.
    package var key: SigningKey?
    /// Gives a key that ends, and the next one before it does, where somebody lends them.
    package var lentKey: (@Sendable () async throws -> SigningKey)?

    package init(
        endpoint: String? = nil, region: String? = nil, usesPathStyle: Bool? = nil, key: SigningKey? = nil,
        lentKey: (@Sendable () async throws -> SigningKey)? = nil
    ) {
        self.endpoint = endpoint
        self.region = region
        self.usesPathStyle = usesPathStyle
        self.key = key
        self.lentKey = lentKey
    }
}

extension RemoteObjectStore {
    /// The region that is signed for when none is given; storages that are not Amazon's take it.
    private static let usualRegion = "us-east-1"

    /// A store of objects at `s3://bucket/key`.
    ///
    /// - Throws: `configurationInvalid` (terminal) when the endpoint is no address or there is no key.
    package static func s3(
        _ settings: S3Settings, environment: EnvironmentVariables, connection: StorageConnection
    ) throws(NilusError) -> RemoteObjectStore {
        try s3(settings, environment: environment, connection: connection, signsPayload: nil)
    }

    static func s3(
        _ settings: S3Settings, environment: EnvironmentVariables, connection: StorageConnection,
        signsPayload: Bool?
    ) throws(NilusError) -> RemoteObjectStore {
        let region =
            settings.region ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? usualRegion
        let keys: Renewable<SigningKey> =
            if let lentKey = settings.lentKey {
                Renewable(lentBy: lentKey)
            } else if let key = settings.key {
                Renewable(always: key)
            } else {
                try SigningKeys.fromEnvironment(environment, region: region, connection)
            }
        let service = S3Service(
            try address(settings, environment, region: region), .aws,
            .signature(RequestSigner(service: "s3", region: region), keys), signsPayload: signsPayload,
            sendsChecksum: environment["AWS_REQUEST_CHECKSUM_CALCULATION"]?.lowercased() != "when_required")
        return RemoteObjectStore(service, connection)
    }

    private static func address(
        _ settings: S3Settings, _ environment: EnvironmentVariables, region: String
    ) throws(NilusError) -> S3Address {
        let given =
            settings.endpoint ?? environment["AWS_ENDPOINT_URL_S3"] ?? environment["AWS_ENDPOINT_URL"]
            ?? environment["AWS_ENDPOINT"]
        guard let given else { return .amazon(region: region, usesPathStyle: settings.usesPathStyle ?? false) }
        return S3Address(endpoint: try S3Address.endpoint(given), usesPathStyle: settings.usesPathStyle ?? true)
    }
}
