import Extraction
import JSON
import NilusCore

/// One read of one endpoint: its passes one after another, its embedded rows taken out of their parents.
///
/// Used by one task.
struct StripeReading {
    private let client: StripeClient
    private let endpoint: StripeEndpoint
    /// The endpoint whose list is walked: the endpoint itself, or the parent of its rows.
    private let listed: StripeEndpoint
    private let request: ReadRequest
    private let meter: ExtractMeter
    /// The first answer's clock.
    private var moment: Int64?
    /// Hashes of the ids delivered so far, kept only where passes may show a row twice.
    private var delivered: Set<Int> = []

    init(_ client: StripeClient, _ endpoint: StripeEndpoint, _ request: ReadRequest, _ meter: ExtractMeter) {
        self.client = client
        self.endpoint = endpoint
        self.request = request
        self.meter = meter
        listed = endpoint.embedding.flatMap { StripeEndpoint.named($0.parent) } ?? endpoint
    }

    mutating func run(_ deliver: (Page) async throws -> Void) async throws -> ReadResult {
        var pagesLeft = request.pageLimit ?? .max
        for pass in listed.passes {
            let (pages, isAtEnd) = try await walk(pass, pageLimit: pagesLeft, deliver)
            pagesLeft -= pages
            guard isAtEnd else { return try result(isComplete: false) }
        }
        return try result(isComplete: true)
    }

    private func result(isComplete: Bool) throws -> ReadResult {
        ReadResult(cut: try knownCut(), moment: try knownMoment(), isComplete: isComplete)
    }

    private mutating func walk(
        _ pass: String, pageLimit: Int, _ deliver: (Page) async throws -> Void
    ) async throws -> (pages: Int, isAtEnd: Bool) {
        let isEmbedded = endpoint.embedding != nil
        let list = StripeList(
            address: listed.path, operation: "list \(listed.name)", what: "endpoint '\(endpoint.name)'", pass: pass,
            filter: listed.hasCreatedFilter && !isEmbedded ? request.window : .everything,
            createdField: listed.endpoint.createdField)
        // A parent of any age may have got a new row, so parents are read from the beginning.
        let walk = ListWalk(
            window: isEmbedded ? .everything : request.window,
            order: listed.hasCreatedFilter ? .newestFirstByTime : .newestFirst)
        var reader = StripeListReader(
            client, list, walk: walk, pageSize: request.pageSize, pageLimit: pageLimit, meter: meter)
        var reading = self
        defer { self = reading }
        return try await reader.read(
            from: .newest, learnCut: { try reading.learnCut($0) },
            handle: { try await reading.handle(document: $0, rows: $1, verdicts: $2, deliver) })
    }

    private mutating func learnCut(_ document: StripeDocument) throws -> Int64 {
        if moment == nil {
            guard let second = document.date.flatMap(HTTPDate.seconds) else {
                throw NilusError.noServerClock("endpoint '\(endpoint.name)'")
            }
            moment = second
        }
        return try knownCut()
    }

    /// First second not to be read.
    private func knownCut() throws -> Int64 {
        let moment = try knownMoment()
        return min(moment, request.window.upper ?? moment)
    }

    private func knownMoment() throws -> Int64 {
        guard let moment else { throw NilusError.defect(.extract, "a read ended without an answer") }
        return moment
    }

    private mutating func handle(
        document: JSONDocument, rows: [JSONElement], verdicts: [DropReason?], _ deliver: (Page) async throws -> Void
    ) async throws {
        guard let embedding = endpoint.embedding else {
            try await pass(on: rows, of: document, verdicts, deliver)
            return
        }
        let parents = zip(rows, verdicts).filter { $0.1 == nil }.map(\.0)
        let lists = try parents.map { try embeddedList(embedding, in: $0) }
        try await pass(on: lists.flatMap(\.rows), of: document, lists.flatMap(\.verdicts), deliver)
        for list in lists {
            if case .ask(let query) = list.next { try await complete(list, from: query, deliver) }
        }
    }

    /// Counts the rows and delivers those that no verdict and no earlier pass rules out.
    private mutating func pass(
        on rows: [JSONElement], of document: JSONDocument, _ verdicts: [DropReason?],
        _ deliver: (Page) async throws -> Void
    ) async throws {
        var kept: [JSONElement] = []
        var dropped: [DropReason] = []
        for (row, verdict) in zip(rows, verdicts) {
            if let reason = verdict ?? repeated(row) { dropped.append(reason) } else { kept.append(row) }
        }
        meter.count { counters in
            counters.rowsReceived += rows.count
            for reason in dropped { counters.drop(reason) }
        }
        guard !kept.isEmpty else { return }
        try await deliver(Page(document: document, rows: kept, moment: try knownMoment()))
    }

    private mutating func repeated(_ row: JSONElement) -> DropReason? {
        guard endpoint.passesMayOverlap, let id = row.field(endpoint.endpoint.primaryKey)?.string else { return nil }
        return delivered.insert(id.hashValue).inserted ? nil : .duplicate
    }
}

extension StripeReading {
    /// A list inside a parent: its first rows, and where the rest begins when the parent left some out.
    private struct EmbeddedList {
        let list: StripeList
        let walk: ListWalk
        let rows: [JSONElement]
        let verdicts: [DropReason?]
        let next: ListStep
    }

    private func embeddedList(_ embedding: StripeEmbedding, in parent: JSONElement) throws -> EmbeddedList {
        let what = "endpoint '\(endpoint.name)'"
        let list = StripeList(
            address: "\(endpoint.path)?\(embedding.parent)=\(StripeList.encode(parent.field("id")?.string ?? ""))",
            operation: "list \(endpoint.name)", what: what, pass: "", filter: .everything,
            createdField: endpoint.endpoint.createdField)
        guard let embedded = parent.field(embedding.field), let (rows, facts) = list.read(embedded) else {
            throw NilusError.malformedList(what, "a \(embedding.parent) holds no list '\(embedding.field)'")
        }
        var walk = ListWalk(window: request.window, order: .unknown)
        walk.cut(at: try knownCut())
        switch walk.receive(facts) {
        case .deliver(let verdicts, let next):
            return EmbeddedList(list: list, walk: walk, rows: rows, verdicts: verdicts, next: next)
        case .discard(let next):
            return EmbeddedList(list: list, walk: walk, rows: [], verdicts: [], next: next)
        }
    }

    /// Fetches and delivers the rows that a parent left out.
    private mutating func complete(
        _ embedded: EmbeddedList, from query: ListQuery, _ deliver: (Page) async throws -> Void
    ) async throws {
        var reader = StripeListReader(
            client, embedded.list, walk: embedded.walk, pageSize: request.pageSize, meter: meter)
        let cut = try knownCut()
        var reading = self
        defer { self = reading }
        _ = try await reader.read(
            from: query, learnCut: { _ in cut },
            handle: { try await reading.pass(on: $1, of: $0, $2, deliver) })
    }
}
