import NilusCore

/// What the first characters of a Stripe key tell.
///
/// The rest of a key has no documented form and is not judged.
enum StripeKey {
    /// Whether a value is some key of Stripe's, usable here or not; tells a key from its Base64 form.
    static func looksLikeKey(_ value: SecretBytes) -> Bool {
        (["sk_"] + refusedKinds.map(\.prefix)).contains(where: value.hasPrefix)
    }

    /// Whether the key opens live data; `nil` when it does not tell.
    static func isLive(_ key: SecretBytes) -> Bool? {
        if ["sk_live_", "sk_org_live_"].contains(where: key.hasPrefix) { return true }
        if ["sk_test_", "sk_org_test_"].contains(where: key.hasPrefix) { return false }
        return nil
    }

    /// Whether the key belongs to an organization, whose requests must name an account.
    static func isOrganization(_ key: SecretBytes) -> Bool { key.hasPrefix("sk_org_") }

    /// What is wrong with such a key in an address without a context.
    static let contextFault =
        "it is an organization key ('sk_org_…'), which acts on no account by itself; add 'context=acct_…' to the source "
        + "address"

    /// What is wrong with a key, or `nil`; the value itself is not part of it.
    static func fault(of key: SecretBytes) -> String? {
        if let kind = refusedKinds.first(where: { key.hasPrefix($0.prefix) }) {
            return "it is \(kind.name) ('\(kind.prefix)…'), \(kind.reason); use a secret key, which starts with 'sk_'"
        }
        if key.hasPrefix("<") || key.hasPrefix("$") || key.hasPrefix("{") {
            return "it is a blank that was not filled in; put a secret key there, which starts with 'sk_'"
        }
        guard key.hasPrefix("sk_") else { return "it does not start with 'sk_' as a Stripe secret key does" }
        let isPrintable = key.withBytes { $0.allSatisfy { (0x21...0x7E).contains($0) } }
        return isPrintable ? nil : "it holds white space or characters that no key has; copy it again"
    }

    /// - SeeAlso: docs.stripe.com/keys, docs.stripe.com/webhooks
    private static let refusedKinds: [(prefix: String, name: String, reason: String)] = [
        ("rk_", "a restricted key", "whose permissions may hide rows without a word"),
        ("pk_", "a publishable key", "which cannot read anything"),
        ("whsec_", "a webhook signing secret", "which is no API key"),
    ]
}

extension NilusError {
    static func keyUnusable(_ origin: String, _ fault: String) -> NilusError {
        NilusError(.secret, .secretRefused, "cannot use the Stripe key in \(origin): \(fault)")
    }

    static func keyOfOtherMode(_ origin: String) -> NilusError {
        .keyUnusable(
            origin, "it is not of the kind, live or test, with which the run began; run it again")
    }
}
