import Extraction
import Loading
import Logging
import NilusCore
import Normalization
import Pipeline
import RunLog
import RunStatus
import Secrets
import Synchronization
import WorkflowManifest

/// Runs a manifest through the pipeline with doubles for the source, the sink and the time.
struct Bench {
    let source: PreparedSource
    let sink: MemorySink
    /// What opening the source remarks.
    var remarks: [String] = []
    let waited = WaitedTime()
    /// Whether all addresses lead to one place, as with `--warehouse`.
    var hasOnePlace = false
    private let seen = SeenRuns()
    private let log = SeenLog()

    init(_ source: PreparedSource, _ sink: MemorySink = MemorySink()) {
        self.source = source
        self.sink = sink
    }

    /// The phases that the observer was told of, for the run and its nodes.
    var phases: [String] { seen.phases }

    /// What was logged, at `info` and above, without time.
    var logLines: [String] { log.lines }

    static let endpoints = ["charge", "customer", "refund"].map { name in
        Endpoint(
            name: name, fields: [DeclaredField("id", .text), DeclaredField("created", .timestamp)], primaryKey: "id",
            createdField: "created")
    }

    func run(_ manifest: String, runID: String = "run-1", isDryRun: Bool = false) async throws -> WorkflowRun {
        let reading = ManifestReader().read(Array(manifest.utf8), file: "workflow.yaml")
        let workflow = try reading.runnableWorkflows()[0]
        let runner = WorkflowRunner(
            RunSetup(
                workflow: workflow,
                reference: WorkflowReference(
                    name: workflow.name, version: nil, workspace: nil, file: "workflow.yaml", digest: "d1"),
                runID: runID, digest: "d1",
                envelope: try Envelope(
                    requested: (nil, nil), group: ControlGroupLimits(memoryBytes: nil, cpuMillicores: nil)),
                adapters: adapters, secrets: SecretStore(directories: [], environment: EnvironmentVariables([:])),
                naming: .snakeCase, isDryRun: isDryRun, time: waited.source,
                logger: Logger(label: "test") { [log] _ in log.handler }, observe: seen.note))
        return await runner.run()
    }

    private var adapters: PipelineAdapters {
        PipelineAdapters(
            endpoints: { table in
                table.isAll ? Self.endpoints : Self.endpoints.filter { $0.name == table.name }
            },
            openSource: { [source, remarks] _, _ in (source, remarks) }, openSink: { [sink] _, _, _ in sink },
            sharePlace: { [hasOnePlace] in hasOnePlace || $0.address.namesSamePlace(as: $1.address) })
    }

    /// A workflow of nodes, each given as its name, its source table, and further lines of its dag entry or options.
    static func workflow(_ nodes: [Node]) -> String {
        """
        name: test
        version: v1
        type: workflow
        workflow:
          dag:
        \(nodes.map(\.text).joined(separator: "\n"))
        """
    }

    struct Node {
        var name = "load"
        var tables = "charge"
        var destination = "stripe.{endpoint}"
        var sinkAddress = "dataos://lake"
        var entry: [String] = []
        var sourceOptions: [String] = []
        var sinkOptions: [String] = []

        var text: String {
            let head = ["    - name: \(name)"] + entry.map { "      \($0)" }
            let spec = [
                "      spec:", "        stack: nilus:1.0", "        stackSpec:", "          source:",
                "            address: stripe://?api_key={KEY}", "            options:",
                "              source-table: \"\(tables)\"",
            ]
            let sink = [
                "          sink:", "            address: \(sinkAddress)", "            options:",
                "              dest-table: \"\(destination)\"",
            ]
            let indent = String(repeating: " ", count: 14)
            return (head + spec + sourceOptions.map { indent + $0 } + sink + sinkOptions.map { indent + $0 })
                .joined(separator: "\n")
        }
    }
}

/// Time that passes only by waiting.
final class WaitedTime: Sendable {
    private let waited = Mutex(Duration.zero)

    var total: Duration { waited.withLock { $0 } }

    var source: TimeSource {
        TimeSource(
            monotonic: { self.total },
            utc: { Timestamp(microseconds: 1_780_272_000_000_000 + self.total.milliseconds * 1_000) },
            sleep: { duration in self.waited.withLock { $0 += duration } })
    }
}

/// Remembers what was logged.
private final class SeenLog: Sendable {
    private let kept = Mutex<[String]>([])

    var lines: [String] { kept.withLock { $0 } }

    var handler: RunLogHandler {
        let time = TimeSource(monotonic: { .zero }, utc: { Timestamp(microseconds: 0) }, sleep: { _ in })
        return RunLogHandler(.text, level: .info, time: time) { [self] bytes in
            let line = String(decoding: bytes.dropLast(), as: UTF8.self)
            kept.withLock { $0.append(line.split(separator: " ", maxSplits: 1).last.map(String.init) ?? line) }
        }
    }
}

/// Remembers how the phases of a run changed.
private final class SeenRuns: Sendable {
    private let states = Mutex<[String]>([])

    var phases: [String] { states.withLock { $0 } }

    func note(_ run: WorkflowRun) {
        let nodes = run.nodes.map { "\($0.name)=\($0.outcome.phase.rawValue)" }.joined(separator: " ")
        states.withLock { $0.append("\(run.outcome.phase.rawValue) \(nodes)") }
    }
}
