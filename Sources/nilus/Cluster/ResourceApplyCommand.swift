import ArgumentParser
import ClusterResources
import KubernetesAPI
import NilusCore
import WorkflowManifest

/// Applies the files that `dataos-ctl resource apply -f` takes.
struct ResourceApplyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Create or change resources as a file declares them.",
        discussion: "'${NAME}' in a file becomes the value of that environment variable.")

    enum DryRun: String, ExpressibleByArgument, CaseIterable { case none, server }

    @OptionGroup var cluster: ClusterOptions

    @Option(
        name: [.customShort("f"), .customLong("file")], parsing: .upToNextOption,
        help: "Manifests; '-' reads standard input.")
    var files: [String] = []

    @Option(help: "none, or server: the server checks everything and keeps nothing.")
    var dryRun = DryRun.none

    @Flag(help: "Take fields over that another program has set.")
    var force = false

    func validate() throws {
        guard !files.isEmpty else { throw ValidationError("name a manifest with '-f FILE'") }
    }

    func run() throws {
        let environment = EnvironmentVariables.ofProcess()
        let files = try files.map { try ManifestFile.read($0) }
        let readings = files.map { $0.reading(environment: environment).forCluster }
        // Everything is looked at before anything is changed. Where a credential could stand, '${NAME}' is a fault.
        let faults = readings.flatMap(\.faults).filter { $0.severity != .remark }
        for fault in faults { printToStandardError(Array("\(fault.description)\n".utf8)) }
        if readings.contains(where: { $0.error != nil }) {
            throw ArgumentParser.ExitCode(NilusCore.ExitCode.configuration.rawValue)
        }
        let mode = dryRun == .server ? WriteMode.dryRun : .real
        try ClusterCommand.perform(cluster) { [cluster, force] client in
            var resources: [DeclaredResource] = []
            for file in files { resources += try file.resources(environment: environment) }
            for resource in resources {
                let workspace = cluster.workspace ?? resource.workspace ?? client.connection.namespace
                try await Self.apply(resource, in: workspace, client, force: force, mode: mode)
            }
        }
    }

    private static func apply(
        _ resource: DeclaredResource, in workspace: String, _ client: KubernetesClient, force: Bool, mode: WriteMode
    ) async throws {
        let object = try resource.object(namespace: workspace)
        let title = "\(resource.type.rawValue) '\(resource.name)' in workspace '\(workspace)'"
        do throws(ClusterFailure) {
            _ = try await client.apply(
                object.reference, body: object.body, manager: ResourceMark.fieldManager, force: force, mode: mode,
                isStrict: true)
        } catch {
            var fault = error.worded("apply \(title)")
            if error.refusal?.isConflict == true { fault.message += "; '--force' takes the fields over" }
            throw fault
        }
        print("\(title): \(mode == .real ? "applied" : "valid (dry run, nothing kept)")")
    }
}

extension ManifestFile {
    /// The resources in it, `${NAME}` filled in.
    func resources(environment: EnvironmentVariables) throws(NilusError) -> [DeclaredResource] {
        var bytes = content.withBytes { ContiguousArray($0) }
        defer { bytes.withUnsafeMutableBytes { $0.wipe() } }
        return try DeclaredResource.read(bytes, file: name, environment: environment)
    }
}
