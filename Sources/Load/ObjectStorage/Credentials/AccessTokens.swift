import JSON
import NilusCore

extension Renewable<AccessToken> {
    /// A token that was handed over and cannot be renewed from here.
    static func handedOver(_ token: Redacted<SecretBytes>, identity: String) -> Renewable<AccessToken> {
        Renewable(always: AccessToken(value: token), identity: identity)
    }
}

extension CredentialExchange {
    /// The token in an issuer's answer.
    ///
    /// - SeeAlso: RFC 6749, section 5.1
    func tokenLease(in answer: GrowableBytes, at moment: Timestamp) throws(NilusError) -> Renewable<AccessToken>.Lease {
        guard let facts = try? answer.withBytes({ try JSONValue(parsing: $0) }),
            let token = facts["access_token"]?.string, !token.isEmpty
        else { throw unreadable("holds no token") }
        // Some issuers write the number as text.
        let seconds = facts["expires_in"]?.integer ?? facts["expires_in"]?.string.flatMap { Int64($0) } ?? 3_600
        let end = moment.microseconds + min(max(seconds, 0), 86_400) * 1_000_000
        return Renewable<AccessToken>.Lease(
            credential: AccessToken(value: Redacted(SecretBytes(token))), expiry: Timestamp(microseconds: end))
    }

    /// The sentence in an issuer's refusal.
    static func tokenRefusal(_ answer: GrowableBytes) -> String {
        guard let facts = try? answer.withBytes({ try JSONValue(parsing: $0) }) else { return "" }
        let sentence = facts["error_description"]?.string?.split(whereSeparator: \.isNewline).first.map(String.init)
        return [facts["error"]?.string, sentence].compactMap { $0 }.joined(separator: ": ")
    }
}
