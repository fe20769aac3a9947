import NilusCore
import YAML

/// Reads a workflow from its document.
struct WorkflowReader {
    let dialects: ManifestDialects
    let log: FaultLog

    /// What a workflow holds beside its header.
    struct Body {
        let title: String?
        let schedule: WorkflowSchedule?
        let nodes: [WorkflowNode]
    }

    private static let workflowKeys = KeySet.resource(["title", "description", "tags", "schedule", "dag"])
    private static let nilusKeys = KeySet.resource(
        ["type", "mode", "schedule", "retry", "source", "sink", "repo"]
            + NodeReader.specKeys.filter { $0 != "stackSpec" })

    /// Reads a resource; `nil` when it has errors, all of which are in the log.
    func read(_ document: ResourceDocument) -> Workflow? {
        let header = document.header
        let name = header.requiredName("name")
        if let name, let fault = ResourceName.problem(with: name, what: "'name'") { log.add(fault) }
        let shape: Workflow.Shape = document.kind == .nilus ? .nilus : .workflow
        let version = version(header, shape)
        let body = shape == .nilus ? nilusBody(document, name: name?.value ?? "") : workflowBody(document)
        let description = header.remark("description")
        let tags = header.texts("tags").map(\.value)
        let owner = header.text("owner")?.value
        let layer = header.text("layer")?.value
        let workspace = header.text("workspace")?.value
        guard let name, let version, let body, !log.hasErrors else { return nil }
        return Workflow(
            name: name.value, version: version, shape: shape, title: body.title, description: description, tags: tags,
            owner: owner, layer: layer, workspace: workspace, schedule: body.schedule, nodes: body.nodes,
            warnings: warnings, location: document.node.location)
    }

    /// Reads `source` and `sink` that stand alone.
    func readStackSpec(_ document: ResourceDocument, name: String) -> Workflow? {
        let place = NodeReader.Place(name: name, location: document.node.location, dependencies: [], retry: nil)
        let node = NodeReader(dialects: dialects, log: log).read(
            place, spec: nil, sections: document.header, stack: nil)
        guard let node, !log.hasErrors else { return nil }
        return Workflow(
            name: name, version: "", shape: .stackSpec, title: nil, description: nil, tags: [], owner: nil, layer: nil,
            workspace: nil, schedule: nil, nodes: [node], warnings: warnings, location: document.node.location)
    }

    /// `type: nilus`: everything directly under `spec`.
    private func nilusBody(_ document: ResourceDocument, name: String) -> Body? {
        guard let spec = document.header.requiredSection("spec", keys: Self.nilusKeys) else { return nil }
        checkPipelineType(spec)
        let place = NodeReader.Place(
            name: name, location: spec.location, dependencies: [], retry: RetryReader(log: log).read(spec))
        let stack = spec["stack"] == nil ? nil : StackReader(log: log).read(spec)
        let schedule = ScheduleReader(log: log).read(spec)
        let node = NodeReader(dialects: dialects, log: log).read(place, spec: spec, sections: spec, stack: stack)
        return Body(title: spec.remark("title"), schedule: schedule, nodes: node.map { [$0] } ?? [])
    }

    /// `type: workflow`: a `dag` under `workflow`, or under `spec` as in version v2alpha.
    private func workflowBody(_ document: ResourceDocument) -> Body? {
        let key = document.header["workflow"] == nil && document.header["spec"] != nil ? "spec" : "workflow"
        guard let section = document.header.requiredSection(key, keys: Self.workflowKeys) else { return nil }
        let schedule = ScheduleReader(log: log).read(section)
        let nodes = DagReader(dialects: dialects, log: log).read(section)
        return Body(title: section.remark("title"), schedule: schedule, nodes: nodes)
    }

    private func checkPipelineType(_ spec: SectionReader) {
        guard spec.required("type") != nil, let type = spec.text("type"), type.value != "batch" else { return }
        log.add(.notBatch(type))
    }

    /// The version, which this reader does not need: every shape tells itself apart.
    private func version(_ header: SectionReader, _ shape: Workflow.Shape) -> String? {
        let known = shape == .nilus ? ["v1alpha"] : ["v1", "v1beta", "v2alpha"]
        guard let version = header.requiredText("version") else { return nil }
        if !known.contains(version.value) { log.add(.unknownVersion(version, shape, known)) }
        return version.value
    }

    private var warnings: [ManifestFault] {
        log.faults.filter { $0.severity == .warning }.sorted { $0.location < $1.location }
    }
}

extension ManifestFault {
    fileprivate static func notBatch(_ type: Located<String>) -> ManifestFault {
        ManifestFault(
            .error, "'type' in 'spec' cannot be \(MessageText.quoted(type.value)); this job runs 'batch' only",
            at: type.location)
    }

    fileprivate static func unknownVersion(
        _ version: Located<String>, _ shape: Workflow.Shape, _ known: [String]
    ) -> ManifestFault {
        ManifestFault(
            .warning,
            "unknown version \(MessageText.quoted(version.value)) of 'type: \(shape.rawValue)', read as "
                + "'\(known[0])'; expected \(alternatives(known))",
            at: version.location)
    }
}
