import Testing

@testable import stripe_simulator

struct `Faults` {
    private func harness(_ rules: String) throws -> Harness {
        let rules = try FaultRuleReader.rules(Array(rules.utf8))
        return Harness {
            $0.objects = ObjectCounts(usual: 128)
            $0.faults = rules
        }
    }

    // MARK: - When a rule applies

    @Test func `apply to the nth request of a path, that often`() throws {
        let harness = try harness(
            #"[{"match":{"path":"/v1/charges","nth":2},"times":2,"do":{"kind":"status","status":500}}]"#)

        let statuses = ["charges", "refunds", "charges", "charges", "charges"].map { harness.get("/v1/\($0)").status }

        #expect(statuses == [200, 200, 500, 500, 200])
    }

    @Test func `apply once to an nth request unless told otherwise`() throws {
        let harness = try harness(#"[{"match":{"nth":1},"do":{"kind":"status","status":503}}]"#)

        #expect((0..<3).map { _ in harness.get("/v1/refunds").status } == [503, 200, 200])
    }

    @Test func `apply to a cursor`() throws {
        let ids = Harness.shared.get("/v1/refunds").ids
        let harness = try harness(
            """
            [{"match":{"cursor":"\(ids[3])"},"do":{"kind":"status","status":500}},
             {"match":{"cursor":"none"},"times":1,"do":{"kind":"status","status":501}},
             {"match":{"cursor":"any"},"times":1,"do":{"kind":"status","status":502}}]
            """)

        let uris = ["", "?starting_after=\(ids[1])", "?starting_after=\(ids[3])", "", "?starting_after=\(ids[1])"]

        #expect(uris.map { harness.get("/v1/refunds\($0)").status } == [501, 502, 500, 200, 200])
    }

    @Test func `apply by chance, the same way each time`() throws {
        let rules = #"[{"match":{"probability":0.25,"seed":4},"do":{"kind":"status","status":500}}]"#
        func statuses() throws -> [Int] {
            let harness = try harness(rules)
            return (0..<200).map { _ in harness.get("/v1/coupons/x").status }
        }

        let first = try statuses()

        #expect((30...70).contains(first.count { $0 == 500 }))
        #expect(try statuses() == first)
    }

    @Test func `do not count requests that were refused before`() throws {
        let harness = try harness(#"[{"match":{"nth":1},"do":{"kind":"status","status":500}}]"#)

        _ = harness.get("/v1/refunds", key: "nonsense")

        #expect(harness.get("/v1/refunds").status == 500)
    }

    // MARK: - Answers

    @Test func `answer with any status, headers and body`() throws {
        let harness = try harness(
            """
            [{"times":1,"do":{"kind":"status","status":429,"headers":{"Retry-After":"3","Stripe-Should-Retry":"true"}}},
             {"match":{"nth":2},"do":{"kind":"status","status":500,"body":{"error":{"type":"api_error"}}}},
             {"match":{"nth":3},"do":{"kind":"status","status":503,"body":"<html>"}},
             {"match":{"nth":4},"do":{"kind":"redirect","location":"http://127.0.0.1:1/x","status":307}}]
            """)

        let limited = harness.get("/v1/refunds")
        let failed = harness.get("/v1/refunds")
        let unavailable = harness.get("/v1/refunds")
        let moved = harness.get("/v1/refunds")

        #expect(limited.status == 429)
        #expect(limited.header("Retry-After") == "3")
        #expect(limited.header("Stripe-Should-Retry") == "true")
        #expect(limited.error?["code"]?.string == "rate_limit")
        #expect(failed.text == #"{"error":{"type":"api_error"}}"#)
        #expect(unavailable.text == "<html>")
        #expect(moved.status == 307)
        #expect(moved.header("Location") == "http://127.0.0.1:1/x")
        #expect(moved.bytes.isEmpty)
    }

    @Test func `answer with something else than JSON`() throws {
        let harness = try harness(
            """
            [{"match":{"nth":1},"do":{"kind":"garbage","as":"html","status":502}},
             {"match":{"nth":2},"do":{"kind":"garbage","as":"text"}},
             {"match":{"nth":3},"do":{"kind":"garbage","as":"truncated"}},
             {"match":{"nth":4},"do":{"kind":"garbage","as":"empty"}}]
            """)
        let whole = Harness.shared.get("/v1/refunds").bytes

        let html = harness.get("/v1/refunds")
        let text = harness.get("/v1/refunds")
        let truncated = harness.get("/v1/refunds")
        let empty = harness.get("/v1/refunds")

        #expect(html.status == 502)
        #expect(html.header("Content-Type") == "text/html")
        #expect(html.text.hasPrefix("<html>"))
        #expect(text.status == 200)
        #expect(throws: JSONTextError.self) { try JSONTextParser.parse(text.bytes) }
        #expect(truncated.bytes == Array(whole.prefix(whole.count / 2)))
        #expect(empty.bytes.isEmpty)
    }

    // MARK: - Pages

    @Test func `answer the previous page again`() throws {
        let harness = try harness(#"[{"match":{"path":"/v1/charges","nth":3},"do":{"kind":"repeat"}}]"#)
        let first = harness.get("/v1/charges?limit=5")
        let second = harness.get("/v1/charges?limit=5&starting_after=\(first.ids[4])")

        let again = harness.get("/v1/charges?limit=5&starting_after=\(second.ids[4])")
        let third = harness.get("/v1/charges?limit=5&starting_after=\(second.ids[4])")

        #expect(again.bytes == second.bytes)
        #expect(third.ids.first != again.ids.first)
    }

    @Test(arguments: [true, false])
    func `answer with no rows although there are some`(_ hasMore: Bool) throws {
        let harness = try harness(#"[{"times":1,"do":{"kind":"emptyPage","hasMore":\#(hasMore)}}]"#)

        let empty = harness.get("/v1/charges")

        #expect(empty.text == #"{"object":"list","data":[],"has_more":\#(hasMore),"url":"/v1/charges"}"#)
        #expect(harness.get("/v1/charges").rows.count == 10)
    }

    @Test func `lose the cursor`() throws {
        let harness = try harness(#"[{"match":{"cursor":"any"},"times":1,"do":{"kind":"lostCursor"}}]"#)
        let id = harness.get("/v1/charges").ids[9]

        let lost = harness.get("/v1/charges?starting_after=\(id)")

        #expect(lost.status == 400)
        #expect(lost.error?["code"]?.string == "resource_missing")
        #expect(lost.error?["param"]?.string == "starting_after")
        #expect(lost.error?["message"]?.string == "No such charge: '\(id)'")
        #expect(harness.get("/v1/charges?starting_after=\(id)").status == 200)
    }

    @Test func `ignore the window`() throws {
        let harness = try harness(#"[{"do":{"kind":"ignoreCreatedFilter"}}]"#)

        #expect(harness.get("/v1/charges?created[lt]=1").ids == harness.get("/v1/charges").ids)
    }

    @Test func `show rows from the future on the first page`() throws {
        let harness = try harness(#"[{"do":{"kind":"futureRows","count":2,"seconds":90}}]"#)

        let first = harness.get("/v1/charges?limit=5")
        let second = harness.get("/v1/charges?limit=5&starting_after=\(first.ids[4])")
        let seconds = first.rows.compactMap(\.createdSecond)

        #expect(seconds.prefix(2).allSatisfy { $0 >= UTCTime.usualNow + 90 })
        #expect(seconds == seconds.sorted(by: >))
        #expect(Array(first.ids.dropFirst(2)) == Array(Harness.shared.get("/v1/charges").ids.prefix(3)))
        #expect(second.rows.allSatisfy { ($0.createdSecond ?? 0) < UTCTime.usualNow })
        #expect(first.json["has_more"]?.bool == true)
    }

    // MARK: - Objects

    @Test(arguments: [
        #""a string""#, "123456789012345678901234567890", #""\ud800""#, "null", #"{"deep":[1e400]}"#, "-0",
    ])
    func `send another value, byte for byte`(_ value: String) throws {
        let harness = try harness(
            #"[{"match":{"path":"/v1/charges"},"do":{"kind":"setField","name":"amount","every":3,"value":\#(value)}}]"#)
        let truth = Harness.sharedTruth(.charge)

        for (place, charge) in truth.enumerated().reversed().prefix(10) {
            let sent = harness.get("/v1/charges/\(charge.id ?? "")")
            #expect(sent.json["amount"]?.text == (place % 3 == 0 ? value : charge["amount"]?.text))
            #expect(sent.json.members?.map(\.name) == charge.members?.map(\.name))
        }
        #expect(harness.get("/v1/charges?limit=100").text.contains(#""amount":\#(value)"#))
    }

    @Test func `send members that are in no schema`() throws {
        let harness = try harness(
            #"[{"do":{"kind":"unknownField","name":"brand_new","value":{"a":1},"every":2}}]"#)

        let rows = harness.get("/v1/charges?limit=10").rows

        #expect(rows.count { $0["brand_new"]?.text == #"{"a":1}"# } == 5)
        #expect(rows.filter { $0["brand_new"] != nil }.allSatisfy { $0.members?.last?.name == "brand_new" })
    }

    // MARK: - Changes in the middle of a walk

    @Test func `delete the object that a cursor names`() throws {
        let harness = try harness(
            #"[{"match":{"path":"/v1/customers","nth":1},"do":{"kind":"delete","endpoint":"customer","object":118}}]"#)
        let cursor = harness.get("/v1/customers").ids[9]

        let next = harness.get("/v1/customers?starting_after=\(cursor)")

        #expect(cursor == Harness.sharedTruth(.customer)[118].id)
        #expect(next.error?["code"]?.string == "resource_missing")
    }

    @Test func `cancel a subscription that a cursor names`() throws {
        let truth = Harness.sharedTruth(.subscription)
        let place = try #require(truth.lastIndex { $0["status"]?.string == "active" })
        let harness = try harness(#"[{"match":{"nth":1},"do":{"kind":"cancel","object":\#(place)}}]"#)
        _ = harness.get("/v1/subscriptions")

        let next = harness.get("/v1/subscriptions?starting_after=\(truth[place].id ?? "")")

        #expect(next.error?["code"]?.string == "resource_missing")
    }

    @Test func `create objects before the cursor`() throws {
        let harness = try harness(#"[{"match":{"nth":2},"do":{"kind":"create","endpoint":"charge","count":4}}]"#)

        let walked = harness.walk("/v1/charges", limit: 10).compactMap(\.id)
        let again = harness.walk("/v1/charges", limit: 10).compactMap(\.id)

        #expect(walked == Harness.sharedTruth(.charge).reversed().compactMap(\.id))
        #expect(Array(again.dropFirst(4)) == walked)
    }

    @Test func `flip a price between two passes`() throws {
        let place = try #require(Harness.sharedTruth(.price).lastIndex { $0["active"]?.bool == true })
        let id = Harness.sharedTruth(.price)[place].id
        let harness = try harness(#"[{"match":{"nth":1},"do":{"kind":"flip","object":\#(place)}}]"#)

        let active = harness.get("/v1/prices?active=true&limit=100")
        let inactive = harness.get("/v1/prices?active=false&limit=100")

        #expect(active.ids.contains { $0 == id })
        #expect(inactive.ids.contains { $0 == id })
    }

    @Test func `are replaced on request`() throws {
        let harness = try harness(#"[{"do":{"kind":"status","status":500}}]"#)

        let done = harness.admin("POST", "faults", body: "[]")

        #expect(done.status == 200)
        #expect(harness.get("/v1/charges").status == 200)
    }

    // MARK: - Rules that cannot be read

    struct Mistake: Sendable, CustomTestStringConvertible {
        let rules: String
        let message: String
        var testDescription: String { rules }
    }

    @Test(arguments: [
        Mistake(rules: "{", message: "the fault rules are not JSON at byte 1: expected a member name"),
        Mistake(rules: "{}", message: "the fault rules are not a JSON array"),
        Mistake(rules: "[1]", message: "rule 1 is not a JSON object"),
        Mistake(rules: "[{}]", message: "rule 1 has no 'do'"),
        Mistake(rules: #"[{"do":{}}]"#, message: "'do' of rule 1 has no 'kind'"),
        Mistake(
            rules: #"[{"do":{"kind":"repeat"},"when":1}]"#,
            message: "rule 1 has an unknown key 'when'; expected match, times, do"),
        Mistake(
            rules: #"[{"do":{"kind":"explode"}}]"#,
            message: "'kind' in 'do' of rule 1 is \"explode\"; expected one of status, redirect, garbage, cut, slow,"
                + " stall, endless, lostCursor, repeat, emptyPage, ignoreCreatedFilter, futureRows, unknownField,"
                + " setField, create, delete, cancel, flip"),
        Mistake(
            rules: #"[{"do":{"kind":"status","status":"500"}}]"#,
            message: "'status' in 'do' of rule 1 is \"500\"; expected an integer of at least 100 and at most 599"),
        Mistake(
            rules: #"[{"do":{"kind":"repeat"}},{"match":{"probability":2},"do":{"kind":"repeat"}}]"#,
            message: "'probability' in 'match' of rule 2 is 2; expected a number of 0 to 1"),
        Mistake(
            rules: #"[{"match":{"nth":0},"do":{"kind":"repeat"}}]"#,
            message: "'nth' in 'match' of rule 1 is 0; expected an integer of at least 1"),
        Mistake(
            rules: #"[{"do":{"kind":"garbage","as":"xml"}}]"#,
            message: "'as' in 'do' of rule 1 is \"xml\"; expected one of html, text, truncated, empty"),
        Mistake(rules: #"[{"do":{"kind":"setField","name":"x"}}]"#, message: "'do' of rule 1 has no 'value'"),
        Mistake(rules: #"[{"do":{"kind":"delete","endpoint":"charge"}}]"#, message: "'do' of rule 1 has no 'object'"),
    ])
    func `name the mistake in a rule`(_ mistake: Mistake) {
        #expect(throws: OptionError(mistake.message)) { try FaultRuleReader.rules(Array(mistake.rules.utf8)) }
    }
}
