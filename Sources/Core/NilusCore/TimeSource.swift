/// Where time comes from: monotonic for waiting, UTC for records, and the wait itself.
///
/// Handed in everywhere, so that tests run without a clock and without waiting.
package struct TimeSource: Sendable {
    /// Time since an arbitrary start; never goes backwards.
    package let monotonic: @Sendable () -> Duration
    /// The time of day by the local clock.
    package let utc: @Sendable () -> Timestamp
    /// Waits for at least the given time, or throws `CancellationError`.
    package let sleep: @Sendable (Duration) async throws -> Void

    package init(
        monotonic: @escaping @Sendable () -> Duration,
        utc: @escaping @Sendable () -> Timestamp,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.monotonic = monotonic
        self.utc = utc
        self.sleep = sleep
    }
}

extension TimeSource {
    /// The clocks of the machine.
    package static let system: TimeSource = {
        let start = ContinuousClock.now
        return TimeSource(
            monotonic: { ContinuousClock.now - start },
            utc: { Timestamp.now() },
            sleep: { try await Task.sleep(for: $0, tolerance: .zero, clock: .continuous) })
    }()
}

extension Duration {
    /// The duration in seconds, for arithmetic that needs fractions.
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }

    /// The duration in whole milliseconds, rounded down.
    package var milliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}
