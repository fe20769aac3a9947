/// When to ask again after a failure: bounded by time, spread by chance.
package struct RetryPolicy: Sendable, Hashable {
    /// Time after the first failure from which on no retry begins.
    package let patience: Duration

    /// First wait; doubles with every attempt (Stripe's libraries start at the same value).
    private static let firstDelay = Duration.milliseconds(500)
    /// Longest wait between two attempts, unless the server asks for more.
    private static let longestDelay = Duration.seconds(32)

    package init(patience: Duration) {
        self.patience = patience
    }

    /// The wait before the next attempt.
    ///
    /// - Parameters:
    ///   - failures: attempts that failed so far, at least 1.
    ///   - elapsed: time since the first attempt began.
    ///   - requested: the wait that the server asked for, if it did.
    ///   - chance: a random number in 0 ..< 1.
    /// - Returns: `nil` when the time is up.
    package func delay(
        afterFailures failures: Int, elapsed: Duration, requested: Duration?, chance: Double
    ) -> Duration? {
        let doubled = Self.firstDelay * (1 << min(failures - 1, 10))
        let spread = min(doubled, Self.longestDelay) * (0.5 + chance / 2)
        let delay = max(spread, requested ?? .zero)
        return elapsed + delay <= patience ? delay : nil
    }
}
