import Digests
import HTTPTransport
import JSON
import NilusCore
import RequestSigning

/// A service account of Google Cloud: its key signs a claim that is traded for a token.
///
/// - SeeAlso: "Using OAuth 2.0 for server to server applications" (Google); RFC 7523
struct ServiceAccount: Sendable {
    let email: String
    private let key: RSAPrivateKey
    private let keyID: String?
    private let issuer: String

    /// Google's own; a key file may name another.
    private static let usualIssuer = "https://oauth2.googleapis.com/token"
    private static let scope = "https://www.googleapis.com/auth/devstorage.read_write"
    private static let lifetimeSeconds: Int64 = 3_600
    /// A key file is never larger, in bytes.
    private static let largestFile = 65_536

    /// Reads a key file.
    ///
    /// - Throws: `configurationInvalid` (terminal) with what is missing.
    static func read(_ path: String) throws(NilusError) -> ServiceAccount {
        var content: ContiguousArray<UInt8>
        do throws(SystemError) { content = try Files.read(path, limit: largestFile) } catch {
            throw .serviceAccountUnusable("'\(path)'", "\(error)")
        }
        defer { content.withUnsafeMutableBytes { $0.wipe() } }
        return try ServiceAccount(content, from: "'\(path)'")
    }

    /// The account of a key file's content.
    ///
    /// - Throws: `configurationInvalid` (terminal) with what is missing.
    init(_ content: some Collection<UInt8>, from name: String) throws(NilusError) {
        guard let facts = try? JSONValue(parsing: content) else {
            throw .serviceAccountUnusable(name, "it is no JSON object")
        }
        guard facts["type"]?.string == "service_account" else {
            throw .serviceAccountUnusable(name, "its 'type' is not 'service_account'")
        }
        guard let email = facts["client_email"]?.string, let pem = facts["private_key"]?.string else {
            throw .serviceAccountUnusable(name, "it has no 'client_email' and 'private_key'")
        }
        guard let key = RSAPrivateKey(pem: SecretBytes(pem)) else {
            throw .serviceAccountUnusable(name, "its 'private_key' is no RSA key in PEM form")
        }
        self.email = email
        self.key = key
        keyID = facts["private_key_id"]?.string
        issuer = facts["token_uri"]?.string ?? Self.usualIssuer
        guard issuer.hasPrefix("https://") || issuer.hasPrefix("http://127.0.0.1:") else {
            throw .serviceAccountUnusable(name, "its 'token_uri' is no 'https://' address")
        }
    }

    func tokens(_ connection: StorageConnection) -> Renewable<AccessToken> {
        Renewable(identity: "service account '\(email)'") { try await fetch(connection) }
    }

    private func fetch(_ connection: StorageConnection) async throws -> Renewable<AccessToken>.Lease {
        let exchange = CredentialExchange(
            connection: connection, purpose: "get a token for service account '\(email)'", issuer: issuer)
        let answer = try await exchange.answer(reason: { CredentialExchange.tokenRefusal($0.body) }) {
            guard let assertion = assertion(at: connection.time.utc()) else {
                throw NilusError.serviceAccountUnusable("'\(email)'", "its key cannot sign")
            }
            let form = URIEncoding.query([
                ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion),
            ])
            return HTTPRequest(
                .post, url: issuer, headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")],
                body: .secret(Redacted(SecretBytes(form))), maximumBodyBytes: CredentialExchange.answerBytes,
                timeout: CredentialExchange.timeout)
        }
        return try exchange.tokenLease(in: answer, at: connection.time.utc())
    }

    /// The signed claim, as RFC 7515 serializes it.
    func assertion(at moment: Timestamp) -> String? {
        var header: JSONObject = ["alg": "RS256", "typ": "JWT"]
        if let keyID { header["kid"] = .string(keyID) }
        let claims: JSONObject = [
            "iss": .string(email), "scope": .string(Self.scope), "aud": .string(issuer),
            "iat": .integer(moment.seconds), "exp": .integer(moment.seconds + Self.lifetimeSeconds),
        ]
        let message = [header, claims].map { Self.base64URL(JSONValue.object($0).compactBytes) }
            .joined(separator: ".")
        guard let signature = Array(message.utf8).withUnsafeBytes({ key.signature(of: $0) }) else { return nil }
        return "\(message).\(Self.base64URL(signature))"
    }

    /// Base64 with the alphabet for URLs, without padding (RFC 4648, section 5).
    private static func base64URL(_ bytes: [UInt8]) -> String {
        Base64.text(of: bytes).reduce(into: "") { result, digit in
            switch digit {
            case "+": result.append("-")
            case "/": result.append("_")
            case "=": break
            default: result.append(digit)
            }
        }
    }
}

extension NilusError {
    fileprivate static func serviceAccountUnusable(_ name: String, _ finding: String) -> NilusError {
        NilusError(
            .load, .configurationInvalid,
            "cannot use service account \(name): \(finding); expected the JSON key file that Google Cloud hands out")
    }
}
