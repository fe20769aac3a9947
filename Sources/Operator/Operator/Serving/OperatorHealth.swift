import NilusCore
import Synchronization

/// Whether an operator is alive and connected, for the probes of its pod.
final class OperatorHealth: Sendable {
    private struct State {
        var isConnected = false
        var isLeading = false
        var mirror: ClusterMirror?
        var queue: WorkQueue?
        /// When work was last taken up, on the monotonic clock.
        var workedAt = Duration.zero
    }

    private let state = Mutex(State())
    private let time: TimeSource

    /// Work that waits for so long means that nothing goes on any more; longer than any request may take.
    private static let longestStandstill = Duration.seconds(300)

    init(time: TimeSource) { self.time = time }

    /// The API server answered.
    func connected() { state.withLock { $0.isConnected = true } }
    func leads() { state.withLock { $0.isLeading = true } }

    func follow(_ mirror: ClusterMirror, _ queue: WorkQueue) {
        state.withLock { state in
            state.mirror = mirror
            state.queue = queue
        }
    }

    func worked() {
        let now = time.monotonic()
        state.withLock { $0.workedAt = now }
    }

    /// An operator that waits for its turn is ready: it is there to take over.
    var isReady: Bool { state.withLock { $0.isConnected } }

    var isAlive: Bool {
        let now = time.monotonic()
        return state.withLock { state in
            (state.queue?.depth ?? 0) == 0 || now - state.workedAt < Self.longestStandstill
        }
    }

    var isLeading: Bool { state.withLock { $0.isLeading } }
    var queueDepth: Int { state.withLock { $0.queue?.depth ?? 0 } }
    var counts: [(kind: String, count: Int)] { state.withLock { $0.mirror?.counts ?? [] } }
}
