import Glibc
import Synchronization

/// Starts at a fixed second and goes on with real time.
final class SimulatorClock: Sendable {
    private let anchor: Int
    private let started: Int
    private let advanced = Mutex(0)

    init(anchor: Int) {
        self.anchor = anchor
        started = Self.monotonicNanoseconds()
    }

    /// The current second.
    var now: Int {
        let elapsed = (Self.monotonicNanoseconds() - started) / 1_000_000_000
        return anchor + elapsed + advanced.withLock { $0 }
    }

    /// Moves the clock forward; it never goes back.
    func advance(by seconds: Int) {
        advanced.withLock { $0 += seconds }
    }

    /// Nanoseconds since an unknown moment, never falling.
    static func monotonicNanoseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
