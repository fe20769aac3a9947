import ArgumentParser
import ClusterResources
import JSON
import KubernetesAPI
import NilusCore

/// Tells everything about one workflow: how it stands, its runs, its events.
struct ResourceDescribeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe", abstract: "Tell how a workflow stands, with its runs and events.")

    @OptionGroup var cluster: ClusterOptions

    @Option(name: .shortAndLong, help: "The name of the workflow.")
    var name: String

    func run() throws {
        try ClusterCommand.perform(cluster) { [self] client in
            let workspace = cluster.workspace ?? client.connection.namespace
            let text = try await client.attempt("describe workflow '\(name)'") { client throws(ClusterFailure) in
                let workflow = try await client.get(
                    ObjectReference(.workflow, namespace: workspace, name: name))
                let runs = try await client.all(
                    ObjectCollection(
                        .workflowRun, namespace: workspace, selector: "nilus.dataos.io/workflow=\(name)"))
                let events = try await client.all(ObjectCollection(.event, namespace: workspace))
                return ResourceDescription.text(
                    workflow, runs: runs.sorted { Self.start($0) > Self.start($1) },
                    events: events.filter { Self.concerns($0, workflow) })
            }
            print(text, terminator: "")
        }
    }

    private static func start(_ run: JSONValue) -> String {
        run["metadata"]?["creationTimestamp"]?.string ?? ""
    }

    private static func concerns(_ event: JSONValue, _ workflow: JSONValue) -> Bool {
        event["regarding"]?["uid"]?.string == workflow["metadata"]?["uid"]?.string
    }
}
