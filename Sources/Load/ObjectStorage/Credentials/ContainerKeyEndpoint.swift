import HTTPTransport
import JSON
import NilusCore
import RequestSigning

/// The endpoint by which container platforms hand out keys (ECS tasks, EKS pod identities).
///
/// - SeeAlso: AWS SDKs and Tools reference, "Container credential provider"
struct ContainerKeyEndpoint: Sendable {
    let url: String
    let token: Redacted<SecretBytes>?
    /// Wins over a token that is given itself.
    let tokenFile: String?
    let connection: StorageConnection

    /// Where relative addresses belong.
    private static let ecsHost = "http://169.254.170.2"

    /// The URL that the environment names.
    ///
    /// - Throws: `configurationInvalid` (terminal) when it would send the token over an open network.
    static func url(in environment: EnvironmentVariables) throws(NilusError) -> String? {
        if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            return ecsHost + (path.hasPrefix("/") ? path : "/" + path)
        }
        guard let url = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] else { return nil }
        guard let target = RequestTarget(url: url), url.hasPrefix("https://") || isLocal(target.host) else {
            throw NilusError(
                .load, .configurationInvalid,
                "cannot use 'AWS_CONTAINER_CREDENTIALS_FULL_URI': it is no address of this machine; "
                    + "'https://…' or a loopback or link-local address was expected")
        }
        return url
    }

    /// Whether a host is this machine or the platform's agent on it.
    private static func isLocal(_ host: String) -> Bool {
        let agents = ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]", "localhost", "[::1]"]
        let name = host.hasSuffix("]") ? host : String(host.prefix { $0 != ":" || host.hasPrefix("[") })
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") { return agents.contains(String(host[...end])) }
        return agents.contains(name) || isLoopback(name)
    }

    private static func isLoopback(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    var keys: Renewable<SigningKey> { Renewable(identity: "the container's role") { try await fetch() } }

    private func fetch() async throws -> Renewable<SigningKey>.Lease {
        let issuer = RequestTarget(url: url)?.host ?? url
        let exchange = CredentialExchange(
            connection: connection, purpose: "get the container's key", issuer: issuer)
        let answer = try await exchange.answer(reason: { _ in "" }) {
            let value = try tokenFile.map { Redacted(try exchange.token(inFile: $0)) } ?? token
            return HTTPRequest(
                url: url, headers: [HTTPHeader("Accept", "application/json")],
                secretHeaders: value.map { [HTTPSecretHeader("Authorization", $0)] } ?? [],
                maximumBodyBytes: CredentialExchange.answerBytes, timeout: CredentialExchange.timeout)
        }
        guard let facts = try? answer.withBytes({ try JSONValue(parsing: $0) }),
            let id = facts["AccessKeyId"]?.string, let secret = facts["SecretAccessKey"]?.string
        else { throw exchange.unreadable("holds no credentials") }
        let expiry = facts["Expiration"]?.string.flatMap { Timestamp(iso8601: $0) }
        let key = SigningKey(
            id: id, secret: Redacted(SecretBytes(secret)),
            sessionToken: facts["Token"]?.string.map { Redacted(SecretBytes($0)) }, expiry: expiry)
        return Renewable<SigningKey>.Lease(credential: key, expiry: expiry)
    }
}
