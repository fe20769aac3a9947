import HTTPTransport
import NilusCore
import RequestSigning

/// An application that proves itself by the token of a service account, as clusters mount it.
///
/// - SeeAlso: "Microsoft identity platform and the OAuth 2.0 client credentials flow", federated credential
struct WorkloadIdentity: Sendable {
    let client: String
    let tenant: String
    let tokenFile: String
    /// Scheme and host of the issuer.
    let authority: String
    let connection: StorageConnection

    /// The issuer of the public cloud.
    private static let publicAuthority = "https://login.microsoftonline.com"

    /// The identity that the environment names, as the webhook of the cluster sets it.
    ///
    /// - Throws: `configurationInvalid` (terminal) when the issuer is no address.
    init?(_ environment: EnvironmentVariables, _ connection: StorageConnection) throws(NilusError) {
        guard let file = environment["AZURE_FEDERATED_TOKEN_FILE"], let client = environment["AZURE_CLIENT_ID"],
            let tenant = environment["AZURE_TENANT_ID"]
        else { return nil }
        self.client = client
        self.tenant = tenant
        tokenFile = file
        authority = try S3Address.endpoint(environment["AZURE_AUTHORITY_HOST"] ?? Self.publicAuthority)
        self.connection = connection
    }

    var tokens: Renewable<AccessToken> { Renewable(identity: "client '\(client)'") { try await fetch() } }

    private func fetch() async throws -> Renewable<AccessToken>.Lease {
        let exchange = CredentialExchange(
            connection: connection, purpose: "get a token for client '\(client)' by '\(tokenFile)'", issuer: authority)
        let answer = try await exchange.answer(reason: { CredentialExchange.tokenRefusal($0.body) }) {
            HTTPRequest(
                .post, url: "\(authority)/\(URIEncoding.encoded(tenant))/oauth2/v2.0/token",
                headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")],
                body: .secret(Redacted(try form(exchange.token(inFile: tokenFile)))),
                maximumBodyBytes: CredentialExchange.answerBytes, timeout: CredentialExchange.timeout)
        }
        return try exchange.tokenLease(in: answer, at: connection.time.utc())
    }

    private func form(_ token: SecretBytes) -> SecretBytes {
        token.asFormValue(
            after: URIEncoding.query([
                ("grant_type", "client_credentials"), ("client_id", client),
                ("scope", "https://storage.azure.com/.default"),
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ]) + "&client_assertion=")
    }
}
