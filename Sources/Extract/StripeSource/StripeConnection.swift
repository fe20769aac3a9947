import HTTPTransport
package import NilusCore

/// How to reach one Stripe account: where, with which key, as whom.
package struct StripeConnection: Sendable {
    /// Scheme, host and port without a path, such as `https://api.stripe.com`.
    let base: String
    let key: RenewableKey
    /// The `Stripe-Version`, `Stripe-Account` and `Stripe-Context` of every request.
    let headers: [HTTPHeader]

    /// Reads the key as it is mounted now, with the words for where; `nil` when no file holds it.
    package typealias KeyReader = @Sendable () throws(NilusError) -> (key: Redacted<SecretBytes>, origin: String)?

    package static let publicBase = "https://api.stripe.com"

    /// A connection from its parts; `readKeyAgain` looks into the mounted file once more when Stripe refuses the key.
    package init(
        base: String, key: Redacted<SecretBytes>, apiVersion: String = StripeEndpoint.apiVersion,
        account: String? = nil, context: String? = nil,
        readKeyAgain: @escaping KeyReader = { () throws(NilusError) in nil }
    ) {
        self.base = base
        self.key = RenewableKey(key, readAgain: readKeyAgain)
        headers =
            [HTTPHeader("Stripe-Version", apiVersion)]
            + (account.map { [HTTPHeader("Stripe-Account", $0)] } ?? [])
            + (context.map { [HTTPHeader("Stripe-Context", $0)] } ?? [])
    }
}

/// Bounds of the conversation with Stripe.
enum StripeLimits {
    /// Most objects that Stripe puts on a page.
    static let largestPage = 100
    /// Upper bound of one page in bytes; a page that exceeds it is asked for again in halves.
    static let maximumPageBytes = 8 * 1_024 * 1_024
    /// Stripe's libraries wait as long for one answer.
    static let requestTimeout = Duration.seconds(80)
}
