import Extraction
import WorkflowManifest

/// How fast Stripe may be asked.
///
/// - SeeAlso: docs.stripe.com/rate-limits
enum StripeRates {
    /// Published ceilings, in requests per second: of a live key, of a test key, of one operation.
    static let liveKey = 100.0
    static let testKey = 25.0
    static let operation = 25.0
    /// What is asked without a word from the user: the merchant's payments share the limit.
    static let politeLive = 20.0
    static let politeTest = 10.0

    /// Requests on their way at once when nothing is said.
    static let standardParallelism = 5

    /// The limits of a key of which no node says anything.
    static func standard(isLive: Bool?) -> RateLimits {
        let polite = isLive == true ? politeLive : politeTest
        return RateLimits(
            perSecond: polite, perOperationPerSecond: min(polite, operation), inFlight: standardParallelism)
    }

    /// What the options of one node ask for.
    static func wish(_ options: SourceOptions, isLive: Bool?) -> RateWish {
        let inFlight = options.extractParallelism?.value
        let ceiling = ceiling(isLive: isLive)
        switch options.requestsPerSecond?.value {
        case nil: return RateWish(inFlight: inFlight)
        case .maximum: return RateWish(perSecond: ceiling, perOperationPerSecond: operation, inFlight: inFlight)
        case .perSecond(let number):
            // Above the ceiling Stripe must have raised the account's limits, those of operations too.
            let ofOperation = number > ceiling ? number : min(number, operation)
            return RateWish(perSecond: number, perOperationPerSecond: ofOperation, inFlight: inFlight)
        }
    }

    /// What Stripe publishes of such a key; one that does not tell is held to the lower limit.
    private static func ceiling(isLive: Bool?) -> Double { isLive == true ? liveKey : testKey }

    /// What only the key decides: a rate that the manifest's check lets pass may be too much for a key that is not live.
    static func remarks(_ wanted: RequestRate?, isLive: Bool?) -> [String] {
        guard case .perSecond(let number) = wanted, number > ceiling(isLive: isLive), number <= liveKey else {
            return []
        }
        return [
            "'requests-per-second' is above Stripe's published limit of \(Int(testKey)) for a key that is not live; keep "
                + "it only if Stripe raised the limit of this account"
        ]
    }
}
