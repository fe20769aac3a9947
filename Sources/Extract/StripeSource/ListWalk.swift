import Extraction

/// The way through one list, newest rows first: answers in, next question out.
///
/// It keeps the promise "every row once" against what a list can do to its reader: a cursor whose
/// object is gone, an empty page although rows remain, a page sent twice, rows outside the window.
/// Whenever an answer cannot be trusted it asks again, first with the same question, then from a
/// place it knows, and gives up with a fault rather than skip a row.
struct ListWalk {
    /// The rows wanted; its upper end is the cut once that is known.
    private(set) var window: Window
    private let order: ListOrder
    /// Whether the window is known to hold rows.
    private let expectsRows: Bool
    private var cut: Int64?
    private var query = ListQuery.newest
    /// Whether the current question was asked to find the way back after an untrustworthy answer.
    private var isRecovering = false
    /// The hashes of cursors used since the recovery began: each is used once, so that a recovery ends.
    private var recoveryCursors: Set<Int> = []
    private var untrustedAnswers = 0
    private var lostCursors = 0
    private var lastPage: ListFacts?
    private var known = RecentIDs()

    /// Answers in a row that may be untrustworthy before the walk tries another way.
    private static let patience = 3

    init(window: Window, order: ListOrder, expectsRows: Bool = false) {
        self.window = window
        self.order = order
        self.expectsRows = expectsRows
    }

    /// Fixes the upper end of the read to the server's clock, in seconds.
    mutating func cut(at second: Int64) {
        cut = second
        window = Window(lower: window.lower, upper: min(window.upper ?? second, second))
    }

    /// Judges an answer to the last question.
    mutating func receive(_ facts: ListFacts) -> ListPlan {
        if isUnexpected(facts), untrustedAnswers == 0 {
            untrustedAnswers += 1
            return .discard(next: .ask(query))
        }
        guard !facts.rows.isEmpty else { return .discard(next: afterEmptyPage(hasMore: facts.hasMore)) }
        let isNew = known.areNew(facts.rows.lazy.map(\.id))
        guard isNew.contains(true) else { return afterRepeatedPage(facts) }
        if isOutOfOrder(facts), untrustedAnswers == 0 {
            untrustedAnswers += 1
            return .discard(next: .ask(query))
        }
        let verdicts = zip(facts.rows, isNew).map { row, isNew in isNew ? verdict(row.created) : .duplicate }
        accept(facts)
        return .deliver(verdicts, next: nextStep(after: facts))
    }

    /// Goes on after the server said that it knows no object with the cursor's id.
    mutating func cursorLost() -> ListStep {
        lostCursors += 1
        guard let rows = lastPage?.rows else { return .fail(.cursorLost) }
        let useTime = order.canBeAskedByTime && (lostCursors > Self.patience || rows.count <= lostCursors)
        if !useTime, rows.count > lostCursors {
            return recover(ListQuery(cursor: rows[rows.count - 1 - lostCursors].id, createdAtMost: nil))
        }
        guard let created = lastCreated, order.canBeAskedByTime, query.createdAtMost == nil else {
            return .fail(.cursorLost)
        }
        return recover(ListQuery(cursor: nil, createdAtMost: created))
    }

    /// The second where the walk stands: the creation of the last row it accepted.
    var lastCreated: Int64? { lastPage?.rows.last?.created }

    private mutating func accept(_ facts: ListFacts) {
        let boundary = facts.rows.last?.created
        known.insert(facts.rows.lazy.map(\.id), boundary: boundary)
        lastPage = facts
        untrustedAnswers = 0
        lostCursors = 0
        isRecovering = false
    }

    private mutating func nextStep(after facts: ListFacts) -> ListStep {
        guard facts.hasMore, let last = facts.rows.last, !isBeforeWindow(facts) else { return .finish }
        query = ListQuery(cursor: last.id, createdAtMost: nil)
        return .ask(query)
    }

    private func verdict(_ created: Int64?) -> DropReason? {
        guard let created else { return nil }
        if let cut, created >= cut { return .youngerThanCut }
        return window.contains(created) ? nil : .outsideWindow
    }

    /// Whether a whole page lies before a window that the list call could not be narrowed to.
    private func isBeforeWindow(_ facts: ListFacts) -> Bool {
        order != .unknown && facts.rows.allSatisfy { row in row.created.map(window.isBefore) ?? false }
    }

    /// Whether the first page shows no row of a window that is known to hold some; they may have moved meanwhile.
    private func isUnexpected(_ facts: ListFacts) -> Bool {
        guard expectsRows, lastPage == nil else { return false }
        return facts.rows.allSatisfy { row in row.created.map { !window.contains($0) } ?? false }
    }

    /// Whether a page begins younger than the one before ended, which a list does not do.
    private func isOutOfOrder(_ facts: ListFacts) -> Bool {
        guard let lastCreated, order != .unknown else { return false }
        return facts.rows.contains { ($0.created ?? lastCreated) > lastCreated }
    }

    private mutating func afterEmptyPage(hasMore: Bool) -> ListStep {
        // An empty first page ends the list; so does one that answers a question asked from known ground.
        if !hasMore, lastPage == nil || isRecovering { return .finish }
        return askAgain(or: .emptyPage)
    }

    private mutating func afterRepeatedPage(_ facts: ListFacts) -> ListPlan {
        // From known ground, known rows and no more of them are the end of the list.
        if isRecovering, !facts.hasMore {
            return .deliver(facts.rows.map { _ in .duplicate }, next: .finish)
        }
        if isRecovering, let last = facts.rows.last, recoveryCursors.insert(last.id.hashOfBytes).inserted {
            query = ListQuery(cursor: last.id, createdAtMost: nil)
            return .deliver(facts.rows.map { _ in .duplicate }, next: .ask(query))
        }
        return .discard(next: askAgain(or: .repeatedPage))
    }

    /// Repeats the question, then asks from the last known row, then gives up.
    private mutating func askAgain(or fault: ListFault) -> ListStep {
        untrustedAnswers += 1
        if untrustedAnswers <= (fault == .emptyPage && !isRecovering ? 0 : Self.patience) { return .ask(query) }
        guard !isRecovering, let rows = lastPage?.rows else {
            return untrustedAnswers <= Self.patience ? .ask(query) : .fail(fault)
        }
        untrustedAnswers = 0
        if order.canBeAskedByTime, let lastCreated {
            return recover(ListQuery(cursor: nil, createdAtMost: lastCreated))
        }
        return recover(ListQuery(cursor: rows.dropLast().last?.id, createdAtMost: nil))
    }

    private mutating func recover(_ question: ListQuery) -> ListStep {
        isRecovering = true
        recoveryCursors = []
        query = question
        return .ask(question)
    }
}

/// What a walk may rely on.
enum ListOrder: Hashable {
    /// Newest first, and the call takes a range of creation times.
    case newestFirstByTime
    /// Newest first, but the call knows no creation times.
    case newestFirst
    /// No order is promised, as in lists inside other objects.
    case unknown

    var canBeAskedByTime: Bool { self == .newestFirstByTime }
}

/// Where a list call starts.
struct ListQuery: Hashable {
    /// The id after which rows are wanted; `nil` for the newest.
    let cursor: String?
    /// Only rows created in this second or before, instead of the window's upper end.
    let createdAtMost: Int64?

    static let newest = ListQuery(cursor: nil, createdAtMost: nil)
}

/// What an answer says, reduced to what paging needs.
struct ListFacts: Hashable {
    struct Row: Hashable {
        let id: String
        /// Seconds since the epoch; `nil` when the object does not say.
        let created: Int64?
    }

    let rows: [Row]
    let hasMore: Bool
}

/// What to do with an answer and what comes next.
enum ListPlan: Hashable {
    /// The rows count: those without a reason are delivered.
    case deliver([DropReason?], next: ListStep)
    /// The rows do not count: they come again.
    case discard(next: ListStep)
}

enum ListStep: Hashable {
    case ask(ListQuery)
    case finish
    case fail(ListFault)
}

/// Why a walk cannot promise to have seen every row.
enum ListFault: String, Hashable {
    case cursorLost
    case emptyPage
    case repeatedPage
}
