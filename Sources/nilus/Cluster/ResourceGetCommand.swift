import ArgumentParser
import ClusterResources
import JSON
import KubernetesAPI
import NilusCore
import YAML

/// Shows resources as a table, or whole.
struct ResourceGetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show resources; of a secret never its values.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case table, yaml, json }

    @OptionGroup var cluster: ClusterOptions

    @Option(name: .shortAndLong, help: "workflow, instance-secret or depot.")
    var type = ResourceTypeOption.workflow

    @Option(name: .shortAndLong, help: "One resource by its name; else all of the type.")
    var name: String?

    @Flag(name: [.customShort("a"), .customLong("all-workspaces")], help: "Of all workspaces.")
    var isEverywhere = false

    @Option(name: .shortAndLong, help: "table, yaml or json.")
    var output = Format.table

    func run() throws {
        try ClusterCommand.perform(cluster) { [self] client in
            let resources = try await find(client)
            switch output {
            case .table: print(ResourceTable.text(ClusterResource.columns, resources.map(\.cells)), terminator: "")
            case .json: printBytes(document(resources).prettyBytes)
            case .yaml: printBytes(yaml(resources))
            }
        }
    }

    private func find(_ client: KubernetesClient) async throws(NilusError) -> [ClusterResource] {
        let workspace = cluster.workspace ?? client.connection.namespace
        let type = type.type
        if let name {
            let object = try await client.attempt("get \(type.rawValue) '\(name)'") { client throws(ClusterFailure) in
                try await client.get(ObjectReference(type.kind, namespace: workspace, name: type.objectName(name)))
            }
            return [ClusterResource(type, object)]
        }
        let collection = ObjectCollection(
            type.kind, namespace: isEverywhere ? nil : workspace, selector: type.selector)
        let objects = try await client.attempt("list \(type.rawValue)s") { client throws(ClusterFailure) in
            try await client.all(collection)
        }
        return objects.map { ClusterResource(type, $0) }
    }

    private func document(_ resources: [ClusterResource]) -> JSONValue {
        if name != nil, let only = resources.first { return only.document }
        return .array(resources.map(\.document))
    }

    private func yaml(_ resources: [ClusterResource]) -> [UInt8] {
        Array(resources.map(\.document.yamlBytes).joined(separator: Array("---\n".utf8)))
    }
}
