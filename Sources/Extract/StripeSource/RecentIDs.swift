/// The ids that were seen lately: enough to recognise a row that comes twice, and no more.
///
/// Kept are the first page, the last pages, and all pages that reach to a horizon: the second where the
/// walk stands, because a question by time starts there again, or where another walk stands that may
/// show the same rows. The memory is bounded by the rows of one second, not by the rows of the list.
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

    /// How many ids are kept.
    var count: Int { ids.count }

    /// Adds a page and forgets pages whose rows were all created after the horizon: they do not come again.
    mutating func insert(_ pageIDs: some Sequence<String>, boundary: Int64?, horizon: Int64?) {
        let hashes = pageIDs.map(\.hashValue)
        pages.append(SeenPage(ids: hashes, boundary: boundary))
        ids.formUnion(hashes)
        while pages.count > Self.pagesKept + 1, Self.isBehind(horizon, pages[1]) {
            ids.subtract(pages.remove(at: 1).ids)
        }
    }

    private static func isBehind(_ horizon: Int64?, _ page: SeenPage) -> Bool {
        guard let horizon, let boundary = page.boundary else { return true }
        return boundary > horizon
    }
}
