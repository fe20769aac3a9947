import ArgumentParser
import ClusterResources
import KubernetesAPI
import NilusCore

/// How a command finds its cluster.
struct ClusterOptions: ParsableArguments {
    @Option(help: "The kubeconfig file; else $KUBECONFIG, ~/.kube/config, or the pod's own service account.")
    var kubeconfig: String?

    @Option(help: "The context of the kubeconfig.")
    var context: String?

    @Option(name: .shortAndLong, help: "The workspace, which is the namespace in the cluster.")
    var workspace: String?

    func connection(_ environment: EnvironmentVariables) throws(NilusError) -> ClusterConnection {
        let paths = kubeconfig.map { [$0] } ?? Kubeconfig.paths(environment)
        let config = try Kubeconfig(paths: paths)
        if !config.isEmpty { return try config.connection(context: context) }
        if kubeconfig == nil, context == nil, let own = ClusterConnection.ofPod(environment) { return own }
        throw NilusError(
            .status, .configurationInvalid,
            "cannot find a cluster: no kubeconfig in \(paths.map { "'\($0)'" }.joined(separator: ", ")), and this is no "
                + "pod with a service account; name one with '--kubeconfig FILE'")
    }

    func client(_ environment: EnvironmentVariables) throws(NilusError) -> KubernetesClient {
        try KubernetesClient(try connection(environment), time: .system)
    }
}

/// Runs what a command does in the cluster, and ends with the exit code of its error.
enum ClusterCommand {
    static func perform(
        _ options: ClusterOptions, _ work: @escaping @Sendable (KubernetesClient) async throws -> Void
    ) throws {
        ProcessHardening.apply()
        let exitCode = SharedExitCode()
        Interruption.run {
            do {
                try await work(try options.client(.ofProcess()))
                exitCode.set(.done)
            } catch {
                let known = NilusError.unexpected(.status, error)
                printToStandardError(Array("\(known.line)\n".utf8))
                exitCode.set(known.code.exitCode)
            }
        }
        if exitCode.value != .done { throw ArgumentParser.ExitCode(exitCode.value.rawValue) }
    }
}

/// A type of resource as users write it; a workflow may be called `nilus` after its short form.
enum ResourceTypeOption: String, ExpressibleByArgument, CaseIterable {
    case workflow, nilus
    case instanceSecret = "instance-secret"
    case secret, depot

    var type: ResourceType {
        switch self {
        case .workflow, .nilus: .workflow
        case .instanceSecret, .secret: .instanceSecret
        case .depot: .depot
        }
    }
}

extension KubernetesClient {
    /// Does something with the cluster; `what` completes "cannot …" when it fails.
    func attempt<Value>(
        _ what: String, _ body: (KubernetesClient) async throws(ClusterFailure) -> Value
    ) async throws(NilusError) -> Value {
        do throws(ClusterFailure) {
            return try await body(self)
        } catch {
            throw error.worded(what)
        }
    }
}
