/// Variables that a manifest must not set, because they would decide where a credential goes or what
/// code sees it.
package enum RefusedVariable {
    /// The reason why a variable is refused; `nil` when it is not.
    package static func reason(forName name: String) -> String? {
        let upper = name.uppercased()
        if upper.hasSuffix("_PROXY") { return "a manifest must not route requests through a proxy" }
        if upper.hasPrefix("SSL_CERT_") || upper == "CURL_CA_BUNDLE" || upper.hasPrefix("OPENSSL_") {
            return "a manifest must not choose which certificates are trusted"
        }
        if upper == "SSLKEYLOGFILE" { return "a manifest must not record the keys of connections" }
        if upper.hasPrefix("NILUS_STRIPE_") { return "a manifest must not choose where the key is sent" }
        return upper.hasPrefix("LD_") ? "a manifest must not load code into the job" : nil
    }
}
