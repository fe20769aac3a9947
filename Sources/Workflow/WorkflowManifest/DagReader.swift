import NilusCore
import YAML

/// Reads `dag`: the nodes of a workflow and the order between them.
struct DagReader {
    let dialects: ManifestDialects
    let log: FaultLog

    /// Most nodes of one workflow.
    static let maximumNodes = 200

    private static let nodeKeys = KeySet.resource([
        "name", "title", "description", "tags", "dependencies", "depends", "retry", "spec", "gcWhenComplete",
    ])
    private static let specKeys = KeySet.resource(NodeReader.specKeys)

    /// A node as far as it could be read.
    private struct Draft {
        let graph: DependencyOrder.Node
        let node: WorkflowNode?
    }

    /// The nodes in dependency order; nodes that could not be read are left out.
    func read(_ body: SectionReader) -> [WorkflowNode] {
        guard let entry = body.required("dag"),
            let items = log.attempt({ () throws(NilusError) in try entry.value.items("'dag'") })
        else { return [] }
        guard !items.isEmpty else {
            log.add(.noNodes(at: entry.value.location))
            return []
        }
        guard items.count <= Self.maximumNodes else {
            log.add(.tooManyNodes(items.count, at: entry.value.location))
            return []
        }
        let drafts = items.compactMap(draft)
        reportSameNames(drafts)
        let order = DependencyOrder(drafts.map(\.graph))
        log.add(contentsOf: order.faults)
        let readable = drafts.enumerated().compactMap { position, draft in draft.node.map { (position, $0) } }
        log.add(contentsOf: TableConflicts.faults(among: readable, order))
        return order.order.compactMap { drafts[$0].node }
    }

    private func draft(_ item: YAMLNode) -> Draft? {
        guard let section = SectionReader(item, name: "dag", keys: Self.nodeKeys, log: log) else { return nil }
        let name = section.requiredName("name")
        if let name, let fault = ResourceName.problem(with: name, what: "'name'") { log.add(fault) }
        let dependencies = section.texts("dependencies") + section.texts("depends")
        let place = NodeReader.Place(
            name: name?.value ?? "", location: item.location,
            dependencies: dependencies.map(\.value).uniqued(), retry: RetryReader(log: log).read(section))
        let node = node(place, section)
        guard let name else { return nil }
        return Draft(
            graph: DependencyOrder.Node(name: name.value, location: name.location, dependencies: dependencies),
            node: node)
    }

    private func node(_ place: NodeReader.Place, _ section: SectionReader) -> WorkflowNode? {
        guard let spec = section.requiredSection("spec", keys: Self.specKeys) else { return nil }
        let stack = StackReader(log: log).read(spec)
        let sections = spec.requiredSection("stackSpec", keys: NodeReader.stackSpecKeys)
        return NodeReader(dialects: dialects, log: log).read(place, spec: spec, sections: sections, stack: stack)
    }

    private func reportSameNames(_ drafts: [Draft]) {
        var first: [String: DependencyOrder.Node] = [:]
        for node in drafts.map(\.graph) {
            if let other = first[node.name] {
                log.add(.sameName(node, other))
            } else {
                first[node.name] = node
            }
        }
    }
}

extension [String] {
    /// The texts without repetitions, in order.
    fileprivate func uniqued() -> [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}

extension ManifestFault {
    fileprivate static func noNodes(at place: SourceLocation) -> ManifestFault {
        ManifestFault(.error, "'dag' is empty; expected at least one node", at: place)
    }

    fileprivate static func tooManyNodes(_ count: Int, at place: SourceLocation) -> ManifestFault {
        ManifestFault(
            .error, "'dag' has \(count.grouped) nodes; at most \(DagReader.maximumNodes) are run, split the workflow",
            at: place)
    }

    fileprivate static func sameName(_ node: DependencyOrder.Node, _ first: DependencyOrder.Node) -> ManifestFault {
        ManifestFault(
            .error,
            "node \(MessageText.quoted(node.name)) is defined twice; the first is on line \(first.location.line)",
            at: node.location)
    }
}
