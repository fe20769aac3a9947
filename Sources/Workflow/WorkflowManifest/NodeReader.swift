import NilusCore
import YAML

/// Reads what one node says, in whatever shape it is written.
struct NodeReader {
    let dialects: ManifestDialects
    let log: FaultLog

    /// Keys of `dag[].spec` that decide how the job runs; those after the first row are the platform's
    /// business.
    static let specKeys = [
        "stack", "stackSpec", "compute", "envs", "resources", "logLevel", "dataosSecrets", "dryRun", "runAsUser",
        "dataosVolumes", "tempVolume", "persistentVolume", "configs", "secrets", "runAsApiKey", "topology", "use",
        "title", "description", "tags",
    ]

    /// Keys that hold `source` and `sink`.
    static let stackSpecKeys = KeySet.resource(["source", "sink", "repo"])

    /// What the node's place in the workflow says of it.
    struct Place {
        let name: String
        let location: SourceLocation
        let dependencies: [String]
        let retry: RetryRule?
    }

    /// Reads the node whose run settings are in `spec` and whose `source` and `sink` are in `sections`.
    func read(_ place: Place, spec: SectionReader?, sections: SectionReader?, stack: StackReference?) -> WorkflowNode? {
        let header = NodeHeader(
            name: place.name, environment: spec.map { EnvironmentReader(log: log).read($0) } ?? NodeEnvironment(),
            secrets: spec.map { SecretMountReader(log: log).read($0) } ?? [], location: place.location)
        let resources = spec.map { ResourceReader(log: log).read($0) } ?? NodeResources()
        let logLevel = spec.flatMap(logLevel)
        let isDryRun = spec?.boolean("dryRun") ?? false
        let compute = spec?.text("compute")?.value
        let user = spec?.text("runAsUser")?.value
        guard let (source, sink) = sections.flatMap({ sourceAndSink($0, header) }) else { return nil }
        return WorkflowNode(
            header: header, dependencies: place.dependencies, retry: place.retry, resources: resources,
            logLevel: logLevel, isDryRun: isDryRun, runAsUser: user, compute: compute, stack: stack, source: source,
            sink: sink)
    }

    private func sourceAndSink(_ sections: SectionReader, _ header: NodeHeader) -> (SourceSection, SinkSection)? {
        let source = sections.requiredSection("source", keys: SourceReader.sectionKeys).map {
            SourceReader(dialects: dialects, log: log).read($0)
        }
        let sink = sections.requiredSection("sink", keys: SinkReader.sectionKeys).map {
            SinkReader(dialects: dialects, log: log).read($0)
        }
        if let source { log.add(contentsOf: dialects.checkSource(source, header)) }
        if let sink { log.add(contentsOf: dialects.checkSink(sink, header)) }
        guard let source, let sink else { return nil }
        NodeRules(log: log).check(source, sink)
        return (source, sink)
    }

    /// The level in any letter case; `WARN` is `WARNING`.
    private func logLevel(_ spec: SectionReader) -> NodeLogLevel? {
        guard let text = spec.text("logLevel") else { return nil }
        let word = text.value.lowercased()
        if let level = NodeLogLevel(rawValue: word == "warn" ? "warning" : word) { return level }
        log.add(.notAChoice(text, for: "'logLevel'", ["TRACE", "DEBUG", "INFO", "WARNING", "ERROR"]))
        return nil
    }
}
