/// All rows of one list, in order, those that filters hide included.
struct Listing {
    /// Events are kept for thirty days.
    static let eventSeconds = 30 * 86_400

    private let kind: ObjectKind
    private let renderer: Renderer
    private var streams: [RowStream]
    /// The newest, or the oldest, key of each stream while the list is walked.
    private var heads: [RowKey?] = []

    /// - Parameters:
    ///   - kind: the endpoint whose list it is.
    ///   - renderer: the objects as they are now.
    ///   - now: the second from which the age of events is counted.
    ///   - types: the types, or groups of types, that events are limited to; `nil` for all.
    init(_ kind: ObjectKind, _ renderer: Renderer, now: Int, eventTypes types: [String]? = nil) {
        self.kind = kind
        self.renderer = renderer
        guard kind == .event else {
            streams = [RowStream(.original, of: kind, asEvents: false, renderer)]
            if !renderer.mutations[kind].addedOrder.isEmpty {
                streams.append(RowStream(.added, of: kind, asEvents: false, renderer))
            }
            return
        }
        let sources = ObjectKind.endpoints.filter { kind in
            kind.facts?.createEvents.contains { type in types.map { type.matchesEventType($0) } ?? true } ?? false
        }
        streams = sources.map { RowStream(.original, of: $0, asEvents: true, renderer) }
        streams.append(RowStream(.changes, of: .event, asEvents: true, renderer))
        keep(from: now - Self.eventSeconds)
    }

    /// Leaves only rows created in that second or later.
    mutating func keep(from second: Int) {
        let key = RowKey(created: second, tier: -1, position: 0)
        for place in streams.indices { streams[place].keep(after: key) }
    }

    /// Leaves only rows created before that second.
    mutating func keep(before second: Int) {
        keep(before: RowKey(created: second, tier: -1, position: 0))
    }

    mutating func keep(before key: RowKey) {
        for place in streams.indices { streams[place].keep(before: key) }
    }

    mutating func keep(after key: RowKey) {
        for place in streams.indices { streams[place].keep(after: key) }
    }

    /// The number of rows that remain, deleted ones included.
    var count: Int { streams.reduce(0) { $0 + $1.remaining.count } }

    /// Where a row stands; `nil` when the list has no such row.
    func key(of row: Row) -> RowKey? {
        let created = renderer.created(row.kind, row.index)
        var narrowed = self
        narrowed.keep(from: created)
        narrowed.keep(before: created + 1)
        for stream in narrowed.streams {
            if let position = stream.remaining.first(where: { stream.row(at: $0) == row }) {
                return stream.key(at: position)
            }
        }
        return nil
    }

    /// Takes the newest remaining row, deleted ones excepted.
    mutating func takeNewest() -> Row? {
        if heads.isEmpty { heads = streams.map(\.newest) }
        while let place = bestHead(by: >) {
            let row = streams[place].takeNewest()
            heads[place] = streams[place].newest
            if !renderer.mutations.isDeleted(row.kind, row.index) { return row }
        }
        return nil
    }

    /// Takes the oldest remaining row, deleted ones excepted; not to be mixed with taking the newest.
    mutating func takeOldest() -> Row? {
        if heads.isEmpty { heads = streams.map(\.oldest) }
        while let place = bestHead(by: <) {
            let row = streams[place].takeOldest()
            heads[place] = streams[place].oldest
            if !renderer.mutations.isDeleted(row.kind, row.index) { return row }
        }
        return nil
    }

    private func bestHead(by isBetter: (RowKey, RowKey) -> Bool) -> Int? {
        var best: Int?
        for place in heads.indices {
            guard let head = heads[place] else { continue }
            guard let known = best, let other = heads[known] else {
                best = place
                continue
            }
            if isBetter(head, other) { best = place }
        }
        return best
    }
}

extension String {
    /// Whether the text, as the type of an event, is one of those, or belongs to a group of them.
    func matchesEventType(_ wanted: [String]) -> Bool {
        wanted.contains { $0 == "*" || $0 == self || ($0.hasSuffix(".*") && hasPrefix($0.dropLast())) }
    }
}
