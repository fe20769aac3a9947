/// When to ask a storage again after a failure: bounded by time and number, spread by chance.
package struct StorageRetry: Sendable, Hashable {
    /// Time after the first attempt from which on none begins.
    package let patience: Duration

    /// First wait; doubles with every attempt.
    private static let firstDelay = Duration.milliseconds(100)
    /// Longest wait between two attempts, unless the storage asks for more.
    private static let longestDelay = Duration.seconds(10)
    /// The most that a storage may ask to wait.
    private static let longestRequest = Duration.seconds(30)

    package init(patience: Duration = .seconds(120)) {
        self.patience = patience
    }

    /// The wait before the next attempt.
    ///
    /// - Parameters:
    ///   - failures: attempts that failed so far, at least 1.
    ///   - elapsed: time since the first attempt began.
    ///   - requested: the wait that the storage asked for, if it did.
    ///   - chance: a random number in 0 ..< 1.
    /// - Returns: `nil` when the time is up.
    package func delay(
        afterFailures failures: Int, elapsed: Duration, requested: Duration?, chance: Double
    ) -> Duration? {
        let doubled = Self.firstDelay * (1 << min(max(failures - 1, 0), 10))
        let spread = min(doubled, Self.longestDelay) * (0.5 + chance / 2)
        let delay = max(spread, min(requested ?? .zero, Self.longestRequest))
        return elapsed + delay <= patience ? delay : nil
    }
}
