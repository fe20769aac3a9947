import NilusCore
import Synchronization

/// Time that passes only when somebody waits.
final class TestClock: Sendable {
    private let elapsed = Mutex(Duration.zero)
    private let start: Timestamp

    init(at start: String = "2026-01-02T03:04:05Z") {
        self.start = Timestamp(iso8601: start) ?? Timestamp(microseconds: 0)
    }

    var waited: Duration { elapsed.withLock { $0 } }

    func advance(_ duration: Duration) {
        elapsed.withLock { $0 += duration }
    }

    var time: TimeSource {
        TimeSource(
            monotonic: { self.waited },
            utc: { Timestamp(microseconds: self.start.microseconds + self.waited.milliseconds * 1_000) },
            sleep: { self.advance($0) })
    }
}
