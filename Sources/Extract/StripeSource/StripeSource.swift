package import Extraction
package import HTTPTransport
import JSON
package import NilusCore

/// Stripe as a source: each endpoint by the list calls that together show every row of it.
package final class StripeSource: Source {
    private let client: StripeClient
    /// Held for as long as this source may ask.
    private let claim: RateClaim?
    private let knownAccount: String?
    private let isLive: Bool?

    /// Speaks for `account`, when the address names it; otherwise Stripe is asked.
    ///
    /// `isLive` tells whether the key opens live data; `nil` when the key does not tell.
    package init(
        _ connection: StripeConnection, http: HTTPClient, budget: RateBudget, claim: RateClaim? = nil,
        retry: RetryPolicy, time: TimeSource, account: String?, isLive: Bool?
    ) {
        self.claim = claim
        client = StripeClient(connection, http: http, budget: budget, retry: retry, time: time)
        knownAccount = account
        self.isLive = isLive
    }

    package func identify(meter: ExtractMeter) async throws -> SourceIdentity {
        if let knownAccount { return SourceIdentity(account: knownAccount, isLive: isLive) }
        let question = StripeQuestion(target: "/v1/account", operation: "account", what: "the account of the key")
        do {
            let document = try await client.ask(question, meter: meter)
            let account = document.json.withRoot { $0.field("id")?.string }
            return SourceIdentity(account: account, isLive: isLive)
        } catch let error as NilusError where Self.leavesAccountUnknown(error.code) {
            return SourceIdentity(account: nil, isLive: isLive)
        }
    }

    /// Whether a refusal only means that this key may not see its account.
    private static func leavesAccountUnknown(_ code: ErrorCode) -> Bool {
        [.permissionMissing, .sourceRefused, .featureUnavailable].contains(code)
    }

    package func read(
        _ request: ReadRequest, meter: ExtractMeter, deliver: (Page) async throws -> Void
    ) async throws -> ReadResult {
        guard let endpoint = StripeEndpoint.named(request.endpoint.name) else {
            throw NilusError.defect(.extract, "endpoint '\(request.endpoint.name)' is not one of Stripe's")
        }
        var reading = StripeReading(client, endpoint, request, meter)
        return try await reading.run(deliver)
    }
}
