import Synchronization

/// What the search for older versions cost.
struct MergeFigures: Sendable, Hashable {
    /// Live data files of the table.
    var filesInTable = 0
    /// Data files whose footer was read.
    var filesOpened = 0
    /// Data files whose keys were read.
    var filesScanned = 0
    /// Bytes read of data files and of files of deletions.
    var bytesRead = 0
}

/// Counts the bytes that several readers read.
final class ReadMeter: Sendable {
    private let count = Mutex(0)

    var bytes: Int { count.withLock { $0 } }

    func add(_ bytes: Int) { count.withLock { $0 += bytes } }
}
