/// The ids that were seen lately: enough to recognise a row that comes twice, and no more.
///
/// Kept are the first page, the last pages, and all pages that reach to the second where the walk
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

    /// For each id of a page, whether it is neither kept nor earlier on the page.
    func areNew(_ pageIDs: some Sequence<String>) -> [Bool] {
        var onPage: Set<Int> = []
        return pageIDs.map { id in
            let hash = id.hashOfBytes
            return !ids.contains(hash) && onPage.insert(hash).inserted
        }
    }

    /// How many ids are kept.
    var count: Int { ids.count }

    /// Adds a page and forgets pages whose rows were all created after its last: they do not come again.
    mutating func insert(_ pageIDs: some Sequence<String>, boundary: Int64?) {
        let hashes = pageIDs.map(\.hashOfBytes)
        pages.append(SeenPage(ids: hashes, boundary: boundary))
        ids.formUnion(hashes)
        while pages.count > Self.pagesKept + 1, Self.isBehind(boundary, pages[1]) {
            ids.subtract(pages.remove(at: 1).ids)
        }
    }

    private static func isBehind(_ second: Int64?, _ page: SeenPage) -> Bool {
        guard let second, let boundary = page.boundary else { return true }
        return boundary > second
    }
}

extension String {
    /// A hash of the bytes: `hashValue` is the same for `é` and `e\u{301}`, which are two ids.
    var hashOfBytes: Int {
        var (hasher, text) = (Hasher(), self)
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        return hasher.finalize()
    }
}
