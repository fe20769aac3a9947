import NilusCore
import YAML

/// One document of a file: which kind of resource it is, and its header.
struct ResourceDocument {
    enum Kind: Equatable {
        case workflow, nilus, stackSpec
        case other(OtherResource)
    }

    let kind: Kind
    let header: SectionReader
    let node: YAMLNode
    let log: FaultLog

    /// Whether it holds what a job runs, and not credentials or depots.
    var isWorkflow: Bool {
        if case .other = kind { false } else { true }
    }

    private static let headerKeys = [
        "name", "version", "type", "tags", "description", "owner", "layer", "workspace", "entity",
    ]
    private static let workflowTypes = ["workflow", "nilus"]

    /// Returns `nil` when the kind cannot be told, and reports why.
    init?(_ node: YAMLNode, log: FaultLog) {
        guard let entries = node.mapping else {
            log.add(.notAResource(node))
            return nil
        }
        let keys = entries.map(\.key)
        if !keys.contains("type"), keys.contains("source") || keys.contains("sink") {
            self.init(.stackSpec, node, body: [], log)
            return
        }
        guard let kind = Self.kind(of: node, keys: keys, log) else { return nil }
        switch kind {
        case .workflow: self.init(kind, node, body: ["workflow", "spec"], log)
        case .nilus: self.init(kind, node, body: ["spec"], log)
        case .other(let type): self.init(kind, node, body: [type.bodyKey, "spec"], log)
        case .stackSpec: return nil
        }
    }

    private init?(_ kind: Kind, _ node: YAMLNode, body: [String], _ log: FaultLog) {
        let keys: KeySet = kind == .stackSpec ? NodeReader.stackSpecKeys : .resource(Self.headerKeys + body)
        let name = kind == .stackSpec ? "stackSpec" : "the resource"
        guard let header = SectionReader(node, name: name, keys: keys, log: log) else { return nil }
        self.kind = kind
        self.header = header
        self.node = node
        self.log = log
    }

    private static func kind(of node: YAMLNode, keys: [String], _ log: FaultLog) -> Kind? {
        guard let value = node["type"], !value.isNull else {
            let guess = workflowTypes.first(where: keys.contains)
            log.add(.typeMissing(guess, at: node.location))
            return guess == "workflow" ? .workflow : nil
        }
        guard let text = log.attempt({ () throws(NilusError) in try value.text("'type'") }) else { return nil }
        switch text {
        case "workflow": return .workflow
        case "nilus": return .nilus
        default:
            if let other = OtherResource(rawValue: text) { return .other(other) }
            let known = workflowTypes + OtherResource.allCases.map(\.rawValue)
            log.add(.notAChoice(Located(text, at: value.location), for: "'type'", known))
            return nil
        }
    }
}

extension ResourceDocument {
    /// Checks the outline of a resource that is no workflow, and says that it is skipped.
    func checkOther(_ type: OtherResource) {
        let name = header.requiredName("name")
        if let name, let fault = ResourceName.problem(with: name, what: "'name'") { log.add(fault) }
        _ = header.requiredText("version")
        if let body = header.requiredSection(type.bodyKey, keys: .resource(type.bodyKeys)) { type.check(body) }
        log.add(.skipped(type, name?.value, at: node.location))
    }
}

extension ManifestFault {
    fileprivate static func notAResource(_ node: YAMLNode) -> ManifestFault {
        ManifestFault(
            .error, "a document must be a mapping with 'name', 'version' and 'type'; found \(node.kindName)",
            at: node.location)
    }

    fileprivate static func typeMissing(_ guess: String?, at place: SourceLocation) -> ManifestFault {
        let expected = guess.map { "'type: \($0)'" } ?? "'type: workflow' or 'type: nilus'"
        return ManifestFault(.error, "missing key 'type'; expected \(expected)", at: place)
    }

    fileprivate static func skipped(_ type: OtherResource, _ name: String?, at place: SourceLocation) -> ManifestFault {
        ManifestFault(
            .remark, "\(type.title) \(name.map { MessageText.quoted($0) + " " } ?? "")is no workflow and is skipped",
            at: place)
    }
}
