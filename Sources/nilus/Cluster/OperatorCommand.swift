import ArgumentParser
import KubernetesAPI
import Logging
import NilusCore
import Operator
import RunLog
import WorkflowManifest

/// Makes the Workflow resources of a cluster run.
struct OperatorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operator", abstract: "Make the Workflow resources of a cluster run.",
        discussion: """
            In a pod, $NILUS_NAMESPACE, $NILUS_POD_NAME, $NILUS_JOB_IMAGE and $NILUS_JOB_SERVICE_ACCOUNT say what the \
            arguments leave out.
            """)

    @OptionGroup var cluster: ClusterOptions

    @Option(help: "The container image of jobs.")
    var image: String?

    @Option(help: "The service account of jobs.")
    var jobServiceAccount: String?

    @Flag(help: "Run the workflows of all namespaces, not only of the operator's own.")
    var allNamespaces = false

    @Option(help: "Where probes and metrics are answered; in a pod :8080, which is every address, else 127.0.0.1:8080.")
    var listen: String?

    @Option(help: "The Lease by which operators agree on a leader.")
    var lease = "nilus-operator"

    @Option(help: "Seconds after which Kubernetes ends a job.")
    var activeDeadline = 86_400

    @Option(help: "Pods of one job that may fail in a way worth another try, unless 'retry' of a node says it.")
    var backoffLimit = 3

    @Option(help: "trace, debug, info, warning or error.")
    var logLevel = LogLevelOption.info

    @Option(help: "text or json.")
    var logFormat = LogFormat.text

    func validate() throws {
        guard activeDeadline > 0 else { throw ValidationError("'--active-deadline' must be more than zero") }
        guard (0...100).contains(backoffLimit) else { throw ValidationError("'--backoff-limit' must be from 0 to 100") }
        if let listen, ListenAddress(listen) == nil {
            throw ValidationError(
                "'--listen' cannot be '\(listen)'; expected an address and a port, 127.0.0.1:8080 or [::1]:8080")
        }
    }

    func run() throws {
        let environment = EnvironmentVariables.ofProcess()
        try ClusterCommand.perform(cluster) { [self] client in
            let handler = RunLogHandler(logFormat, level: logLevel.level, time: .system, write: printToStandardError)
            let service = OperatorService(
                client, try options(environment, client.connection), read: Self.read, time: .system,
                logger: Logger(label: "nilus") { _ in handler })
            try await service.run()
        }
    }

    private func options(
        _ environment: EnvironmentVariables, _ connection: ClusterConnection
    ) throws(NilusError) -> OperatorOptions {
        guard let image = image ?? environment["NILUS_JOB_IMAGE"] else {
            throw NilusError(
                .status, .usageInvalid,
                "cannot start jobs: no image is named; say '--image IMAGE' or set NILUS_JOB_IMAGE")
        }
        var settings = OperatorSettings(
            image: image,
            jobServiceAccount: jobServiceAccount ?? environment["NILUS_JOB_SERVICE_ACCOUNT"] ?? "nilus-job")
        settings.activeDeadlineSeconds = activeDeadline
        settings.backoffLimit = backoffLimit
        let namespace = cluster.workspace ?? environment["NILUS_NAMESPACE"] ?? connection.namespace
        let isInPod = environment["KUBERNETES_SERVICE_HOST"] != nil
        guard let address = ListenAddress(listen ?? (isInPod ? ":8080" : "127.0.0.1:8080")) else {
            throw .defect(.status, "the usual address cannot be read")
        }
        return OperatorOptions(
            namespace: namespace, watchedNamespace: allNamespaces ? nil : namespace, leaseName: lease,
            identity: environment["NILUS_POD_NAME"] ?? environment["HOSTNAME"] ?? RunIdentifier.make(at: .now()),
            listen: address, settings: settings)
    }

    /// Reads a manifest with what the source and the sink of the job know.
    private static let read: ReadManifest = { bytes, name in
        ManifestReader(dialects: .ofAdapters).read(bytes, file: name)
    }
}
