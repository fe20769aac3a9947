/// Where a row stands among the rows of a list: by creation, then by a stable order within the second.
struct RowKey: Comparable {
    let created: Int
    /// Orders rows of different streams within a second.
    let tier: Int
    /// Orders rows of one stream within a second.
    let position: Int

    static func < (left: RowKey, right: RowKey) -> Bool {
        (left.created, left.tier, left.position) < (right.created, right.tier, right.position)
    }
}

/// One row of a list.
struct Row: Hashable {
    let kind: ObjectKind
    let index: Int
}

/// Rows in order of creation, found by position: a list is the merge of a few of them.
struct RowStream {
    enum Source {
        /// The objects that were there at start.
        case original
        /// The objects that were added since.
        case added
        /// The events of changes.
        case changes
    }

    private let renderer: Renderer
    private let kind: ObjectKind
    private let source: Source
    /// Whether the rows are the events of the objects instead of the objects.
    private let isEvents: Bool
    private let tier: Int
    /// The rows not yet taken.
    private(set) var remaining: Range<Int>

    init(_ source: Source, of kind: ObjectKind, asEvents isEvents: Bool, _ renderer: Renderer) {
        self.renderer = renderer
        self.kind = kind
        self.source = source
        self.isEvents = isEvents
        tier = source == .changes ? 1000 : Int(kind.rawValue) * 2 + (source == .added ? 1 : 0)
        switch source {
        case .original: remaining = 0..<renderer.dataset.table(kind).count
        case .added: remaining = 0..<renderer.mutations[kind].addedOrder.count
        case .changes: remaining = 0..<renderer.mutations.events.count
        }
    }

    /// The object at a position.
    func row(at position: Int) -> Row {
        switch source {
        case .changes: return Row(kind: .event, index: EventIndex(.change(position)).index)
        case .original where isEvents: return Row(kind: .event, index: EventIndex(.creation(kind, position)).index)
        case .original: return Row(kind: kind, index: position)
        case .added:
            let serial = renderer.mutations[kind].addedOrder[position]
            return Row(kind: kind, index: renderer.dataset.table(kind).count + serial)
        }
    }

    func key(at position: Int) -> RowKey {
        let row = row(at: position)
        return RowKey(created: renderer.created(row.kind, row.index), tier: tier, position: position)
    }

    /// Leaves only the rows before a key.
    mutating func keep(before key: RowKey) {
        remaining = remaining.lowerBound..<max(remaining.lowerBound, firstPosition { !($0 < key) })
    }

    /// Leaves only the rows after a key.
    mutating func keep(after key: RowKey) {
        remaining = min(remaining.upperBound, firstPosition { $0 > key })..<remaining.upperBound
    }

    /// The newest row that remains.
    var newest: RowKey? { remaining.isEmpty ? nil : key(at: remaining.upperBound - 1) }

    /// The oldest row that remains.
    var oldest: RowKey? { remaining.isEmpty ? nil : key(at: remaining.lowerBound) }

    mutating func takeNewest() -> Row {
        remaining = remaining.lowerBound..<(remaining.upperBound - 1)
        return row(at: remaining.upperBound)
    }

    mutating func takeOldest() -> Row {
        remaining = (remaining.lowerBound + 1)..<remaining.upperBound
        return row(at: remaining.lowerBound - 1)
    }

    /// The first remaining position at which a condition holds that holds from there on.
    private func firstPosition(where holds: (RowKey) -> Bool) -> Int {
        var low = remaining.lowerBound
        var high = remaining.upperBound
        while low < high {
            let middle = (low + high) / 2
            if holds(key(at: middle)) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
