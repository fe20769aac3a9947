import ArgumentParser
import ClusterResources
import KubernetesAPI
import NilusCore

/// Prints the log of a pod of a workflow.
struct ResourceLogsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print the log of the newest pod of a workflow.", aliases: ["log"])

    @OptionGroup var cluster: ClusterOptions

    @Option(name: .shortAndLong, help: "The name of the workflow.")
    var name: String

    @Option(help: "The node, where each has a pod of its own.")
    var node: String?

    @Flag(name: .shortAndLong, help: "Of the pod before the newest: an attempt or a run earlier.")
    var previous = false

    @Flag(name: .shortAndLong, help: "Go on while the job writes.")
    var follow = false

    func run() throws {
        try ClusterCommand.perform(cluster) { [self] client in
            let workspace = cluster.workspace ?? client.connection.namespace
            let wanted = PodLog(node: node, isPrevious: previous)
            let pods = try await client.attempt("list the pods of workflow '\(name)'") {
                client throws(ClusterFailure) in
                try await client.all(
                    ObjectCollection(.pod, namespace: workspace, selector: wanted.selector(workflow: name)))
            }
            guard let pod = wanted.pod(of: pods) else { throw try await absence(of: wanted, workspace, client) }
            try await print(ObjectReference(.pod, namespace: workspace, name: pod), client)
        }
    }

    private func print(_ pod: ObjectReference, _ client: KubernetesClient) async throws(NilusError) {
        try await client.attempt("read the log of pod '\(pod.name)'") { client throws(ClusterFailure) in
            let stream = try await client.log(pod, container: "nilus", follow: follow)
            while let piece = try await stream.next() { printBytes(piece) }
        }
    }

    /// Says that there is no such pod, unless there is no such workflow.
    private func absence(
        of wanted: PodLog, _ workspace: String, _ client: KubernetesClient
    ) async throws(NilusError) -> NilusError {
        _ = try await client.attempt("print the log of workflow '\(name)'") { client throws(ClusterFailure) in
            try await client.get(ObjectReference(.workflow, namespace: workspace, name: name))
        }
        return NilusError(
            .status, .clusterRefused,
            "cannot print a log: workflow '\(name)' has no \(wanted.title) in workspace '\(workspace)'; "
                + "see how it stands with 'nilus resource describe -n \(name)'")
    }
}
