/// The ids that a walk has seen lately: enough to recognise a row that comes twice, and no more.
///
/// Kept are the first page, the last pages, and all pages that reach into the second where the walk
/// stands, because a question by time starts there again. The memory is bounded by the rows of one
/// second, not by the rows of the list.
struct RecentIDs {
    private struct SeenPage {
        let ids: [Int]
        /// The creation second of its last row.
        let boundary: Int64?
    }

    /// Pages kept besides the first: a server that repeats one repeats a recent one.
    private static let pagesKept = 64

    private var pages: [SeenPage] = []
    private var ids: Set<Int> = []

    func contains(_ id: String) -> Bool {
        ids.contains(id.hashValue)
    }

    /// Adds a page of rows and forgets pages that can no longer matter.
    mutating func insert(_ rows: [ListFacts.Row], boundary: Int64?) {
        let hashes = rows.map(\.id.hashValue)
        pages.append(SeenPage(ids: hashes, boundary: boundary))
        ids.formUnion(hashes)
        while pages.count > Self.pagesKept + 1, pages[1].boundary != boundary || boundary == nil {
            ids.subtract(pages.remove(at: 1).ids)
        }
    }
}
