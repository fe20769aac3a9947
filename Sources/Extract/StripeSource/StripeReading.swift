import Extraction
import JSON
import NilusCore

/// One read of one endpoint: its passes one after another, or in turns where a row may move between them, and its
/// embedded rows taken out of their parents.
///
/// Used by one task.
struct StripeReading {
    private let client: StripeClient
    let endpoint: StripeEndpoint
    /// The endpoint whose list is walked: the endpoint itself, or the parent of its rows.
    let listed: StripeEndpoint
    let request: ReadRequest
    private let meter: ExtractMeter
    /// The first answer's clock.
    private var moment: Int64?

    init(_ client: StripeClient, _ endpoint: StripeEndpoint, _ request: ReadRequest, _ meter: ExtractMeter) {
        self.client = client
        self.endpoint = endpoint
        self.request = request
        self.meter = meter
        listed = endpoint.embedding.flatMap { StripeEndpoint.named($0.parent) } ?? endpoint
    }

    mutating func run(_ deliver: (Page) async throws -> Void) async throws -> ReadResult {
        let isComplete: Bool
        do {
            isComplete = try await listed.passesMayOverlap ? walkTwins(deliver) : walkOneByOne(deliver)
        } catch let error as NilusError where error.code == .featureUnavailable && moment != nil {
            throw NilusError.featureLost(error)
        }
        return ReadResult(cut: try knownCut(), moment: try knownMoment(), isComplete: isComplete)
    }

    private mutating func walkOneByOne(_ deliver: (Page) async throws -> Void) async throws -> Bool {
        var pagesLeft = request.pageLimit ?? .max
        for (index, pass) in listed.passes.enumerated() {
            var reader = reader(of: pass, window: request.window, pageLimit: pagesLeft)
            let kindsOfLater = listed.passes[(index + 1)...].compactMap(Self.kind)
            var reading = self
            defer { self = reading }
            let (pages, isAtEnd) = try await reader.read(
                learnCut: { try reading.learnCut($0) },
                handle: { document, rows, verdicts in
                    let verdicts = zip(rows, verdicts).map { row, verdict in
                        let isOfLater = kindsOfLater.contains { row.field($0.field)?.string == $0.value }
                        return verdict ?? (isOfLater ? .duplicate : nil)
                    }
                    try await reading.handle(document: document, rows: rows, verdicts: verdicts, deliver)
                })
            pagesLeft -= pages
            guard isAtEnd else { return false }
        }
        return true
    }

    /// The field and its value by which a pass asks for rows: they are left to it, for some versions of Stripe show them
    /// in an earlier one too.
    private static func kind(ofPass pass: String) -> (field: String, value: String)? {
        let parts = pass.split(separator: "=", maxSplits: 1).map(String.init)
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }

    func reader(
        of pass: String, window: Window, expectsRows: Bool = false, pageLimit: Int = .max
    ) -> StripeListReader {
        let isEmbedded = endpoint.embedding != nil
        let list = StripeList(
            address: listed.path, operation: "list \(listed.name)", what: "endpoint '\(endpoint.name)'", pass: pass,
            filter: listed.hasCreatedFilter && !isEmbedded ? window : .everything,
            createdField: listed.endpoint.createdField)
        // A parent of any age may have got a new row, so parents are read from the beginning.
        let walk = ListWalk(
            window: isEmbedded ? .everything : window,
            order: listed.hasCreatedFilter ? .newestFirstByTime : .newestFirst, expectsRows: expectsRows)
        return StripeListReader(
            client, list, walk: walk, pageSize: request.pageSize, pageLimit: pageLimit, meter: meter)
    }

    mutating func learnCut(_ document: StripeDocument) throws -> Int64 {
        if moment == nil {
            guard let second = document.date.flatMap(HTTPDate.seconds) else {
                throw NilusError.noServerClock("endpoint '\(endpoint.name)'")
            }
            moment = second
        }
        return try knownCut()
    }

    /// First second not to be read.
    func knownCut() throws -> Int64 {
        let moment = try knownMoment()
        return min(moment, request.window.upper ?? moment)
    }

    private func knownMoment() throws -> Int64 {
        guard let moment else { throw NilusError.defect(.extract, "a read ended without an answer") }
        return moment
    }

    private func handle(
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

    /// Counts the rows and delivers those that no verdict rules out.
    func pass(
        on rows: [JSONElement], of document: JSONDocument, _ verdicts: [DropReason?],
        _ deliver: (Page) async throws -> Void
    ) async throws {
        var kept: [JSONElement] = []
        var dropped: [DropReason] = []
        for (row, verdict) in zip(rows, verdicts) {
            if let reason = verdict { dropped.append(reason) } else { kept.append(row) }
        }
        meter.count { counters in
            counters.rowsReceived += rows.count
            for reason in dropped { counters.drop(reason) }
        }
        guard !kept.isEmpty else { return }
        try await deliver(Page(document: document, rows: kept, moment: try knownMoment()))
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
    private func complete(
        _ embedded: EmbeddedList, from query: ListQuery, _ deliver: (Page) async throws -> Void
    ) async throws {
        var reader = StripeListReader(
            client, embedded.list, walk: embedded.walk, from: query, pageSize: request.pageSize, meter: meter)
        let cut = try knownCut()
        _ = try await reader.read(
            learnCut: { _ in cut }, handle: { try await pass(on: $1, of: $0, $2, deliver) })
    }
}
