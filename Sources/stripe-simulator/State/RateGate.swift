import Synchronization

/// Refuses requests beyond the limits, as Stripe's limiters do.
final class RateGate: Sendable {
    private struct Buckets {
        var all: TokenBucket?
        var ofOperations: [String: TokenBucket] = [:]
    }

    private let limits: RateLimits
    private let buckets = Mutex(Buckets())

    init(_ limits: RateLimits) {
        self.limits = limits
    }

    /// Admits a request or throws the refusal.
    ///
    /// - Parameters:
    ///   - operation: what is asked for; each has a budget of its own.
    ///   - nanoseconds: the present moment.
    ///   - underWay: the requests being answered, this one included: all, and those of its operation.
    ///   - isLive: whether the key is one for live data, which the message tells.
    /// - Throws: `APIError` 429 with the reason as a header.
    func admit(
        _ operation: String, at nanoseconds: Int, underWay: (all: Int, operation: Int), isLive: Bool
    ) throws(APIError) {
        if let reason = refusal(operation, nanoseconds, underWay) { throw .rateLimited(reason, isLive: isLive) }
    }

    private func refusal(_ operation: String, _ nanoseconds: Int, _ underWay: (all: Int, operation: Int)) -> String? {
        if let limit = limits.concurrency, underWay.all > limit { return "global-concurrency" }
        if let limit = limits.endpointConcurrency, underWay.operation > limit { return "endpoint-concurrency" }
        return buckets.withLock { buckets in
            if let rate = limits.requestsPerSecond {
                var bucket = buckets.all ?? TokenBucket(rate: rate, at: nanoseconds)
                defer { buckets.all = bucket }
                if !bucket.take(at: nanoseconds) { return "global-rate" }
            }
            guard let rate = limits.endpointRequestsPerSecond else { return nil }
            var bucket = buckets.ofOperations[operation] ?? TokenBucket(rate: rate, at: nanoseconds)
            defer { buckets.ofOperations[operation] = bucket }
            return bucket.take(at: nanoseconds) ? nil : "endpoint-rate"
        }
    }
}

/// Holds as many tokens as flow in during one second, at least one.
struct TokenBucket: Sendable {
    private let rate: Double
    private let capacity: Double
    private var tokens: Double
    private var filled: Int

    init(rate: Double, at nanoseconds: Int) {
        self.rate = rate
        capacity = max(rate, 1)
        tokens = capacity
        filled = nanoseconds
    }

    /// Takes a token; `false` when there is none.
    mutating func take(at nanoseconds: Int) -> Bool {
        tokens = min(capacity, tokens + Double(nanoseconds - filled) / 1e9 * rate)
        filled = nanoseconds
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}

extension APIError {
    static func rateLimited(_ reason: String, isLive: Bool) -> APIError {
        let mode = isLive ? "Request" : "Testmode request"
        var error = APIError(
            429,
            "\(mode) rate limit exceeded. You can learn more about rate limits here https://stripe.com/docs/rate-limits.",
            code: "rate_limit")
        error.headers = [Header(name: "Stripe-Rate-Limited-Reason", value: reason)]
        return error
    }
}
