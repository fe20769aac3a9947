import NilusCore

/// A rate limit that gives reservations: pure arithmetic on times handed in.
package struct TokenBucket: Sendable {
    /// Requests per second.
    package private(set) var rate: Double
    /// Requests that may be sent at once after a pause.
    private var burst: Double
    private var tokens: Double
    private var updated: Duration

    /// - Precondition: `rate` > 0.
    package init(rate: Double, now: Duration) {
        self.rate = rate
        burst = Self.burst(at: rate)
        tokens = burst
        updated = now
    }

    /// Takes the next place in the queue.
    ///
    /// - Returns: the time to wait before sending; zero when a token was there.
    package mutating func reserve(at now: Duration) -> Duration {
        refill(now)
        tokens -= 1
        return tokens >= 0 ? .zero : .seconds(-tokens / rate)
    }

    /// Goes on with another rate; places already given stay as they are.
    package mutating func setRate(_ newRate: Double, at now: Duration) {
        refill(now)
        rate = newRate
        burst = Self.burst(at: newRate)
        tokens = min(tokens, burst)
    }

    /// A quarter of a second's worth: enough to keep connections busy, too little to be felt.
    private static func burst(at rate: Double) -> Double { max(1, rate / 4) }

    private mutating func refill(_ now: Duration) {
        tokens = min(burst, tokens + (now - updated).seconds * rate)
        updated = now
    }
}
