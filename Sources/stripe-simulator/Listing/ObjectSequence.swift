/// All objects of a kind in the order of creation, for tests that compare tables with what exists.
struct ObjectSequence {
    private let kind: ObjectKind
    private let renderer: Renderer
    private let now: Int

    init(_ kind: ObjectKind, _ renderer: Renderer, now: Int) {
        self.kind = kind
        self.renderer = renderer
        self.now = now
    }

    /// The number of objects that were not deleted.
    var count: Int {
        let deleted = renderer.mutations[kind].deleted.count
        guard let parent = kind.parent else { return Listing(kind, renderer, now: now).count - deleted }
        let table = renderer.dataset.table(parent)
        let added = renderer.mutations[parent].addedTimes.count
        let all = renderer.dataset.table(kind).childCounts?.total(before: table.count + added) ?? 0
        return renderer.mutations[parent].deleted.reduce(all) { $0 - renderer.dataset.childCount(kind, of: $1) }
    }

    func rows(from offset: Int, limit: Int) -> [Row] {
        kind.parent == nil ? ordinaryRows(from: offset, limit: limit) : children(from: offset, limit: limit)
    }

    private func ordinaryRows(from offset: Int, limit: Int) -> [Row] {
        var listing = Listing(kind, renderer, now: now)
        var skipped = 0
        if kind != .event, renderer.mutations[kind].deleted.isEmpty, renderer.mutations[kind].addedTimes.isEmpty {
            // Nothing has changed: the place of an object is its index.
            let end = min(offset + limit, renderer.dataset.table(kind).count)
            return offset < end ? (offset..<end).map { Row(kind: kind, index: $0) } : []
        }
        while skipped < offset, listing.takeOldest() != nil { skipped += 1 }
        var rows: [Row] = []
        while rows.count < limit, let row = listing.takeOldest() { rows.append(row) }
        return rows
    }

    /// Children come with their parents, within a parent in the order of their numbers.
    private func children(from offset: Int, limit: Int) -> [Row] {
        guard let parentKind = kind.parent else { return [] }
        var parents = Listing(parentKind, renderer, now: now)
        var rows: [Row] = []
        var place = skipParents(of: parentKind, before: offset, in: &parents)
        while rows.count < limit, let parent = parents.takeOldest() {
            for number in 0..<renderer.dataset.childCount(kind, of: parent.index) {
                if place >= offset, rows.count < limit {
                    rows.append(Row(kind: kind, index: parent.index * ChildCounts.stride + number))
                }
                place += 1
            }
        }
        return rows
    }

    /// Leaves out parents whose children all lie before a place, and returns the place that is reached.
    ///
    /// Where parents have changed, none is left out: their numbers of children have to be added up.
    private func skipParents(of parentKind: ObjectKind, before offset: Int, in parents: inout Listing) -> Int {
        let changes = renderer.mutations[parentKind]
        guard changes.deleted.isEmpty, changes.addedTimes.isEmpty,
            let counts = renderer.dataset.table(kind).childCounts
        else { return 0 }
        var low = 0
        var high = renderer.dataset.table(parentKind).count
        while low < high {
            let middle = (low + high) / 2
            if counts.total(before: middle + 1) <= offset { low = middle + 1 } else { high = middle }
        }
        if low > 0, let last = parents.key(of: Row(kind: parentKind, index: low - 1)) { parents.keep(after: last) }
        return counts.total(before: low)
    }
}
