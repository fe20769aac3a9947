/// Writes the body of an answer that is not an error.
struct PageContent {
    let simulator: Simulator
    let pending: PendingAnswer
    private let credentials: Credentials
    let renderer: Renderer

    init(simulator: Simulator, pending: PendingAnswer, credentials: Credentials) {
        self.simulator = simulator
        self.pending = pending
        self.credentials = credentials
        renderer = Renderer(
            dataset: simulator.dataset, mutations: simulator.journal.current, isLive: credentials.isLive)
    }

    /// Writes the body and returns the number of rows in it.
    func write(into output: inout Output) throws(APIError) -> Int {
        if pending.plan.losesCursor, case .list(let kind) = pending.route,
            let id = pending.request.value("starting_after")
        {
            throw .missing(kind, id: id, parameter: "starting_after", status: 400)
        }
        switch pending.route {
        case .list(.subscriptionItem): return try subscriptionItems(&output)
        case .list(let kind): return try list(kind, &output)
        case .children(let kind, let parentID): return try children(kind, parentID, &output)
        case .retrieve(let kind, let id): try object(kind, id, &output)
        case .account: try account(&output)
        case .unrecognized: throw .unrecognizedURL(pending.request.method, pending.request.path)
        }
        return 0
    }

    // MARK: - Lists

    private func list(_ kind: ObjectKind, _ output: inout Output) throws(APIError) -> Int {
        guard let facts = kind.facts else { throw .unrecognizedURL(pending.request.method, pending.request.path) }
        var query = try ListQueryReader(kind: kind, facts: facts, request: pending.request, renderer: renderer).read()
        if pending.plan.ignoresCreatedFilter { query.created = SecondRange() }
        if pending.plan.repeatsPage, case .startingAfter(let row) = query.cursor { query.cursor = .repeating(row) }
        var page = try query.page(renderer, now: pending.now)
        if let hasMore = pending.plan.emptyPageHasMore { page = RowPage(rows: [], hasMore: hasMore) }
        let future = query.cursor == nil ? futureRows(kind) : []
        let room = max(query.limit - future.count, 0)
        if page.rows.count > room { page = RowPage(rows: Array(page.rows.prefix(room)), hasMore: true) }
        output.append("{\"object\":\"list\",\"data\":[")
        write(page.rows, afterFutureRows: future, into: &output)
        output.append(page.hasMore ? "],\"has_more\":true,\"url\":\"" : "],\"has_more\":false,\"url\":\"")
        output.append(facts.path.utf8)
        output.append("\"}")
        return page.rows.count + future.count
    }

    func write(_ rows: [Row], afterFutureRows future: [(row: Row, created: Int)], into output: inout Output) {
        var isFirst = true
        for (row, created) in future {
            if !isFirst { output.append(UInt8(ascii: ",")) }
            isFirst = false
            let name = row.kind.facts?.createdField ?? "created"
            let replacement = Mutations.Replacement(name: name, value: Array("\(created)".utf8))
            renderer.write(row.kind, row.index, replacing: [replacement], into: &output)
        }
        for row in rows {
            if !isFirst { output.append(UInt8(ascii: ",")) }
            isFirst = false
            write(row, into: &output)
        }
    }

    private func write(_ row: Row, into output: inout Output) {
        let alterations = pending.plan.alterations.filter { row.index % $0.every == 0 }
        guard !alterations.isEmpty else { return renderer.write(row.kind, row.index, into: &output) }
        let altered = alterations.map { Mutations.Replacement(name: $0.name, value: $0.value) }
        let changed = renderer.mutations.replacements(row.kind, row.index).filter { old in
            !altered.contains { $0.name == old.name }
        }
        renderer.write(row.kind, row.index, replacing: changed + altered, into: &output)
    }

    /// Rows that are younger than the answer's date, newest first.
    private func futureRows(_ kind: ObjectKind) -> [(row: Row, created: Int)] {
        guard let future = pending.plan.futureRows, !kind.isDerived else { return [] }
        // Far beyond what can be created, so that no real object has the same id.
        let first = simulator.dataset.table(kind).count + (1 << 30)
        return (0..<future.count).reversed().map { number in
            (Row(kind: kind, index: first + number), pending.now + future.seconds + number)
        }
    }

    // MARK: - Single objects

    private func object(_ kind: ObjectKind, _ id: String, _ output: inout Output) throws(APIError) {
        try refuseParameters()
        guard let row = renderer.row(kind, id: id) else {
            throw .missing(kind, id: id, parameter: "id", status: 404)
        }
        if kind == .event, renderer.created(kind, row.index) < pending.now - Listing.eventSeconds {
            throw .missing(kind, id: id, parameter: "id", status: 404)
        }
        guard isDeleted(row) else { return write(row, into: &output) }
        guard [.customer, .coupon, .product].contains(kind) else {
            throw .missing(kind, id: id, parameter: "id", status: 404)
        }
        let members = [
            ("id", JSONWriting.string(id)), ("object", JSONWriting.string(kind.schemaName)), ("deleted", "true"),
        ]
        output.append(JSONWriting.object(members.map { (name: $0.0, value: $0.1) }).utf8)
    }

    private func account(_ output: inout Output) throws(APIError) {
        try refuseParameters()
        let id = Mutations.Replacement(name: "id", value: Array(JSONWriting.string(credentials.account).utf8))
        renderer.write(.account, 0, replacing: [id], into: &output)
    }

    private func refuseParameters() throws(APIError) {
        if let path = pending.request.query.first(where: { $0.name.hasPrefix("expand[") })?.value {
            throw .cannotExpand(path)
        }
        if !pending.request.query.isEmpty { throw .unknownParameters(pending.request.query.map(\.name)) }
    }

    func visible(_ kind: ObjectKind, _ id: String) -> Row? {
        guard let row = renderer.row(kind, id: id), !isDeleted(row) else { return nil }
        return row
    }

    /// Whether the object, or the one it belongs to, was deleted.
    private func isDeleted(_ row: Row) -> Bool {
        let owner = row.kind.parent.map { Row(kind: $0, index: row.index / ChildCounts.stride) } ?? row
        return renderer.mutations.isDeleted(owner.kind, owner.index)
    }
}
