/// Who asks, and on whose behalf.
struct Credentials: Equatable, Sendable {
    let isLive: Bool
    /// The account that the request is about.
    let account: String
    /// The key as an error may show it.
    let maskedKey: String

    /// Reads and checks the headers that tell who asks.
    ///
    /// - Throws: `APIError` 401 for a missing or unknown key, 400 and 403 for a wrong account or context.
    static func check(
        _ request: Request, _ options: SimulatorOptions, _ known: KnownKeys
    ) throws(APIError) -> Credentials {
        let key = try key(of: request)
        let masked = mask(key)
        if key.hasPrefix("pk_") { throw .publishableKey }
        guard let mode = mode(of: key), known.contains(key) else {
            throw .invalidKey(masked)
        }
        var account = options.account
        if let named = request.header("Stripe-Account") {
            guard named.hasPrefix("acct_") else { throw .noAccess(masked, account: named) }
            account = named
        }
        if let context = request.header("Stripe-Context") {
            let last = context.split(separator: "/").last.map(String.init) ?? ""
            guard last.hasPrefix("acct_") else { throw .invalidContext(context) }
            account = last
        } else if key.hasPrefix("sk_org_") {
            throw .missingContext
        }
        return Credentials(isLive: mode == "live", account: account, maskedKey: masked)
    }

    private static func key(of request: Request) throws(APIError) -> String {
        guard let header = request.header("Authorization") else { throw .missingKey }
        let parts = header.split(separator: " ", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { throw .missingKey }
        switch parts[0].lowercased() {
        case "bearer": return parts[1]
        case "basic":
            let text = Base64.decoded(parts[1]).map { String(decoding: $0, as: UTF8.self) } ?? ""
            return String(text.prefix { $0 != ":" })
        default: throw .missingKey
        }
    }

    private static func mode(of key: String) -> String? {
        let parts = key.split(separator: "_", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 3, parts[0] == "sk" || parts[0] == "rk" else { return nil }
        let isOrganization = parts[1] == "org"
        let mode = isOrganization ? parts[2] : parts[1]
        let tail = parts.dropFirst(isOrganization ? 3 : 2).joined(separator: "_")
        return (mode == "live" || mode == "test") && !tail.isEmpty ? mode : nil
    }

    /// The kind of the key and its last four characters, as Stripe shows keys.
    static func mask(_ key: String) -> String {
        let kind =
            ["sk_test_", "sk_live_", "rk_test_", "rk_live_", "pk_test_", "pk_live_", "sk_org_"]
            .first { key.hasPrefix($0) } ?? ""
        let hidden = key.count - kind.count
        guard hidden > 8 else { return kind + String(repeating: "*", count: hidden) }
        return kind + String(repeating: "*", count: hidden - 4) + key.suffix(4)
    }
}

extension APIError {
    static let missingKey: APIError = {
        var error = APIError(
            401,
            "You did not provide an API key. You need to provide your API key in the Authorization header, using"
                + " Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See"
                + " https://stripe.com/docs/api#authentication for details, or we can help at"
                + " https://support.stripe.com/.")
        error.headers = [Header(name: "WWW-Authenticate", value: "Basic realm=\"Stripe\"")]
        return error
    }()

    static func invalidKey(_ masked: String) -> APIError {
        var error = APIError(401, "Invalid API Key provided: \(masked)")
        error.headers = [Header(name: "WWW-Authenticate", value: "Basic realm=\"Stripe\"")]
        return error
    }

    static let publishableKey = APIError(
        401,
        "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of"
            + " your API keys at https://dashboard.stripe.com/account/apikeys.", code: "secret_key_required")

    static func noAccess(_ masked: String, account: String) -> APIError {
        APIError(
            403,
            "The provided key '\(masked)' does not have access to account '\(account)' (or that account does not"
                + " exist). Application access may have been revoked.", code: "account_invalid")
    }

    static let missingContext = APIError(
        400, "You must provide a Stripe-Context header to make requests with an organization API key.")

    static func invalidContext(_ context: String) -> APIError {
        APIError(400, "Invalid Stripe-Context header: '\(context)'.")
    }

    static func forbidden(_ masked: String, _ kind: ObjectKind, account: String) -> APIError {
        APIError(
            403,
            "The provided key '\(masked)' does not have the required permissions for this endpoint on account"
                + " '\(account)'. Having the 'rak_\(kind.schemaName)_read' permission would allow this request to"
                + " continue.")
    }

    static func notEnabled(_ kind: ObjectKind) -> APIError {
        APIError(
            400,
            "This API surface is not enabled for '\(kind.name)' on your account. Visit"
                + " https://dashboard.stripe.com/settings to enable it.")
    }
}
