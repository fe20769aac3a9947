import Extraction
import JSON
import NilusCore

/// Walks one list to its end: asks, judges, delivers, with the next page on its way meanwhile.
///
/// Used by one task. The decisions are ``ListWalk``'s; this is the shell around them.
struct StripeListReader {
    private let client: StripeClient
    private let list: StripeList
    private let meter: ExtractMeter
    /// Pages after which the reader stops, even if there are more.
    private let pageLimit: Int
    private var walk: ListWalk
    private var step: ListStep
    /// The answer to the question of `step`, when it came while the page before was handled.
    private var early: StripeFetch?
    private var pageSize: Int
    private var pagesDelivered = 0

    /// Takes the rows of an accepted page, with a reason for each that is not to be delivered.
    typealias Handler = (JSONDocument, [JSONElement], [DropReason?]) async throws -> Void

    init(
        _ client: StripeClient, _ list: StripeList, walk: ListWalk, from start: ListQuery = .newest, pageSize: Int,
        pageLimit: Int = .max, meter: ExtractMeter
    ) {
        self.client = client
        self.list = list
        self.walk = walk
        step = .ask(start)
        self.pageSize = pageSize
        self.pageLimit = pageLimit
        self.meter = meter
    }

    /// Whether the list was walked to its end.
    var isAtEnd: Bool { step == .finish }

    /// The second where the reader stands; `nil` before the first page.
    var position: Int64? { walk.lastCreated }

    /// Reads to the end of the list, or to the page limit.
    ///
    /// `learnCut` is told of every answer and returns the first second not to be read.
    ///
    /// - Throws: `ledgerOpen` when the list cannot be walked to its end, and what asking and handling throw.
    /// - Returns: the number of pages delivered, and whether the end of the list was reached.
    mutating func read(
        learnCut: (StripeDocument) throws -> Int64, handle: Handler
    ) async throws -> (pages: Int, isAtEnd: Bool) {
        while !isAtEnd, pagesDelivered < pageLimit {
            try await readPage(ofAtMost: pageLimit - pagesDelivered, learnCut: learnCut, handle: handle)
        }
        return (pagesDelivered, isAtEnd)
    }

    /// Reads on until one page is delivered or the list ends; fetches ahead where `left` pages allow another one.
    ///
    /// - Returns: whether a page was delivered.
    @discardableResult
    mutating func readPage(
        ofAtMost left: Int, learnCut: (StripeDocument) throws -> Int64, handle: Handler
    ) async throws -> Bool {
        let before = pagesDelivered
        while case .ask(let query) = step, pagesDelivered == before {
            let fetched: StripeFetch
            if let early { fetched = early } else { fetched = try await fetch(query) }
            early = nil
            switch fetched {
            case .cursorLost: step = walk.cursorLost()
            case .pageTooLarge: try shrinkPages()
            case .document(let document):
                walk.cut(at: try learnCut(document))
                (step, early) = try await handlePage(document, mayFetchAhead: left > 1, handle)
            }
        }
        if case .fail(let fault) = step { throw NilusError.ledgerOpen(list.what, fault) }
        return pagesDelivered > before
    }

    /// Judges a page, delivers its rows and, meanwhile, fetches the page after it.
    private mutating func handlePage(
        _ document: StripeDocument, mayFetchAhead: Bool, _ handle: Handler
    ) async throws -> (ListStep, StripeFetch?) {
        let (rows, plan) = try judge(document)
        switch plan {
        case .discard(let next):
            meter.count { $0.retries += 1 }
            return (next, nil)
        case .deliver(let verdicts, let next):
            pagesDelivered += 1
            meter.count { counters in
                counters.pages += 1
                counters.bytes += document.json.byteCount
            }
            guard case .ask(let query) = next, mayFetchAhead else {
                try await handle(document.json, rows, verdicts)
                return (next, nil)
            }
            let reader = self
            async let following = reader.fetch(query)
            try await handle(document.json, rows, verdicts)
            return (next, try await following)
        }
    }

    private mutating func judge(_ document: StripeDocument) throws -> ([JSONElement], ListPlan) {
        try document.json.withRoot { root in
            guard let (rows, facts) = list.read(root) else {
                throw NilusError.malformedList(pageName, "the answer is no list of objects with ids")
            }
            return (rows, walk.receive(facts))
        }
    }

    private func fetch(_ query: ListQuery) async throws -> StripeFetch {
        do {
            let question = StripeQuestion(
                target: list.target(query, pageSize: pageSize), operation: list.operation, what: pageName)
            return .document(try await client.ask(question, meter: meter))
        } catch StripeSignal.cursorLost {
            return .cursorLost
        } catch StripeSignal.pageTooLarge {
            return .pageTooLarge
        }
    }

    private var pageName: String { "page \(pagesDelivered + 1) of \(list.what)" }

    private mutating func shrinkPages() throws {
        guard pageSize > 1 else {
            throw NilusError.objectTooLarge(pageName, limit: StripeLimits.maximumPageBytes)
        }
        pageSize /= 2
    }
}

/// How a question ended, where the reader can go on.
private enum StripeFetch {
    case document(StripeDocument)
    case cursorLost
    case pageTooLarge
}
