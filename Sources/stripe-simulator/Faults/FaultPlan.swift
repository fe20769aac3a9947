/// Everything that goes wrong with one request; of several faults of one sort the first counts.
struct FaultPlan: Sendable {
    /// An answer that replaces the real one.
    enum Replacement: Sendable {
        case status(Int, headers: [Header], body: [UInt8]?)
        case garbage(Garbage, status: Int)
    }

    private(set) var replacement: Replacement?
    private(set) var delivery: Delivery?
    private(set) var losesCursor = false
    private(set) var repeatsPage = false
    private(set) var ignoresCreatedFilter = false
    /// The `has_more` of an empty page.
    private(set) var emptyPageHasMore: Bool?
    private(set) var futureRows: (count: Int, seconds: Int)?
    private(set) var alterations: [ObjectAlteration] = []
    private(set) var changes: [ObjectChange] = []

    mutating func add(_ action: FaultAction) {
        switch action {
        case .status(let status, let headers, let body):
            replacement = replacement ?? .status(status, headers: headers, body: body)
        case .redirect(let status, let location):
            let header = Header(name: "Location", value: location)
            replacement = replacement ?? .status(status, headers: [header], body: [])
        case .garbage(let garbage, let status): replacement = replacement ?? .garbage(garbage, status: status)
        case .deliver(let delivery): self.delivery = self.delivery ?? delivery
        case .lostCursor: losesCursor = true
        case .repeatPage: repeatsPage = true
        case .emptyPage(let hasMore): emptyPageHasMore = emptyPageHasMore ?? hasMore
        case .ignoreCreatedFilter: ignoresCreatedFilter = true
        case .futureRows(let count, let seconds): futureRows = futureRows ?? (count, seconds)
        case .alter(let alteration): alterations.append(alteration)
        case .change(let change): changes.append(change)
        }
    }
}
