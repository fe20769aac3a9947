/// A valid request for a page of a list.
struct ListQuery {
    /// The sizes a page may have, and the one it has unless asked otherwise.
    static let limits = 1...100
    static let usualLimit = 10

    /// Where the page lies relative to a row.
    enum Cursor {
        case startingAfter(Row)
        case endingBefore(Row)
        /// The page that ends with the row: what the client was sent before.
        case repeating(Row)
    }

    let kind: ObjectKind
    var limit = usualLimit
    var cursor: Cursor?
    var created = SecondRange()
    var filters: [RowFilter] = []

    /// The types that events are limited to, so that other streams need not be walked.
    private var eventTypes: [String]? {
        for case .eventType(let types) in filters { return types }
        return nil
    }
}

/// The rows of a page.
struct RowPage {
    var rows: [Row] = []
    var hasMore = false
}

extension ListQuery {
    /// Rows examined for one page at most; a rare value in a large table is refused, not waited for.
    static let scanLimit = 2_000_000

    /// Finds the rows of the page.
    ///
    /// - Throws: `APIError` when the cursor's row is not among the rows that the filters allow, or
    ///   when too many rows would have to be examined.
    func page(_ renderer: Renderer, now: Int, scanLimit: Int = scanLimit) throws(APIError) -> RowPage {
        var listing = Listing(kind, renderer, now: now, eventTypes: eventTypes)
        try place(&listing, renderer)
        listing.keep(from: created.lower)
        if created.upper < Int.max { listing.keep(before: created.upper) }
        var page = RowPage()
        var examined = 0
        while let row = takeNext(&listing) {
            examined += 1
            guard examined <= scanLimit else { throw .scanTooLong(scanLimit) }
            guard filters.allSatisfy({ $0.allows(row, renderer) }) else { continue }
            if page.rows.count == limit {
                page.hasMore = true
                break
            }
            page.rows.append(row)
        }
        switch cursor {
        case .endingBefore, .repeating: page.rows.reverse()
        case .startingAfter, nil: break
        }
        if case .repeating = cursor { page.hasMore = true }
        return page
    }

    private func takeNext(_ listing: inout Listing) -> Row? {
        switch cursor {
        case .endingBefore, .repeating: listing.takeOldest()
        case .startingAfter, nil: listing.takeNewest()
        }
    }

    /// Narrows the list to the side of the cursor that is asked for.
    private func place(_ listing: inout Listing, _ renderer: Renderer) throws(APIError) {
        switch cursor {
        case .startingAfter(let row):
            listing.keep(before: try key(of: row, in: listing, "starting_after", renderer))
        case .endingBefore(let row):
            listing.keep(after: try key(of: row, in: listing, "ending_before", renderer))
        case .repeating(let row):
            let key = try key(of: row, in: listing, "starting_after", renderer)
            listing.keep(after: RowKey(created: key.created, tier: key.tier, position: key.position - 1))
        case nil: break
        }
    }

    private func key(
        of row: Row, in listing: Listing, _ parameter: String, _ renderer: Renderer
    ) throws(APIError) -> RowKey {
        let isVisible =
            !renderer.mutations.isDeleted(row.kind, row.index) && filters.allSatisfy { $0.allows(row, renderer) }
        guard isVisible, let key = listing.key(of: row) else {
            throw .missing(row.kind, id: renderer.id(of: row), parameter: parameter, status: 400)
        }
        return key
    }
}

extension Renderer {
    /// The id of a row.
    func id(of row: Row) -> String {
        var output = Output()
        dataset.table(row.kind).codec.write(row.index, into: &output)
        return String(decoding: output.bytes, as: UTF8.self)
    }

    /// The row of that id; `nil` when there was never such an object.
    func row(_ kind: ObjectKind, id: String) -> Row? {
        guard let index = dataset.table(kind).codec.index(of: Array(id.utf8)) else { return nil }
        let row = Row(kind: kind, index: index)
        return exists(row) ? row : nil
    }

    /// Whether there is, or was before it was deleted, such an object.
    private func exists(_ row: Row) -> Bool {
        if row.kind == .event { return EventIndex.exists(row.index, self) }
        if let parent = row.kind.parent {
            let owner = Row(kind: parent, index: row.index / ChildCounts.stride)
            return exists(owner) && row.index % ChildCounts.stride < dataset.childCount(row.kind, of: owner.index)
        }
        let count = dataset.table(row.kind).count + mutations[row.kind].addedTimes.count
        return row.index >= 0 && row.index < count
    }
}
