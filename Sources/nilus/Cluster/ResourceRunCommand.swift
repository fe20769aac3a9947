import ArgumentParser
import ClusterResources
import JSON
import KubernetesAPI
import NilusCore

/// Asks the operator to run a workflow now, beside its schedule.
struct ResourceRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Ask the operator to run a workflow now.")

    @OptionGroup var cluster: ClusterOptions

    @Option(name: .shortAndLong, help: "The name of the workflow.")
    var name: String

    func run() throws {
        try ClusterCommand.perform(cluster) { [self] client in
            let workspace = cluster.workspace ?? client.connection.namespace
            let request = RunIdentifier.make(at: Timestamp.now())
            let patch: JSONValue = ["metadata": ["annotations": [ResourceMark.runRequest: .string(request)]]]
            _ = try await client.attempt("ask for a run of workflow '\(name)'") { client throws(ClusterFailure) in
                try await client.merge(
                    ObjectReference(.workflow, namespace: workspace, name: name), patch,
                    manager: ResourceMark.fieldManager)
            }
            print("workflow '\(name)' in workspace '\(workspace)': asked for a run")
        }
    }
}
