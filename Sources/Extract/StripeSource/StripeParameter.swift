import NilusCore

/// The parameters of a `stripe://` address.
enum StripeParameter: String, CaseIterable {
    case apiKey = "api_key"
    /// The connected account to act on.
    case account
    /// The account, or path of accounts, that an organization key acts on.
    case context
    case apiVersion = "api_version"
    /// Another API server; only on this machine, because a manifest must not send the key elsewhere.
    case apiBase = "api_base"

    /// Where the key is looked for when the address does not say: the name of a file or variable.
    static let defaultKeyName = "STRIPE_API_KEY"
}

extension StripeParameter {
    /// What is wrong with the value of `account` or `context`, or `nil`; the value itself is not part of it.
    ///
    /// The name of the account stands in messages, in the status and in the table, so nothing may pass for one that
    /// could be a key.
    func fault(ofAccount text: String) -> String? {
        switch self {
        case .account:
            let id = text.dropFirst(Self.accountPrefix.count)
            guard text.hasPrefix(Self.accountPrefix), !id.isEmpty, id.utf8.allSatisfy(Self.isWordByte) else {
                return "is no account; expected 'acct_' with letters, digits or '_' after it"
            }
        case .context:
            let isPath = !text.isEmpty && text.utf8.allSatisfy { Self.isWordByte($0) || $0 == UInt8(ascii: "/") }
            guard isPath, !MessageText.holdsKey(text) else {
                return "is no path of accounts; expected letters, digits, '_' and '/', such as 'acct_…', and no key"
            }
        case .apiKey, .apiVersion, .apiBase: break
        }
        return nil
    }

    private static let accountPrefix = "acct_"

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
    }
}

/// The API server: where it is, and who may say so.
enum StripeBase {
    /// The variable of the job's own environment that names another server.
    static let variable = "NILUS_STRIPE_API_BASE"

    /// Scheme, host and port of a URL without a path; `nil` for anything else.
    static func normalized(_ url: String) -> String? {
        let base = url.hasSuffix("/") ? String(url.dropLast()) : url
        guard let scheme = ["https://", "http://"].first(where: base.hasPrefix) else { return nil }
        let host = base.dropFirst(scheme.count)
        let isHost = host.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || "-.:[]".utf8.contains(byte)
        }
        return !host.isEmpty && isHost ? base : nil
    }

    /// Whether a normalized base is on this machine.
    static func isLoopback(_ base: String) -> Bool {
        let host = base.drop { $0 != ":" }.dropFirst(3)
        let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let isIPv4Loopback = parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
        return name == "localhost" || name == "[::1]" || isIPv4Loopback
    }
}
