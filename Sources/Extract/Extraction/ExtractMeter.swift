import Synchronization

/// Counts what a read does, for the status and the display while it runs.
package final class ExtractMeter: Sendable {
    private let counters = Mutex(ExtractCounters())

    package init() {}

    package var current: ExtractCounters { counters.withLock { $0 } }

    /// Changes the counters in one step.
    package func count(_ change: (inout ExtractCounters) -> Void) {
        counters.withLock { change(&$0) }
    }
}

/// What happened between the job and the source.
package struct ExtractCounters: Sendable, Hashable {
    package var requests = 0
    /// Requests that were sent again after a failure.
    package var retries = 0
    /// Answers of 429.
    package var throttled = 0
    package var pages = 0
    /// Decoded bytes of all pages.
    package var bytes = 0
    package var rowsReceived = 0
    /// Rows received and not delivered, by reason; received = delivered + dropped.
    package var rowsDropped: [DropReason: Int] = [:]

    package init() {}

    /// All rows received and not delivered.
    package var totalDropped: Int { rowsDropped.values.reduce(0, +) }

    /// Counts a row that is not delivered.
    package mutating func drop(_ reason: DropReason) {
        rowsDropped[reason, default: 0] += 1
    }
}

/// Why a row that the source sent is not delivered.
package enum DropReason: String, Sendable, Hashable, CaseIterable {
    /// Created in the running second or later: the next run reads it.
    case youngerThanCut
    /// Created before or after the window that was asked for.
    case outsideWindow
    /// Sent before in the same read.
    case duplicate
}
