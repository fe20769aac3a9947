import Synchronization

/// Counts what an operator does, for its metrics.
final class OperatorMeter: Sendable {
    /// What is counted.
    enum Counter: String, CaseIterable, Sendable {
        case reconciliations = "nilus_operator_reconciliations_total"
        case reconciliationFailures = "nilus_operator_reconciliation_failures_total"
        case writes = "nilus_operator_writes_total"
        case lists = "nilus_operator_lists_total"
        case watches = "nilus_operator_watches_total"
        case watchFailures = "nilus_operator_watch_failures_total"

        var help: String {
            switch self {
            case .reconciliations: "Times a workflow was looked at."
            case .reconciliationFailures: "Times that did not come to an end."
            case .writes: "Requests that changed something in the cluster."
            case .lists: "Times a collection was listed as a whole."
            case .watches: "Watches opened."
            case .watchFailures: "Lists and watches that were refused or broke off."
            }
        }
    }

    private let counts = Mutex<[Counter: Int]>([:])

    func count(_ counter: Counter) {
        counts.withLock { $0[counter, default: 0] += 1 }
    }

    func value(_ counter: Counter) -> Int { counts.withLock { $0[counter] ?? 0 } }
}
