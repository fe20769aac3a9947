import NilusCore
import YAML

/// The `dag` of a workflow as a graph: checks what nodes depend on and finds an order to run them in.
struct DependencyOrder {
    /// A node by its name, with what it depends on.
    struct Node {
        let name: String
        let location: SourceLocation
        let dependencies: [Located<String>]
    }

    /// Positions of the nodes, each after all that it depends on, otherwise in file order.
    private(set) var order: [Int] = []
    /// Unknown names, self-dependencies and cycles.
    private(set) var faults: [ManifestFault] = []
    private let nodes: [Node]
    private var positions: [String: Int] = [:]

    init(_ nodes: [Node]) {
        self.nodes = nodes
        for (position, node) in nodes.enumerated() where positions[node.name] == nil { positions[node.name] = position }
        checkNames()
        sort()
    }

    /// Whether the first node runs after the second, directly or by way of others.
    func depends(_ node: Int, on other: Int) -> Bool {
        var reached: Set<Int> = []
        var open = [node]
        while let next = open.popLast() {
            for dependency in dependencies(of: next) where reached.insert(dependency).inserted {
                if dependency == other { return true }
                open.append(dependency)
            }
        }
        return false
    }

    private mutating func checkNames() {
        for node in nodes {
            for dependency in node.dependencies {
                if dependency.value == node.name {
                    faults.append(.selfDependency(dependency))
                } else if positions[dependency.value] == nil {
                    faults.append(.unknownDependency(dependency, known: nodes.map(\.name)))
                }
            }
        }
    }

    /// Takes nodes whose dependencies are all taken, until none is left; what cannot be taken is in a
    /// cycle or after one.
    private mutating func sort() {
        var open = Set(nodes.indices)
        while !open.isEmpty {
            let ready = nodes.indices.filter { node in
                open.contains(node) && dependencies(of: node).allSatisfy { !open.contains($0) }
            }
            if ready.isEmpty {
                guard let cycle = cycle(within: open) else { return }
                faults.append(.cycle(cycle.map { nodes[$0].name }, at: location(ofCycle: cycle)))
                open.subtract(cycle)
            } else if let next = ready.first {
                order.append(next)
                open.remove(next)
            }
        }
    }

    /// Walks along dependencies until a node comes again.
    private func cycle(within open: Set<Int>) -> [Int]? {
        guard var node = open.min() else { return nil }
        var path: [Int] = []
        while !path.contains(node) {
            path.append(node)
            guard let next = dependencies(of: node).first(where: open.contains) else { return nil }
            node = next
        }
        let cycle = path[(path.firstIndex(of: node) ?? 0)...]
        // Begun at the node that stands first in the file, so that the message does not depend on the
        // walk.
        guard let first = cycle.min(), let start = cycle.firstIndex(of: first) else { return nil }
        return Array(cycle[start...] + cycle[..<start])
    }

    private func location(ofCycle cycle: [Int]) -> SourceLocation {
        guard let first = cycle.first else { return nodes[0].location }
        let next = nodes[cycle.count > 1 ? cycle[1] : first].name
        return nodes[first].dependencies.first { $0.value == next }?.location ?? nodes[first].location
    }

    /// The nodes that a node names, itself and unknown ones left out.
    private func dependencies(of node: Int) -> [Int] {
        nodes[node].dependencies.compactMap { positions[$0.value] }.filter { $0 != node }
    }
}

extension ManifestFault {
    fileprivate static func selfDependency(_ dependency: Located<String>) -> ManifestFault {
        ManifestFault(
            .error, "node \(MessageText.quoted(dependency.value)) depends on itself; remove the dependency",
            at: dependency.location)
    }

    fileprivate static func unknownDependency(_ dependency: Located<String>, known: [String]) -> ManifestFault {
        let advice = Suggestion.closest(to: dependency.value, in: known).map {
            "did you mean \(MessageText.quoted($0))?"
        }
        return ManifestFault(
            .error,
            "dependency \(MessageText.quoted(dependency.value)) is no node of this workflow; "
                + (advice ?? "expected one of \(known.map(MessageText.quoted).joined(separator: ", "))"),
            at: dependency.location)
    }

    fileprivate static func cycle(_ names: [String], at place: SourceLocation) -> ManifestFault {
        let path = (names + names.prefix(1)).map(MessageText.quoted).joined(separator: " → ")
        return ManifestFault(.error, "dependency cycle: \(path); remove one of these dependencies", at: place)
    }
}
