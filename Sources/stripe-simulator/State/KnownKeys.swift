import Synchronization

/// The keys that are accepted; they can be rotated while requests are answered.
final class KnownKeys: Sendable {
    private let keys: Mutex<Set<String>>

    /// Knows these keys; with none, every key of a known form.
    init(_ keys: [String]) {
        self.keys = Mutex(Set(keys))
    }

    func contains(_ key: String) -> Bool {
        keys.withLock { $0.isEmpty || $0.contains(key) }
    }

    /// Knows only these from now on.
    func replace(_ new: [String]) {
        keys.withLock { $0 = Set(new) }
    }
}
