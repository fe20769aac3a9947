import Synchronization

/// The memory for keys that all merges of a process share.
package final class KeyMemory: Sendable {
    /// What one merge may always have, so that each gets on: some 20,000 keys.
    static let leastBytes = 1_024 * 1_024

    private let state: Mutex<(limit: Int, taken: Int)>

    /// Memory of so many bytes.
    package init(limitBytes: Int) {
        state = Mutex((limitBytes, 0))
    }

    /// Sets another bound; what is taken already stays taken.
    func bound(by limitBytes: Int) {
        state.withLock { $0.limit = limitBytes }
    }

    /// Takes memory, or gives it back when `bytes` is negative.
    ///
    /// - Returns: `false`, having taken nothing, when there is not so much left.
    fileprivate func take(_ bytes: Int) -> Bool {
        state.withLock { state in
            guard bytes <= 0 || state.taken + bytes <= state.limit else { return false }
            state.taken += bytes
            return true
        }
    }
}

/// The part of the memory for keys that one user has; it goes back when the share is dropped.
final class KeyShare {
    private let memory: KeyMemory
    private var bytes = 0

    init(of memory: KeyMemory) {
        self.memory = memory
    }

    deinit { _ = memory.take(-bytes) }

    /// Asks for memory in place of what the share had.
    ///
    /// - Returns: `false`, with the share as it was, when there is not so much.
    func resize(to newBytes: Int) -> Bool {
        // What everybody may have is not taken from the others.
        let wanted = max(0, newBytes - KeyMemory.leastBytes)
        guard memory.take(wanted - bytes) else { return false }
        bytes = wanted
        return true
    }
}
