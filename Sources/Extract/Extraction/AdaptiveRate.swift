/// A rate that yields when the server objects and comes back slowly.
package struct AdaptiveRate: Sendable {
    /// The rate to return to, in requests per second.
    private var target: Double
    private var bucket: TokenBucket
    private var changed: Duration

    /// The share of the rate that is kept after an objection.
    private static let backOff = 0.7
    /// Objections within this time count as one: the requests were on their way together.
    private static let settling = Duration.seconds(1)
    /// Every such time without objection gives back a tenth of the target.
    private static let recovery = Duration.seconds(5)
    /// Never slower than this, in requests per second.
    private static let floor = 0.5

    package init(target: Double, now: Duration) {
        self.target = target
        bucket = TokenBucket(rate: target, now: now)
        changed = now
    }

    package var rate: Double { bucket.rate }

    /// Takes the next place in the queue and returns the time to wait for it.
    package mutating func reserve(at now: Duration) -> Duration {
        recover(now)
        return bucket.reserve(at: now)
    }

    /// Goes on with another rate to return to; a rate that yielded stays as low as it is.
    package mutating func retarget(_ newTarget: Double, at now: Duration) {
        guard newTarget != target else { return }
        bucket.setRate(bucket.rate < target ? min(bucket.rate, newTarget) : newTarget, at: now)
        target = newTarget
    }

    /// The server said that requests come too fast.
    package mutating func yield(at now: Duration) {
        guard now - changed >= Self.settling || bucket.rate == target else { return }
        bucket.setRate(max(min(Self.floor, target), bucket.rate * Self.backOff), at: now)
        changed = now
    }

    private mutating func recover(_ now: Duration) {
        guard bucket.rate < target, now - changed >= Self.recovery else { return }
        bucket.setRate(min(target, bucket.rate + target / 10), at: now)
        changed = now
    }
}
