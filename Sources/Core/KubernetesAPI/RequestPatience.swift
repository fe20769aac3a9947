/// How long a request is repeated when the server is busy or silent.
package struct RequestPatience: Sendable {
    /// Time after the first attempt from which on no other begins.
    package let total: Duration

    private static let firstDelay = Duration.milliseconds(250)
    private static let longestDelay = Duration.seconds(15)

    /// Repeats for the given time.
    package init(total: Duration) {
        self.total = total
    }

    /// For a command that a person waits for, or one step of a controller.
    package static let usual = RequestPatience(total: .seconds(45))

    /// The wait before the next attempt.
    ///
    /// - Parameters:
    ///   - failures: attempts that failed so far, at least 1.
    ///   - elapsed: time since the first attempt began.
    ///   - requested: the wait that the server asked for.
    ///   - chance: a random number in 0 ..< 1 that spreads clients.
    /// - Returns: `nil` when the time is up.
    func delay(afterFailures failures: Int, elapsed: Duration, requested: Duration?, chance: Double) -> Duration? {
        let doubled = min(Self.firstDelay * (1 << min(failures - 1, 10)), Self.longestDelay)
        let delay = max(doubled * (0.5 + chance / 2), requested ?? .zero)
        return elapsed + delay <= total ? delay : nil
    }
}
