import Testing

@testable import stripe_simulator

struct `Statistics` {
    @Test func `count requests, rows, bytes and statuses by operation`() {
        let harness = Harness()
        let id = harness.get("/v1/charges?limit=7").ids[0]
        let page = harness.get("/v1/charges?limit=5")
        _ = harness.get("/v1/charges/\(id)")
        _ = harness.get("/v1/charges?limit=0")
        _ = harness.get("/v1/nowhere")

        let stats = harness.admin("GET", "stats").json
        let list = stats["paths"]?["/v1/charges"]

        #expect(stats["total"]?["requests"]?.integer == 5)
        #expect(stats["total"]?["rows"]?.integer == 12)
        #expect(list?["requests"]?.integer == 3)
        #expect(list?["statuses"]?.text == #"{"200":2,"400":1}"#)
        #expect(list?["highestConcurrency"]?.integer == 1)
        #expect((list?["bytes"]?.integer ?? 0) > page.bytes.count)
        #expect(stats["paths"]?["/v1/charges/{id}"]?["requests"]?.integer == 1)
        #expect(stats["paths"]?["unrecognized"]?["statuses"]?.text == #"{"404":1}"#)
    }

    @Test func `tell the headers that were seen, never a key`() {
        let harness = Harness()
        _ = harness.get(
            "/v1/charges", key: "sk_test_canaryCANARYcanary",
            ["Stripe-Version": "2026-05-27.dahlia", "User-Agent": "nilus/1.0", "Stripe-Account": "acct_7"])
        _ = harness.get("/v1/charges", ["User-Agent": "oops sk_test_canaryCANARYcanary"])
        _ = harness.get("/v1/charges", key: "sk_nope_canaryCANARYcanary")

        let stats = harness.admin("GET", "stats")

        #expect(stats.json["headers"]?["Stripe-Version"]?.strings == ["2026-05-27.dahlia"])
        #expect(stats.json["headers"]?["Stripe-Account"]?.strings == ["acct_7"])
        #expect(stats.json["headers"]?["User-Agent"]?.strings == ["<withheld: looks like a key>", "nilus/1.0"])
        #expect(!stats.text.contains("canary"))
    }

    @Test func `begin anew on request, and do not count the simulator's own paths`() {
        let harness = Harness()
        _ = harness.get("/v1/charges")
        _ = harness.admin("GET", "objects/charge")

        let reset = harness.admin("POST", "reset-stats")

        #expect(reset.text == #"{"done":true}"#)
        #expect(harness.admin("GET", "stats").json["total"]?["requests"]?.integer == 0)
        #expect(harness.admin("GET", "stats").json["paths"]?.text == "{}")
    }

    @Test func `tell how many requests were under way at once`() {
        let ledger = Ledger()
        let request = Request(method: "GET", uri: "/v1/charges")

        let counts = [("a", true), ("b", true), ("a", true), ("a", false), ("b", true)].map { operation, begins in
            begins
                ? ledger.begin(operation, request).all
                : {
                    ledger.end(operation); return 0
                }()
        }
        let json = try? JSONTextParser.parse(ledger.json.utf8)

        #expect(counts == [1, 2, 3, 0, 3])
        #expect(json?["total"]?["highestConcurrency"]?.integer == 3)
        #expect(json?["paths"]?["a"]?["highestConcurrency"]?.integer == 2)
    }
}
