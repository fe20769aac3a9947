import Synchronization

/// Lets a number of tasks in at once; the others wait in order.
package final class Turnstile: Sendable {
    fileprivate struct State {
        var places: Int
        var inside = 0
        var queue: [(id: UInt64, continuation: CheckedContinuation<Void, any Error>)] = []
        /// Tasks on their way to the queue, and those of them that were cancelled before they arrived.
        var arriving: Set<UInt64> = []
        var cancelled: Set<UInt64> = []
        var nextID: UInt64 = 0
    }

    private let state: Mutex<State>

    package init(places: Int) {
        state = Mutex(State(places: max(1, places)))
    }

    /// Waits for a place.
    ///
    /// - Throws: `CancellationError` when the task is cancelled while it waits; it then holds no place.
    package func enter() async throws {
        let id = state.withLock { state in
            state.nextID += 1
            state.arriving.insert(state.nextID)
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let admitted: Result<Void, any Error>? = state.withLock { $0.admit(id, continuation) }
                if let admitted { continuation.resume(with: admitted) }
            }
        } onCancel: {
            cancel(id)
        }
    }

    /// Gives the place back.
    package func leave() {
        release { $0.inside -= 1 }
    }

    /// Changes the number of places; whoever is inside stays.
    package func resize(to places: Int) {
        release { $0.places = max(1, places) }
    }

    private func cancel(_ id: UInt64) {
        let waiting = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard let position = state.queue.firstIndex(where: { $0.id == id }) else {
                if state.arriving.contains(id) { state.cancelled.insert(id) }
                return nil
            }
            return state.queue.remove(at: position).continuation
        }
        waiting?.resume(throwing: CancellationError())
    }

    private func release(_ change: (inout State) -> Void) {
        let admitted = state.withLock { state in
            change(&state)
            return state.admitWaiting()
        }
        for continuation in admitted { continuation.resume() }
    }
}

extension Turnstile.State {
    /// Lets the task in, refuses it, or puts it into the queue (`nil`).
    fileprivate mutating func admit(
        _ id: UInt64, _ continuation: CheckedContinuation<Void, any Error>
    ) -> Result<Void, any Error>? {
        arriving.remove(id)
        if cancelled.remove(id) != nil { return .failure(CancellationError()) }
        guard inside < places else {
            queue.append((id, continuation))
            return nil
        }
        inside += 1
        return .success(())
    }

    fileprivate mutating func admitWaiting() -> [CheckedContinuation<Void, any Error>] {
        var admitted: [CheckedContinuation<Void, any Error>] = []
        while inside < places, !queue.isEmpty {
            inside += 1
            admitted.append(queue.removeFirst().continuation)
        }
        return admitted
    }
}
