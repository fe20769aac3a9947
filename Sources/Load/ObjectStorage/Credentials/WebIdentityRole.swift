import HTTPTransport
import NilusCore
import RequestSigning

/// A role that is assumed by the token of a service account, as clusters mount it.
///
/// - SeeAlso: AWS Security Token Service, AssumeRoleWithWebIdentity
struct WebIdentityRole: Sendable {
    let role: String
    let tokenFile: String
    let session: String
    let endpoint: String
    let connection: StorageConnection

    var keys: Renewable<SigningKey> { Renewable(identity: "role '\(role)'") { try await assume() } }

    private func assume() async throws -> Renewable<SigningKey>.Lease {
        let exchange = CredentialExchange(
            connection: connection, purpose: "assume role '\(role)' by '\(tokenFile)'", issuer: endpoint)
        let answer = try await exchange.answer(reason: Self.reason) {
            HTTPRequest(
                .post, url: endpoint + "/",
                headers: [
                    HTTPHeader("Content-Type", "application/x-www-form-urlencoded"),
                    HTTPHeader("Accept", "application/xml"),
                ],
                body: .secret(Redacted(try form(exchange.token(inFile: tokenFile)))),
                maximumBodyBytes: CredentialExchange.answerBytes, timeout: CredentialExchange.timeout)
        }
        return try lease(answer, exchange)
    }

    private func form(_ token: SecretBytes) -> SecretBytes {
        token.asFormValue(
            after: URIEncoding.query([
                ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", role),
                ("RoleSessionName", session),
            ]) + "&WebIdentityToken=")
    }

    private func lease(
        _ answer: GrowableBytes, _ exchange: CredentialExchange
    ) throws(NilusError) -> Renewable<SigningKey>.Lease {
        guard let facts = try? XMLFacts(reading: answer), let id = facts["AccessKeyId"],
            let secret = facts["SecretAccessKey"], let token = facts["SessionToken"],
            let expiry = facts["Expiration"].flatMap({ Timestamp(iso8601: $0) })
        else { throw exchange.unreadable("holds no credentials") }
        let key = SigningKey(
            id: id, secret: Redacted(SecretBytes(secret)), sessionToken: Redacted(SecretBytes(token)), expiry: expiry)
        return Renewable<SigningKey>.Lease(credential: key, expiry: expiry)
    }

    private static func reason(_ response: HTTPResponse) -> String {
        guard let facts = try? XMLFacts(reading: response.body) else { return "" }
        return [facts["Code"], facts["Message"]].compactMap { $0 }.joined(separator: ": ")
    }
}
