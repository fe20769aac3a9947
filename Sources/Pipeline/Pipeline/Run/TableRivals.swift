import Loading
import NilusCore
import WorkflowManifest

/// Finds nodes that would write one table at the same time, by the names that tables have in the end.
///
/// The manifest's own check knows only what is written in it: neither how names are changed, nor that `--warehouse`
/// takes all tables to one place.
struct TableRivals {
    let plans: [NodePlan]
    let sharePlace: (SinkSection, SinkSection) -> Bool

    /// The first conflict, in the order of the plans.
    var error: NilusError? {
        for (index, later) in plans.enumerated() {
            for earlier in plans[..<index] where !waits(later, for: earlier) && !waits(earlier, for: later) {
                guard let table = commonTable(earlier, later) else { continue }
                return .manifestInvalid([.sameTable(later.node, earlier.node, table: table.description)])
            }
        }
        return nil
    }

    private func commonTable(_ first: NodePlan, _ second: NodePlan) -> TableName? {
        guard sharePlace(first.node.sink, second.node.sink) else { return nil }
        let tables = Set(first.loads.map(\.table))
        return second.loads.map(\.table).first(where: tables.contains)
    }

    /// Whether a node runs after another one, directly or by way of others.
    private func waits(_ node: NodePlan, for other: NodePlan) -> Bool {
        var reached: Set<String> = []
        var open = node.node.dependencies
        while let name = open.popLast() {
            if name == other.node.name { return true }
            guard reached.insert(name).inserted else { continue }
            open += plans.first { $0.node.name == name }?.node.dependencies ?? []
        }
        return false
    }
}
