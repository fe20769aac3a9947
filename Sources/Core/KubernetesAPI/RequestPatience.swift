/// How long an answer is waited for, and a request repeated when the server is busy or silent.
package struct RequestPatience: Sendable {
    /// Time after the first attempt from which on no other begins.
    package let total: Duration
    /// How long one attempt may take; lasting answers, such as watches, have bounds of their own.
    package let attempt: Duration

    private static let firstDelay = Duration.milliseconds(250)
    private static let longestDelay = Duration.seconds(15)

    /// Repeats for the given time; the server itself gives up on an attempt after 60 s.
    package init(total: Duration, attempt: Duration = .seconds(65)) {
        self.total = total
        self.attempt = attempt
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
