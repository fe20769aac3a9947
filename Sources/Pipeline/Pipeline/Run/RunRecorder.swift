import Extraction
import Loading
import Logging
import NilusCore
import Normalization
package import RunStatus
import Synchronization

/// Keeps the status of a run while many tasks change it, and tells the observer of every new phase.
package final class RunRecorder: Sendable {
    private let run: Mutex<WorkflowRun>
    private let time: TimeSource
    private let logger: Logger
    private let observe: @Sendable (WorkflowRun) -> Void

    init(
        _ run: WorkflowRun, time: TimeSource, logger: Logger, observe: @escaping @Sendable (WorkflowRun) -> Void
    ) {
        self.run = Mutex(run)
        self.time = time
        self.logger = logger
        self.observe = observe
    }

    /// The run as it stands.
    package var current: WorkflowRun { run.withLock { $0 } }

    /// Changes figures, of which nobody is told at once.
    func update(_ change: (inout WorkflowRun) -> Void) {
        run.withLock { change(&$0) }
    }

    /// Keeps and logs what a person should look at although the run goes on, each sentence once.
    func warn(_ warnings: [String]) {
        for warning in run.withLock({ $0.warn(warnings) }) {
            logger.warning("noticed", metadata: ["what": "\(warning)"])
        }
    }

    /// Changes a phase and tells the observer.
    func announce(_ change: (inout WorkflowRun, Timestamp) -> Void) {
        let now = time.utc()
        let changed = run.withLock { run in
            change(&run, now)
            run.revision += 1
            return run
        }
        observe(changed)
    }
}

/// The part of a run's status that belongs to one endpoint.
struct EndpointRecord: Sendable {
    private let recorder: RunRecorder
    private let node: Int
    private let endpoint: Int
    let meter: ExtractMeter

    init(_ recorder: RunRecorder, node: Int, endpoint: Int, meter: ExtractMeter) {
        self.recorder = recorder
        self.node = node
        self.endpoint = endpoint
        self.meter = meter
    }

    func start() {
        recorder.announce { run, now in
            // Figures of an earlier attempt would pass for this one's.
            run.nodes[node].endpoints[endpoint].rows = RowFigures()
            run.nodes[node].endpoints[endpoint].window = nil
            run.nodes[node].endpoints[endpoint].outcome = .running
            run.nodes[node].endpoints[endpoint].startTime = now
        }
    }

    /// What a log line about the endpoint says.
    var logMetadata: Logger.Metadata {
        let status = recorder.current.nodes[node]
        let endpoint = status.endpoints[endpoint]
        return [
            "node": "\(status.name)", "endpoint": "\(endpoint.endpoint)", "table": "\(endpoint.table)",
            "rows": "\(endpoint.rows.written)", "pages": "\(endpoint.extract.pages)",
            "retries": "\(endpoint.extract.retries)",
        ]
    }

    func warn(_ warnings: [String]) { recorder.warn(warnings) }

    /// Takes over the figures of the extraction and the normalization.
    func progress(_ report: NormalizeReport) {
        let counters = meter.current
        recorder.update { run in
            run.nodes[node].endpoints[endpoint].take(counters)
            run.nodes[node].endpoints[endpoint].rows.written = report.rows
            run.nodes[node].endpoints[endpoint].rows.misfits = report.misfits
            run.nodes[node].endpoints[endpoint].rows.withoutColumn = report.withoutColumn
        }
    }

    /// Takes over how far a read came that left nothing of its window out.
    func cover(_ window: Window, cut: Int64) {
        guard let end = Timestamp(seconds: cut) else { return }
        let start = window.lower.flatMap(Timestamp.init(seconds:))
        recorder.update { $0.nodes[node].endpoints[endpoint].window = ReadWindow(start: start, end: end) }
    }

    func finish(_ outcome: Outcome, _ receipt: CommitReceipt?) {
        let counters = meter.current
        recorder.announce { run, now in
            run.nodes[node].endpoints[endpoint].take(counters)
            run.nodes[node].endpoints[endpoint].outcome = outcome
            run.nodes[node].endpoints[endpoint].completionTime = now
            run.nodes[node].endpoints[endpoint].commit = receipt.map(CommitFigures.init)
        }
    }
}

extension ExtractFigures {
    init(_ counters: ExtractCounters) {
        self.init()
        requests = counters.requests
        retries = counters.retries
        throttled = counters.throttled
        pages = counters.pages
        bytes = counters.bytes
    }
}

extension EndpointStatus {
    fileprivate mutating func take(_ counters: ExtractCounters) {
        extract = ExtractFigures(counters)
        rows.received = counters.rowsReceived
        rows.dropped = Dictionary(uniqueKeysWithValues: counters.rowsDropped.map { ($0.key.rawValue, $0.value) })
    }
}

extension CommitFigures {
    init(_ receipt: CommitReceipt) {
        self.init(
            snapshotID: receipt.snapshotID, metadataLocation: receipt.metadataLocation, rowsAdded: receipt.rowsAdded,
            fates: RowFates(receipt.effects), filesAdded: receipt.filesAdded, bytesAdded: receipt.bytesAdded,
            rowsInTable: receipt.rowsInTable, schemaChanges: receipt.schemaChanges, checkpoint: receipt.checkpoint,
            search: receipt.search.map(SearchCost.init), tablesTogether: receipt.tablesTogether)
    }
}

extension RowFates {
    fileprivate init(_ effects: RowEffects) {
        self.init()
        replaced = effects.replaced
        deleted = effects.deleted
        closed = effects.closed
        unchanged = effects.unchanged
    }
}

extension SearchCost {
    fileprivate init(_ figures: SearchFigures) {
        self.init(
            filesInTable: figures.filesInTable, filesOpened: figures.filesOpened, filesScanned: figures.filesScanned,
            bytesRead: figures.bytesRead)
    }
}
