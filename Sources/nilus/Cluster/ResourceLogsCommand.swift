import ArgumentParser
import JSON
import KubernetesAPI
import NilusCore

/// Prints the log of the newest pod of a workflow.
struct ResourceLogsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print the log of the newest run of a workflow.", aliases: ["log"])

    @OptionGroup var cluster: ClusterOptions

    @Option(name: .shortAndLong, help: "The name of the workflow.")
    var name: String

    @Option(help: "The node, where each has a pod of its own.")
    var node: String?

    @Flag(name: .shortAndLong, help: "Go on while the job writes.")
    var follow = false

    func run() throws {
        try ClusterCommand.perform(cluster) { [self] client in
            let workspace = cluster.workspace ?? client.connection.namespace
            var selector = "nilus.dataos.io/workflow=\(name)"
            if let node { selector += ",nilus.dataos.io/node=\(node)" }
            let collection = ObjectCollection(.pod, namespace: workspace, selector: selector)
            let pods = try await client.attempt("list the pods of workflow '\(name)'") {
                client throws(ClusterFailure) in try await client.all(collection)
            }
            let newest = pods.max { Self.creation($0) < Self.creation($1) }
            guard let pod = newest?["metadata"]?["name"]?.string else { throw NilusError.noPod(name, workspace) }
            try await print(ObjectReference(.pod, namespace: workspace, name: pod), client)
        }
    }

    private func print(_ pod: ObjectReference, _ client: KubernetesClient) async throws(NilusError) {
        try await client.attempt("read the log of pod '\(pod.name)'") { client throws(ClusterFailure) in
            let stream = try await client.log(pod, container: "nilus", follow: follow)
            while let piece = try await stream.next() { printBytes(piece) }
        }
    }

    private static func creation(_ pod: JSONValue) -> String { pod["metadata"]?["creationTimestamp"]?.string ?? "" }
}

extension NilusError {
    fileprivate static func noPod(_ workflow: String, _ workspace: String) -> NilusError {
        NilusError(
            .status, .clusterRefused,
            "cannot print a log: workflow '\(workflow)' has no pod in workspace '\(workspace)'; "
                + "see how it stands with 'nilus resource describe -n \(workflow)'")
    }
}
