import Extraction
import JSON
import Loading
import NilusCore
import Records
import Synchronization

/// A source that gives prepared objects, page by page, and fails as it is told.
final class PreparedSource: Source {
    let objects: [String: [String]]
    let failures: Mutex<[String: [NilusError]]>
    let cut: Int64
    private let lostRows: Int
    private let reads = Mutex<[ReadRequest]>([])
    private let identity: SourceIdentity
    private let parsers = JSONParserPool()

    /// - `failures`: errors to throw for an endpoint, one for each read, before it succeeds.
    /// - `lostRows`: rows of each page that are counted and never arrive.
    init(
        _ objects: [String: [String]], failures: [String: [NilusError]] = [:], cut: Int64 = 1_000,
        lostRows: Int = 0, identity: SourceIdentity = SourceIdentity(account: "acct_1", isLive: false)
    ) {
        self.objects = objects
        self.lostRows = lostRows
        self.failures = Mutex(failures)
        self.cut = cut
        self.identity = identity
    }

    var requests: [ReadRequest] { reads.withLock { $0 } }

    func identify(meter: ExtractMeter) async throws -> SourceIdentity {
        meter.count { $0.requests += 1 }
        return identity
    }

    func read(
        _ request: ReadRequest, meter: ExtractMeter, deliver: (Page) async throws -> Void
    ) async throws -> ReadResult {
        reads.withLock { $0.append(request) }
        let rows = objects[request.endpoint.name] ?? []
        if !rows.isEmpty {
            meter.count { counters in
                counters.requests += 1
                counters.pages += 1
                counters.rowsReceived += rows.count + lostRows
            }
            try await deliver(try page(rows))
        }
        let failure = failures.withLock { failures in
            failures[request.endpoint.name]?.isEmpty == false ? failures[request.endpoint.name]?.removeFirst() : nil
        }
        if let failure { throw failure }
        return ReadResult(cut: cut, moment: cut, isComplete: request.pageLimit == nil)
    }

    private func page(_ rows: [String]) throws -> Page {
        let document = try parsers.parse(GrowableBytes("[\(rows.joined(separator: ","))]".utf8))
        var elements: [JSONElement] = []
        document.withRoot { root in elements = Array(root.items) }
        return Page(document: document, rows: elements, moment: cut)
    }
}

/// A sink that keeps tables in memory and remembers what was done to them.
final class MemorySink: Sink {
    struct Table: Sendable {
        var rows = 0
        var checkpoint: String?
        var runs: [String: CommitReceipt] = [:]
    }

    let tables: Mutex<[String: Table]>
    private let isJoint: Bool
    private let events = Mutex<[String]>([])
    private let opened = Mutex<[LoadRequest]>([])
    private let committed = Mutex<[CommitFacts]>([])

    /// `isJoint`: whether loads can become visible in one step.
    init(_ tables: [String: Table] = [:], isJoint: Bool = false) {
        self.tables = Mutex(tables)
        self.isJoint = isJoint
    }

    var log: [String] { events.withLock { $0 } }

    /// What tables were opened for, and what their loads wanted to be remembered.
    var requests: [LoadRequest] { opened.withLock { $0 } }
    var facts: [CommitFacts] { committed.withLock { $0 } }

    func note(_ event: String) { events.withLock { $0.append(event) } }

    func note(_ facts: CommitFacts) { committed.withLock { $0.append(facts) } }

    func open(_ request: LoadRequest) async throws -> TableOpening {
        let name = request.table.description
        opened.withLock { $0.append(request) }
        let table = tables.withLock { $0[name] }
        let key = "\(request.identity.runID)/\(request.identity.node)/\(request.identity.endpoint)"
        if let receipt = table?.runs[key] { return .alreadyCommitted(receipt) }
        return .ready(MemoryLoad(self, request, table))
    }
}

extension MemorySink {
    func joining(_ tables: Set<TableName>, places: Turnstile) -> (any JointSink)? {
        guard isJoint else { return nil }
        note("join \(tables.map(\.description).sorted().joined(separator: " "))")
        return MemoryJointSink(sink: self)
    }
}

/// Remembers which loads it need not wait for any more.
struct MemoryJointSink: JointSink {
    let sink: MemorySink

    func open(_ request: LoadRequest) async throws -> TableOpening { try await sink.open(request) }

    func leave(_ table: TableName) { sink.note("leave \(table)") }
}

/// One load into a table in memory.
final class MemoryLoad: TableLoad {
    private let sink: MemorySink
    private let request: LoadRequest
    private let before: MemorySink.Table?
    private var written = 0

    init(_ sink: MemorySink, _ request: LoadRequest, _ table: MemorySink.Table?) {
        self.sink = sink
        self.request = request
        before = table
    }

    var schema: RecordSchema { request.columns }
    var unfillableColumns: Set<String> { [] }
    var checkpoint: String? { before?.checkpoint }
    var rowIDAccount: String? { nil }
    var hasRows: Bool { (before?.rows ?? 0) > 0 }
    var remarks: [String] { [] }

    func write(_ batch: ColumnBatch) async throws { written += batch.rowCount }

    func commit(_ facts: CommitFacts) async throws -> CommitOutcome {
        let name = request.table.description
        let receipt = sink.tables.withLock { tables in
            var table = tables[name] ?? MemorySink.Table()
            table.rows = request.strategy == .replace ? written : table.rows + written
            switch facts.checkpoint {
            case .keep: break
            case .set(let text): table.checkpoint = text
            case .clear: table.checkpoint = nil
            }
            let receipt = CommitReceipt(
                snapshotID: 7, metadataLocation: "memory", rowsAdded: written, filesAdded: 1, bytesAdded: 1,
                rowsInTable: table.rows, schemaChanges: [], checkpoint: table.checkpoint)
            let identity = request.identity
            table.runs["\(identity.runID)/\(identity.node)/\(identity.endpoint)"] = receipt
            tables[name] = table
            return receipt
        }
        sink.note("commit \(name)")
        sink.note(facts)
        return .committed(receipt)
    }

    func abandon() async { sink.note("abandon \(request.table)") }
}
