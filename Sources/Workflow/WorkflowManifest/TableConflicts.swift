import NilusCore
import YAML

/// Finds nodes that may write the same table at the same time.
struct TableConflicts {
    /// The conflicts among nodes; `order` tells which of them wait for each other.
    static func faults(among nodes: [(position: Int, node: WorkflowNode)], _ order: DependencyOrder) -> [ManifestFault]
    {
        var faults: [ManifestFault] = []
        for (index, later) in nodes.enumerated() {
            let rival = nodes[..<index].first { earlier in
                mayMeet(earlier.node, later.node) && !order.depends(later.position, on: earlier.position)
                    && !order.depends(earlier.position, on: later.position)
            }
            if let rival { faults.append(.sameTable(later.node, rival.node)) }
        }
        return faults
    }

    /// Whether two nodes may write one table: the same place, and names that can be equal.
    ///
    /// Endpoint names are compared without case, separators and plural `s`, because only the source
    /// knows which spellings are one endpoint.
    private static func mayMeet(_ first: WorkflowNode, _ second: WorkflowNode) -> Bool {
        guard first.sink.address.namesSamePlace(as: second.sink.address) else { return false }
        let names = Set(tableNames(of: first))
        let others = Set(tableNames(of: second))
        return !names.isDisjoint(with: others) || isCovered(first, by: second) || isCovered(second, by: first)
    }

    /// The names of the tables that a node writes, as far as they can be told.
    private static func tableNames(of node: WorkflowNode) -> [String] {
        let destination = node.sink.destination
        guard destination.hasEndpoint else { return [folded(destination.text)] }
        return node.source.tables.map { table in
            let endpoint = table.isAll ? "\u{0}" : singular(table.name)
            return folded(destination.levels(forEndpoint: endpoint).joined(separator: "."))
        }
    }

    /// Whether a node with `all` endpoints may write the table of another.
    private static func isCovered(_ node: WorkflowNode, by other: WorkflowNode) -> Bool {
        guard other.source.tables.contains(where: \.isAll), other.sink.destination.hasEndpoint else { return false }
        let pattern = tableNames(of: other).first?.split(separator: "\u{0}", omittingEmptySubsequences: false) ?? []
        guard let head = pattern.first, let tail = pattern.last, pattern.count > 1 else { return false }
        return tableNames(of: node).contains { name in
            name.count > head.count + tail.count && name.hasPrefix(head) && name.hasSuffix(tail)
        }
    }

    private static func folded(_ name: String) -> String {
        name.lowercased().hyphenated
    }

    private static func singular(_ name: String) -> String {
        name.hasSuffix("s") ? String(name.dropLast()) : name
    }
}

extension ManifestFault {
    /// Two nodes that do not wait for each other write one table, which the first of them calls `table`.
    package static func sameTable(
        _ node: WorkflowNode, _ rival: WorkflowNode, table: String? = nil
    ) -> ManifestFault {
        let table = MessageText.quoted(table ?? node.sink.destination.text)
        return ManifestFault(
            .error,
            "node \(MessageText.quoted(node.name)) may write table \(table) at the same time as node "
                + "\(MessageText.quoted(rival.name)); let one depend on the other, or name another table",
            at: node.sink.destination.location)
    }
}
