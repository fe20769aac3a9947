import Extraction
import SeededRandom
import Testing

@testable import StripeSource

/// A list as a server keeps it, newest first, which answers the questions of a walk.
private struct ListModel {
    var rows: [ListFacts.Row]
    var pageSize = 10
    let canFilterByTime: Bool

    func answer(_ query: ListQuery, window: Window) -> ListFacts? {
        var visible = rows
        if canFilterByTime {
            visible = visible.filter { row in !(row.created.map(window.isBefore) ?? false) }
            if let second = query.createdAtMost {
                visible = visible.filter { ($0.created ?? 0) <= second }
            }
        }
        var start = 0
        if let cursor = query.cursor {
            guard let position = visible.firstIndex(where: { $0.id == cursor }) else { return nil }
            start = position + 1
        }
        let page = visible[start...].prefix(pageSize)
        return ListFacts(rows: Array(page), hasMore: start + page.count < visible.count)
    }
}

struct `The ids seen lately` {
    @Test func `are those that may come again, however long the list is`() {
        var recent = RecentIDs()

        for second in stride(from: Int64(2_000), to: 0, by: -1) {
            recent.insert((0..<100).map { "\(second)-\($0)" }, boundary: second)
            #expect(recent.areNew(["\(second)-7"]) == [false])
            #expect(recent.count <= 6_500)
        }

        #expect(recent.count == 6_500)
        #expect(recent.areNew(["1000-7"]) == [true])
    }

    @Test func `are all of the second where the walk stands`() {
        var recent = RecentIDs()

        for page in 0..<500 { recent.insert(["\(page)"], boundary: 7) }

        #expect(!recent.areNew((0..<500).map(String.init)).contains(true))
        recent.insert(["next"], boundary: 6)
        #expect(recent.count == 65)
    }
}

/// Drives a walk over a model; `meddle` may replace an answer or change the model before it is given.
private func deliveredIDs(
    _ model: ListModel, window: Window = .everything, cut: Int64 = .max, order: ListOrder? = nil,
    meddle: (Int, ListQuery, inout ListModel) -> ListFacts?? = { _, _, _ in nil }
) throws -> (ids: [String], questions: Int, fault: ListFault?) {
    var model = model
    var walk = ListWalk(
        window: window, order: order ?? (model.canFilterByTime ? .newestFirstByTime : .newestFirst))
    var step = ListStep.ask(.newest)
    var delivered: [String] = []
    var questions = 0
    while case .ask(let query) = step {
        questions += 1
        try #require(questions < 2_000, "the walk does not end")
        let meddled = meddle(questions, query, &model)
        guard let facts = meddled ?? model.answer(query, window: window) else {
            step = walk.cursorLost()
            continue
        }
        walk.cut(at: cut)
        switch walk.receive(facts) {
        case .discard(let next): step = next
        case .deliver(let verdicts, let next):
            delivered += zip(facts.rows, verdicts).filter { $0.1 == nil }.map(\.0.id)
            step = next
        }
    }
    if case .fail(let fault) = step { return (delivered, questions, fault) }
    return (delivered, questions, nil)
}

/// Rows newest first; `perSecond` of them share each creation second.
private func rows(_ count: Int, perSecond: Int = 3) -> [ListFacts.Row] {
    (0..<count).map { ListFacts.Row(id: "obj_\($0)", created: Int64(10_000 - $0 / perSecond)) }
}

struct `A walk through a list` {
    @Test(arguments: [true, false])
    func `delivers every row once, in as many questions as there are pages`(canFilterByTime: Bool) throws {
        let model = ListModel(rows: rows(95), canFilterByTime: canFilterByTime)

        let walked = try deliveredIDs(model)

        #expect(walked.ids == model.rows.map(\.id))
        #expect(walked.questions == 10)
        #expect(walked.fault == nil)
    }

    @Test func `takes ids for the same only when their bytes are`() throws {
        let spellings = ["caf\u{e9}", "cafe\u{301}"]
        let rows = spellings.map { ListFacts.Row(id: $0, created: 7) } + rows(20)
        var walk = ListWalk(window: .everything, order: .newestFirst)

        let together = walk.receive(ListFacts(rows: rows, hasMore: true))
        let again = walk.receive(ListFacts(rows: [rows[1], ListFacts.Row(id: "next", created: 1)], hasMore: false))

        #expect(
            together == .deliver(rows.map { _ in nil }, next: .ask(ListQuery(cursor: "obj_19", createdAtMost: nil))))
        #expect(again == .deliver([.duplicate, nil], next: .finish))
    }

    @Test func `delivers a row once that stands twice on a page`() {
        var walk = ListWalk(window: .everything, order: .newestFirst)
        let row = ListFacts.Row(id: "a", created: 5)

        let plan = walk.receive(ListFacts(rows: [row, row, ListFacts.Row(id: "b", created: 5)], hasMore: false))

        #expect(plan == .deliver([nil, .duplicate, nil], next: .finish))
    }

    @Test func `ends with an empty list at once`() throws {
        let walked = try deliveredIDs(ListModel(rows: [], canFilterByTime: true))

        #expect(walked.ids.isEmpty)
        #expect(walked.questions == 1)
    }

    @Test func `leaves rows of the running second to the next run`() throws {
        let model = ListModel(rows: rows(30), canFilterByTime: true)

        let walked = try deliveredIDs(model, cut: 9_998)

        #expect(walked.ids == model.rows.filter { ($0.created ?? 0) < 9_998 }.map(\.id))
    }

    @Test func `stays inside its window and stops behind it, even where the call cannot filter`() throws {
        let model = ListModel(rows: rows(300), canFilterByTime: false)

        let walked = try deliveredIDs(model, window: Window(lower: 9_980, upper: 9_990))

        #expect(walked.ids == model.rows.filter { (9_980..<9_990).contains($0.created ?? 0) }.map(\.id))
        #expect(walked.questions == 8)
    }

    @Test(arguments: [true, false])
    func `goes on from the row before when the cursor's object is deleted`(canFilterByTime: Bool) throws {
        let model = ListModel(rows: rows(60), canFilterByTime: canFilterByTime)

        let walked = try deliveredIDs(model) { question, query, model in
            if question == 3, let cursor = query.cursor { model.rows.removeAll { $0.id == cursor } }
            return nil
        }

        #expect(walked.ids == model.rows.map(\.id))
        #expect(walked.fault == nil)
    }

    @Test(arguments: [true, false])
    func `finds its place again when half a page of cursors is gone`(canFilterByTime: Bool) throws {
        let model = ListModel(rows: rows(60), canFilterByTime: canFilterByTime)

        let walked = try deliveredIDs(model) { question, _, model in
            if question == 3 { model.rows.removeSubrange(14..<20) }
            return nil
        }

        #expect(walked.ids == model.rows.map(\.id))
    }

    @Test func `fails loudly when no row of the last page is known any more and time cannot help`() throws {
        let model = ListModel(rows: rows(60), canFilterByTime: false)

        let walked = try deliveredIDs(model) { question, _, model in
            if question == 3 { model.rows.removeSubrange(10..<20) }
            return nil
        }

        #expect(walked.fault == .cursorLost)
    }

    @Test(arguments: [true, false])
    func `does not believe an empty page after one that promised more`(canFilterByTime: Bool) throws {
        let model = ListModel(rows: rows(60, perSecond: 25), canFilterByTime: canFilterByTime)

        let walked = try deliveredIDs(model) { question, _, _ in
            question == 4 ? .some(ListFacts(rows: [], hasMore: false)) : nil
        }

        #expect(walked.ids == model.rows.map(\.id))
        #expect(walked.fault == nil)
    }

    @Test func `believes an empty page when the rest was deleted`() throws {
        let model = ListModel(rows: rows(60), canFilterByTime: true)

        let walked = try deliveredIDs(model) { question, _, model in
            if question == 4 { model.rows.removeSubrange(30...) }
            return nil
        }

        #expect(walked.ids == (0..<30).map { "obj_\($0)" })
        #expect(walked.fault == nil)
    }

    @Test func `gives up on a list that stays empty and promises more`() throws {
        let model = ListModel(rows: rows(60), canFilterByTime: true)

        let walked = try deliveredIDs(model) { question, _, _ in
            question >= 4 ? .some(ListFacts(rows: [], hasMore: true)) : nil
        }

        #expect(walked.fault == .emptyPage)
    }

    @Test(arguments: [1, 2, 3, 5])
    func `asks again for a page that repeats the one before`(times: Int) throws {
        let model = ListModel(rows: rows(60), canFilterByTime: true)
        let secondPage = ListFacts(rows: Array(model.rows[10..<20]), hasMore: true)

        let walked = try deliveredIDs(model) { question, _, _ in
            (3..<3 + times).contains(question) ? .some(secondPage) : nil
        }

        #expect(walked.ids == model.rows.map(\.id))
        #expect(walked.fault == nil)
    }

    @Test func `gives up on a list that repeats a page for ever`() throws {
        let model = ListModel(rows: rows(60), canFilterByTime: true)
        let secondPage = ListFacts(rows: Array(model.rows[10..<20]), hasMore: true)

        let walked = try deliveredIDs(model) { question, _, _ in question >= 3 ? .some(secondPage) : nil }

        #expect(walked.fault == .repeatedPage)
    }

    @Test func `asks again for a page out of order and accepts it only when it stays so`() throws {
        let model = ListModel(rows: rows(60), canFilterByTime: true)
        let firstPage = ListFacts(rows: Array(model.rows[0..<10]), hasMore: true)
        var imported = model
        imported.rows.insert(ListFacts.Row(id: "imported", created: 99_999), at: 35)

        let repeated = try deliveredIDs(model) { question, _, _ in question == 4 ? .some(firstPage) : nil }
        let unordered = try deliveredIDs(imported)

        #expect(repeated.ids == model.rows.map(\.id))
        #expect(unordered.ids == imported.rows.map(\.id))
    }

    @Test func `keeps the rows of a very crowded second apart when it starts over there`() throws {
        let model = ListModel(rows: rows(3_000, perSecond: 2_900), canFilterByTime: true)

        let walked = try deliveredIDs(model) { question, _, _ in
            question == 200 ? .some(ListFacts(rows: [], hasMore: false)) : nil
        }

        #expect(walked.ids == model.rows.map(\.id))
    }

    /// Twenty thousand answers, a tenth of them spoilt, over lists of every density.
    @Test(arguments: 0..<40)
    func `delivers every row once whatever single faults come between`(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let count = Int.random(in: 0...600, using: &random)
        let model = ListModel(
            rows: rows(count, perSecond: Int.random(in: 1...40, using: &random)),
            canFilterByTime: Bool.random(using: &random))
        var previous: ListFacts?
        var spoilt = false

        let walked = try deliveredIDs(model) { _, query, model in
            defer { previous = model.answer(query, window: .everything) }
            // One untrustworthy answer at a time, as one passing fault of a server.
            guard !spoilt, query.cursor != nil, Int.random(in: 0..<10, using: &random) == 0 else {
                spoilt = false
                return nil
            }
            spoilt = true
            return Bool.random(using: &random) ? .some(ListFacts(rows: [], hasMore: false)) : previous.map { .some($0) }
        }

        #expect(walked.ids == model.rows.map(\.id))
        #expect(walked.fault == nil)
    }
}
