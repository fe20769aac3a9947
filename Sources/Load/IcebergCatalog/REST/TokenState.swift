import JSON
import NilusCore

/// What is known of the token of a client: decides when a new one is needed.
///
/// Times are of a clock that never goes back. A token is renewed a while before it ends, and when the
/// catalog refuses it earlier; a refusal of a token that was replaced meanwhile changes nothing.
struct TokenState: Sendable {
    /// A token and its place in the order of those fetched.
    struct Token: Sendable {
        let value: Redacted<SecretBytes>
        let number: Int
    }

    /// What is to be done for a request.
    enum Action: Sendable {
        case use(Token)
        case fetch
    }

    /// Of the life of a token, the part in which it is renewed rather than used.
    private static let renewalShare = 10
    /// The longest time before its end at which a token is renewed.
    private static let longestRenewal = Duration.seconds(300)

    private var token: Token?
    /// When the token is to be renewed; `nil` when the server did not say how long it lives.
    private var renewal: Duration?
    private var count = 0

    /// What to do for a request at a time.
    func action(at now: Duration) -> Action {
        guard let token, renewal.map({ now < $0 }) ?? true else { return .fetch }
        return .use(token)
    }

    /// Takes a token that was fetched; `lifetime` is what the server says.
    mutating func received(_ value: Redacted<SecretBytes>, lifetime: Duration?, at now: Duration) -> Token {
        count += 1
        let token = Token(value: value, number: count)
        self.token = token
        renewal = lifetime.flatMap { lifetime in
            lifetime > .zero ? now + lifetime - min(lifetime / Self.renewalShare, Self.longestRenewal) : nil
        }
        return token
    }

    /// Notes that the catalog refused a token.
    mutating func refused(number: Int) {
        if token?.number == number { token = nil }
    }
}

/// The answer of a token server (RFC 6749, section 5.1).
struct TokenAnswer: Sendable {
    let token: Redacted<SecretBytes>
    let lifetime: Duration?

    /// A year; a server that says more means "for ever".
    private static let longestLifetimeSeconds: Int64 = 31_536_000

    init(_ document: JSONValue) throws(RESTDocumentFault) {
        guard let text = document["access_token"]?.string, Self.isToken(text) else {
            throw RESTDocumentFault("member 'access_token' is missing or no token")
        }
        token = Redacted(SecretBytes(text))
        lifetime = document["expires_in"]?.integer.map { .seconds(min($0, Self.longestLifetimeSeconds)) }
    }

    /// Whether a text can stand in a header line.
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
