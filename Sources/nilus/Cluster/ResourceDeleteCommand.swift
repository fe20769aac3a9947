import ArgumentParser
import ClusterResources
import KubernetesAPI
import NilusCore

/// Deletes resources by name, or those that a file declares.
struct ResourceDeleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete resources; the tables that a workflow wrote stay.")

    @OptionGroup var cluster: ClusterOptions

    @Option(name: .shortAndLong, help: "workflow, instance-secret or depot.")
    var type = ResourceTypeOption.workflow

    @Option(name: .shortAndLong, help: "The name of the resource.")
    var name: String?

    @Option(
        name: [.customShort("f"), .customLong("file")], parsing: .upToNextOption,
        help: "Manifests whose resources are deleted.")
    var files: [String] = []

    func validate() throws {
        guard (name == nil) != files.isEmpty else {
            throw ValidationError("name either a resource with '-t TYPE -n NAME' or a manifest with '-f FILE'")
        }
    }

    func run() throws {
        let files = try files.map { try ManifestFile.read($0) }
        try ClusterCommand.perform(cluster) { [self] client in
            let workspace = cluster.workspace
            if let name {
                try await delete(type.type, name, workspace ?? client.connection.namespace, client)
            }
            for file in files {
                for resource in try file.resources(environment: .ofProcess()) {
                    let space = workspace ?? resource.workspace ?? client.connection.namespace
                    try await delete(resource.type, resource.name, space, client)
                }
            }
        }
    }

    private func delete(
        _ type: ResourceType, _ name: String, _ workspace: String, _ client: KubernetesClient
    ) async throws(NilusError) {
        let title = "\(type.rawValue) '\(name)' in workspace '\(workspace)'"
        try await client.attempt("delete \(title)") { client throws(ClusterFailure) in
            try await client.delete(ObjectReference(type.kind, namespace: workspace, name: type.objectName(name)))
        }
        print("\(title): deleted")
    }
}
