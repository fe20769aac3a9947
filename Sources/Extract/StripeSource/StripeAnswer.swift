import Extraction
import HTTPTransport
import JSON
import NilusCore

/// What an answer of Stripe means for the one who asked.
enum StripeAnswer {
    case success
    /// Asking again may help.
    case failure(StripeFailure)
    /// The object of the cursor is gone.
    case cursorLost
    /// Nothing changes until a person does something.
    case refusal(NilusError)

    /// Judges status, headers and body.
    ///
    /// `what` says what was asked, for messages.
    ///
    /// - SeeAlso: the Stripe API reference on errors and rate limits; `Stripe-Should-Retry` decides where it is present.
    init(_ response: HTTPResponse, to what: String) {
        guard response.status != 200 else {
            self = .success
            return
        }
        let error = StripeErrorBody(response.body)
        let requestID = response.headers["request-id"]
        if Self.mayRetry(response, error) {
            self = .failure(StripeFailure(response, error))
        } else if response.status == 429 {
            self = .refusal(.gaveUp(what, StripeFailure(response, error), attempts: 1, elapsed: .zero))
        } else if response.status >= 500 {
            self = .refusal(.gaveUp(what, StripeFailure(response, error), attempts: 1, elapsed: .zero))
        } else if error.isLostCursor, response.status == 400 {
            self = .cursorLost
        } else if error.isUnavailableFeature, [400, 403, 404].contains(response.status) {
            self = .refusal(
                .featureUnavailable(what, status: response.status, error, requestID: requestID))
        } else {
            self = .refusal(.stripeRefused(what, status: response.status, error, requestID: requestID))
        }
    }

    private static func mayRetry(_ response: HTTPResponse, _ error: StripeErrorBody) -> Bool {
        switch response.headers["stripe-should-retry"] {
        case "true": true
        case "false": false
        default:
            response.status == 409 || response.status == 429 || response.status >= 500
                || response.status == 400 && error.code == "rate_limit"
        }
    }
}

/// One failed attempt that may be repeated.
struct StripeFailure {
    enum Kind: Hashable {
        case throttled
        case status(Int)
        case transport(String)
        case notJSON(String)
    }

    let kind: Kind
    /// The limit that the server names, if it names one.
    let throttle: ThrottleCause?
    /// The wait that the server asks for.
    let retryAfter: Duration?
    let context: [ContextItem]

    init(_ kind: Kind) {
        self.kind = kind
        throttle = nil
        retryAfter = nil
        context = []
    }

    init(_ response: HTTPResponse, _ error: StripeErrorBody) {
        let isThrottled = response.status == 429 || error.code == "rate_limit"
        kind = isThrottled ? .throttled : .status(response.status)
        throttle = isThrottled ? Self.cause(response.headers["stripe-rate-limited-reason"]) : nil
        retryAfter = response.headers["retry-after"].flatMap { Int64($0) }
            .flatMap { (0...Self.longestRetryAfterSeconds).contains($0) ? .seconds($0) : nil }
        let facts = [(ContextItem.requestID, "request-id"), ("limit", "stripe-rate-limited-reason")]
        context = facts.compactMap { name, header in response.headers[header].map { ContextItem(name, $0) } }
    }

    /// A longer wait than this is no answer to a batch job, in seconds.
    private static let longestRetryAfterSeconds: Int64 = 600

    /// - SeeAlso: docs.stripe.com/rate-limits: the reasons of the header `Stripe-Rate-Limited-Reason`.
    private static func cause(_ reason: String?) -> ThrottleCause? {
        switch reason {
        case "global-rate": .keyRate
        case "endpoint-rate": .operationRate
        case "global-concurrency", "endpoint-concurrency", "resource-specific": .concurrency
        default: nil
        }
    }
}
