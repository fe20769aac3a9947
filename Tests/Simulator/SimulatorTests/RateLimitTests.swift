import Testing

@testable import stripe_simulator

struct `Rate limits` {
    @Test func `let through what flows in, and no more`() {
        var bucket = TokenBucket(rate: 4, at: 0)

        let burst = (0..<6).map { _ in bucket.take(at: 0) }
        let later = (0..<4).map { bucket.take(at: 250_000_000 * ($0 + 1)) }
        let soon = bucket.take(at: 1_000_000_001)

        #expect(burst == [true, true, true, true, false, false])
        #expect(later == [true, true, true, true])
        #expect(!soon)
    }

    @Test func `are told as Stripe tells them`() {
        let harness = Harness { $0.limits.requestsPerSecond = 0.000_01 }

        let first = harness.get("/v1/charges")
        let second = harness.get("/v1/refunds")

        #expect(first.status == 200)
        #expect(second.status == 429)
        #expect(second.header("Stripe-Rate-Limited-Reason") == "global-rate")
        #expect(second.error?["code"]?.string == "rate_limit")
        #expect(second.error?["type"]?.string == "invalid_request_error")
        #expect(second.error?["message"]?.string?.hasPrefix("Testmode request rate limit exceeded.") == true)
    }

    @Test func `of one operation leave the others alone`() {
        let harness = Harness { $0.limits.endpointRequestsPerSecond = 0.000_01 }
        let id = harness.get("/v1/charges").ids[0]

        #expect(harness.get("/v1/charges").header("Stripe-Rate-Limited-Reason") == "endpoint-rate")
        #expect(harness.get("/v1/charges/\(id)").status == 200)
        #expect(harness.get("/v1/charges/\(id)").status == 429)
        #expect(harness.get("/v1/refunds").status == 200)
    }

    @Test func `of concurrency count what is being answered`() {
        let harness = Harness {
            $0.limits.concurrency = 3
            $0.limits.endpointConcurrency = 2
        }
        func receive(_ uri: String) -> String? {
            let headers = [Header(name: "Authorization", value: "Bearer \(Harness.key)")]
            let pending = harness.simulator.receive(Request(method: "GET", uri: uri, headers: headers))
            return Reply(harness.simulator.answer(pending)).header("Stripe-Rate-Limited-Reason")
        }

        let reasons = ["/v1/charges", "/v1/charges", "/v1/charges", "/v1/refunds"].map(receive)

        #expect(reasons == [nil, nil, "endpoint-concurrency", "global-concurrency"])
    }

    @Test func `do not hold back a refused key`() {
        let harness = Harness { $0.limits.requestsPerSecond = 0.000_01 }

        _ = harness.get("/v1/charges", key: "nonsense")

        #expect(harness.get("/v1/charges").status == 200)
    }
}
