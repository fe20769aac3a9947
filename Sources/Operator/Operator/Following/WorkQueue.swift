import NilusCore
import Synchronization

/// The workflows that want to be looked at, each once, some of them later.
///
/// Whoever takes from it waits until there is something; it never asks again by itself.
final class WorkQueue: Sendable {
    private struct State {
        var waiting: [WorkflowKey] = []
        var later: [WorkflowKey: Duration] = [:]
        var failures: [WorkflowKey: Int] = [:]
    }

    private let state = Mutex(State())
    private let time: TimeSource
    private let wakeUps: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    private static let firstDelay = Duration.milliseconds(500)
    private static let longestDelay = Duration.seconds(60)

    init(time: TimeSource) {
        self.time = time
        (wakeUps, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Workflows that wait now.
    var depth: Int { state.withLock { $0.waiting.count } }

    func add(_ keys: some Sequence<WorkflowKey>) {
        state.withLock { state in
            for key in keys where !state.waiting.contains(key) { state.waiting.append(key) }
        }
        wake.yield()
    }

    /// Wants a workflow to be looked at again at a moment of the monotonic clock, or earlier if asked before.
    func add(_ key: WorkflowKey, at moment: Duration) {
        state.withLock { state in state.later[key] = min(moment, state.later[key] ?? moment) }
        wake.yield()
    }

    /// Wants a workflow to be looked at again after a failure, each time later than before.
    func retry(_ key: WorkflowKey, chance: Double) {
        let delay = state.withLock { state in
            state.failures[key, default: 0] += 1
            let count = min(state.failures[key] ?? 1, 10)
            return min(Self.firstDelay * (1 << (count - 1)), Self.longestDelay) * (0.5 + chance / 2)
        }
        add(key, at: time.monotonic() + delay)
    }

    /// A workflow was looked at and nothing failed.
    func succeeded(_ key: WorkflowKey) {
        state.withLock { state in state.failures[key] = nil }
    }

    /// The next workflow; waits for one.
    ///
    /// - Throws: `CancellationError`.
    func next() async throws -> WorkflowKey {
        while true {
            try Task.checkCancellation()
            if let key = takeDue() { return key }
            try await waitForChange()
        }
    }

    private func takeDue() -> WorkflowKey? {
        let now = time.monotonic()
        return state.withLock { state in
            for (key, moment) in state.later where moment <= now {
                state.later[key] = nil
                if !state.waiting.contains(key) { state.waiting.append(key) }
            }
            return state.waiting.isEmpty ? nil : state.waiting.removeFirst()
        }
    }

    /// Waits for an addition, or for the first moment that was asked for.
    private func waitForChange() async throws {
        let first = state.withLock { $0.later.values.min() }
        let timer = first.map { moment in
            Task { [time, wake] in
                try await time.sleep(max(.zero, moment - time.monotonic()))
                wake.yield()
            }
        }
        defer { timer?.cancel() }
        for await _ in wakeUps { return }
        throw CancellationError()
    }
}
