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

    static func limits(_ wanted: RequestRate?, isLive: Bool?, inFlight: Int) -> RateLimits {
        // A key that does not tell is held to the lower limits.
        let ceiling = isLive == true ? liveKey : testKey
        switch wanted {
        case nil:
            let polite = isLive == true ? politeLive : politeTest
            return RateLimits(perSecond: polite, perOperationPerSecond: min(polite, operation), inFlight: inFlight)
        case .maximum:
            return RateLimits(perSecond: ceiling, perOperationPerSecond: operation, inFlight: inFlight)
        case .perSecond(let number):
            // Above the ceiling Stripe must have raised the account's limits, those of operations too.
            let ofOperation = number > ceiling ? number : min(number, operation)
            return RateLimits(perSecond: number, perOperationPerSecond: ofOperation, inFlight: inFlight)
        }
    }
}
