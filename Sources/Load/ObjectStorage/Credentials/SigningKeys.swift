import HTTPTransport
import NilusCore
import RequestSigning

/// Where the key comes from that requests to S3 are signed with.
enum SigningKeys {
    /// The key that the environment names, in the order of AWS' own tools: a key pair, a role by web
    /// identity, the endpoint of the container platform.
    ///
    /// - Throws: `configurationInvalid` (terminal) when there is none, or a half of one.
    static func fromEnvironment(
        _ environment: EnvironmentVariables, region: String, _ connection: StorageConnection
    ) throws(NilusError) -> Renewable<SigningKey> {
        if let id = environment["AWS_ACCESS_KEY_ID"] {
            guard let secret = environment["AWS_SECRET_ACCESS_KEY"] else { throw .signingSecretMissing(id) }
            let token = environment["AWS_SESSION_TOKEN"].map { Redacted(SecretBytes($0)) }
            return Renewable(always: SigningKey(id: id, secret: Redacted(SecretBytes(secret)), sessionToken: token))
        }
        if let role = environment["AWS_ROLE_ARN"], let file = environment["AWS_WEB_IDENTITY_TOKEN_FILE"] {
            return WebIdentityRole(
                role: role, tokenFile: file, session: environment["AWS_ROLE_SESSION_NAME"] ?? "nilus",
                endpoint: try stsEndpoint(environment, region: region), connection: connection
            ).keys
        }
        if let url = try ContainerKeyEndpoint.url(in: environment) {
            return ContainerKeyEndpoint(
                url: url, token: environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"].map { Redacted(SecretBytes($0)) },
                tokenFile: environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"], connection: connection
            ).keys
        }
        throw .signingKeyMissing
    }

    private static func stsEndpoint(
        _ environment: EnvironmentVariables, region: String
    ) throws(NilusError) -> String {
        if let own = environment["AWS_ENDPOINT_URL_STS"] { return try S3Address.endpoint(own) }
        return "https://sts.\(region).amazonaws.com" + (region.hasPrefix("cn-") ? ".cn" : "")
    }
}

extension NilusError {
    fileprivate static var signingKeyMissing: NilusError {
        NilusError(
            .load, .configurationInvalid,
            "cannot sign requests to S3: no key is given; set 'AWS_ACCESS_KEY_ID' and 'AWS_SECRET_ACCESS_KEY', or "
                + "'AWS_ROLE_ARN' and 'AWS_WEB_IDENTITY_TOKEN_FILE', or 'AWS_CONTAINER_CREDENTIALS_FULL_URI'")
    }

    fileprivate static func signingSecretMissing(_ id: String) -> NilusError {
        NilusError(
            .load, .configurationInvalid,
            "cannot sign requests to S3: 'AWS_ACCESS_KEY_ID' is '\(id)' but 'AWS_SECRET_ACCESS_KEY' is not set; set both"
        )
    }
}
