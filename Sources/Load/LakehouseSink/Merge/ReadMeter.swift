import Synchronization

/// Counts the bytes that several readers read.
final class ReadMeter: Sendable {
    private let count = Mutex(0)

    var bytes: Int { count.withLock { $0 } }

    func add(_ bytes: Int) { count.withLock { $0 += bytes } }
}
