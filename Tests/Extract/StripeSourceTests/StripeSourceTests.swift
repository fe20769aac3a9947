import Extraction
import HTTPTransport
import JSON
import LoopbackServer
import NilusCore
import StripeSource
import Synchronization
import Testing

/// Time that passes only by waiting, so that retries cost none.
final class WaitedTime: Sendable {
    private let waited = Mutex(Duration.zero)

    var total: Duration { waited.withLock { $0 } }

    var source: TimeSource {
        TimeSource(
            monotonic: { self.total }, utc: { Timestamp(microseconds: 0) },
            sleep: { duration in self.waited.withLock { $0 += duration } })
    }
}

/// The clock of the scripted servers.
let date = "Date: Mon, 01 Jun 2026 00:00:05 GMT"

private func list(_ ids: ClosedRange<Int>, hasMore: Bool = false) -> String {
    let rows = ids.map { #"{"id":"ch_\#($0)","created":\#(1_780_272_000 - $0)}"# }.joined(separator: ",")
    return #"{"object":"list","data":[\#(rows)],"has_more":\#(hasMore),"url":"/v1/charges"}"#
}

/// One read of a scripted server, with what it counts.
struct Reading {
    let time = WaitedTime()
    let meter = ExtractMeter()

    /// Reads an endpoint from a server and returns the ids delivered.
    func ids(
        _ server: LoopbackServer, endpoint: StripeEndpoint = .named("charge") ?? .all[0],
        window: Window = .everything, pageLimit: Int? = nil
    ) async throws -> (ids: [String], result: ReadResult) {
        let source = source(server)
        var ids: [String] = []
        let result = try await source.read(
            ReadRequest(endpoint: endpoint.endpoint, window: window, pageSize: 100, pageLimit: pageLimit), meter: meter
        ) { page in
            ids += page.rows.map { $0.field("id")?.string ?? "" }
        }
        return (ids, result)
    }

    func source(
        _ server: LoopbackServer, readKeyAgain: @escaping StripeConnection.KeyReader = { () throws(NilusError) in nil }
    ) -> StripeSource {
        let limits = RateLimits(perSecond: 1_000, perOperationPerSecond: 1_000, inFlight: 4)
        return StripeSource(
            StripeConnection(
                base: server.base, key: Redacted(SecretBytes("sk_test_canary")), readKeyAgain: readKeyAgain),
            http: HTTPClient(HTTPConfiguration(userAgent: "nilus-test", maximumConnections: 4)),
            budget: RateBudget(limits, time: time.source), retry: RetryPolicy(patience: .seconds(60)),
            time: time.source, account: nil, isLive: false)
    }
}

struct `Stripe as a source` {
    @Test func `pages with the cursor and takes the cut from the server's clock`() async throws {
        let server = try LoopbackServer { number, _ in
            .http(200, [date], body: number == 0 ? list(1...100, hasMore: true) : list(101...150))
        }
        let reading = Reading()

        let (ids, result) = try await reading.ids(server)

        #expect(ids == (1...150).map { "ch_\($0)" })
        #expect(result == ReadResult(cut: 1_780_272_005, moment: 1_780_272_005, isComplete: true))
        #expect(server.received[0].hasPrefix("GET /v1/charges?limit=100 HTTP/1.1"))
        #expect(server.received[1].hasPrefix("GET /v1/charges?limit=100&starting_after=ch_100 HTTP/1.1"))
        #expect(server.received.allSatisfy { $0.contains("Stripe-Version: 2026-05-27.dahlia\r\n") })
        #expect(reading.meter.current.requests == 2 && reading.meter.current.rowsReceived == 150)
    }

    /// Of prices the second request is the first one of another list.
    @Test(arguments: [("charge", 2), ("price", 1)])
    func `does not skip an endpoint whose feature ends after its first answer`(name: String, page: Int) async throws {
        let refusal = #"{"error":{"message":"Your account is not set up to use Issuing."}}"#
        let server = try LoopbackServer { number, _ in
            number == 0 ? .http(200, [date], body: list(1...100, hasMore: true)) : .http(400, [date], body: refusal)
        }
        let endpoint = try #require(StripeEndpoint.named(name))

        let error = await #expect(throws: NilusError.self) { try await Reading().ids(server, endpoint: endpoint) }

        #expect(error?.code == .sourceRefused)
        #expect(
            error?.message
                == "cannot read page \(page) of endpoint '\(name)': the account does not have it: Your account "
                + "is not set up to use Issuing; an answer before came, so this is no reason to skip it; run again")
    }

    @Test func `stops at the page limit and says that there is more`() async throws {
        let server = try LoopbackServer { _, _ in .http(200, [date], body: list(1...100, hasMore: true)) }

        let (ids, result) = try await Reading().ids(server, pageLimit: 1)

        #expect(ids.count == 100)
        #expect(!result.isComplete)
        #expect(server.received.count == 1)
    }

    struct Passing: Sendable, CustomTestStringConvertible {
        let title: String
        let answer: LoopbackServer.Answer
        var testDescription: String { title }
    }

    @Test(arguments: [
        Passing(title: "429", answer: .http(429, ["Stripe-Rate-Limited-Reason: endpoint-rate"])),
        Passing(title: "503", answer: .http(503)), Passing(title: "409", answer: .http(409)),
        Passing(title: "a closed connection", answer: .raw("")),
        Passing(title: "half an answer", answer: .raw("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{")),
        Passing(title: "a page of HTML", answer: .http(200, [date], body: "<html>please log in</html>")),
        Passing(title: "truncated JSON", answer: .http(200, [date], body: String(list(1...50).dropLast(20)))),
        Passing(title: "an empty body", answer: .http(200, [date])),
    ])
    func `gets over a passing failure`(_ passing: Passing) async throws {
        let server = try LoopbackServer { number, _ in
            number < 2 ? passing.answer : .http(200, [date], body: list(1...50))
        }
        let reading = Reading()

        let (ids, _) = try await reading.ids(server)

        #expect(ids.count == 50)
        #expect(reading.meter.current.retries == 2)
        #expect(reading.time.total >= .milliseconds(750))
    }

    @Test func `gives up in the end and says how often and how long it tried`() async throws {
        let server = try LoopbackServer { _, _ in .http(429, ["Retry-After: 25"]) }

        let error = try await #require(throws: NilusError.self) { try await Reading().ids(server) }

        #expect(error.code == .sourceThrottled)
        #expect(
            error.message == "cannot read page 1 of endpoint 'charge': answered 429 3 times in 50 s; "
                + "lower 'requests-per-second' or run later")
    }

    @Test func `halves a page that is too large`() async throws {
        let filler = String(repeating: "x", count: 9 << 20)
        let server = try LoopbackServer { _, request in
            if request.contains("limit=100&") || request.contains("limit=100 ") {
                return .http(200, [date], body: #"{"data":[],"has_more":false,"x":"\#(filler)"}"#)
            }
            return .http(200, [date], body: list(1...40))
        }

        let (ids, _) = try await Reading().ids(server)

        #expect(ids.count == 40)
        #expect(server.received[1].hasPrefix("GET /v1/charges?limit=50 "))
    }

    @Test func `refuses to read without the server's clock`() async throws {
        let server = try LoopbackServer { _, _ in .http(200, body: list(1...5)) }

        let error = try await #require(throws: NilusError.self) { try await Reading().ids(server) }

        #expect(error.code == .sourceRefused)
        #expect(
            error.message == "cannot read endpoint 'charge': the answer has no valid 'Date' header, from "
                + "which the end of the read is taken; check the proxy")
    }

    @Test func `reads both halves of the prices and drops a price that changed sides`() async throws {
        let server = try LoopbackServer { _, request in
            .http(200, [date], body: request.contains("active=true") ? list(1...3) : list(3...5))
        }
        let reading = Reading()

        let (ids, _) = try await reading.ids(server, endpoint: try #require(StripeEndpoint.named("price")))

        #expect(ids == ["ch_1", "ch_2", "ch_3", "ch_4", "ch_5"])
        #expect(server.received.map { $0.contains("active=true") } == [true, false, true])
        #expect(server.received[2].contains("created%5Blt%5D=1780272005 "))
        #expect(reading.meter.current.rowsDropped == [.duplicate: 4])
    }

    /// Since 2025-12-15 the list is said to hold them all; until then it held none of the custom ones.
    @Test func `reads custom payment methods once, also where the list of all holds them`() async throws {
        let card = #"{"id":"pm_1","created":1780000002,"type":"card"}"#
        let custom = #"{"id":"pm_2","created":1780000001,"type":"custom"}"#
        let server = try LoopbackServer { _, request in
            let rows = request.contains("type=custom") ? custom : "\(card),\(custom)"
            return .http(200, [date], body: #"{"data":[\#(rows)],"has_more":false}"#)
        }
        let reading = Reading()

        let (ids, _) = try await reading.ids(server, endpoint: try #require(StripeEndpoint.named("payment_method")))

        #expect(ids == ["pm_1", "pm_2"])
        #expect(reading.meter.current.rowsReceived == 3)
        #expect(reading.meter.current.rowsDropped == [.duplicate: 1])
    }

    @Test func `ends both halves of the prices at the page limit`() async throws {
        let server = try LoopbackServer { _, request in
            .http(200, [date], body: request.contains("active=true") ? list(1...100, hasMore: true) : list(101...200))
        }
        let reading = Reading()

        let (ids, result) = try await reading.ids(
            server, endpoint: try #require(StripeEndpoint.named("price")), pageLimit: 2)

        #expect(ids.count == 200 && !result.isComplete)
        #expect(reading.meter.current.pages == 2)
    }

    @Test func `takes subscription items out of their subscriptions and fetches those left out`() async throws {
        @Sendable func subscription(_ number: Int, _ items: ClosedRange<Int>, hasMore: Bool) -> String {
            let list = list(items, hasMore: hasMore)
            return #"{"id":"sub_\#(number)","created":1780000000,"items":\#(list)}"#
        }
        let server = try LoopbackServer { _, request in
            if request.contains("/v1/subscription_items") {
                return .http(200, [date], body: list(13...15))
            }
            let rows = [subscription(1, 1...2, hasMore: false), subscription(2, 3...12, hasMore: true)]
            return .http(200, [date], body: #"{"data":[\#(rows.joined(separator: ","))],"has_more":false}"#)
        }

        let (ids, _) = try await Reading().ids(
            server, endpoint: try #require(StripeEndpoint.named("subscription_item")))

        #expect(ids == (1...15).map { "ch_\($0)" })
        #expect(server.received[0].hasPrefix("GET /v1/subscriptions?limit=100&status=all "))
        #expect(
            server.received[1].hasPrefix(
                "GET /v1/subscription_items?subscription=sub_2&limit=100&starting_after=ch_12 "))
    }

    @Test func `reads a refused key again from its file`() async throws {
        let rotated = try LoopbackServer { _, request in
            request.contains("Bearer sk_test_new")
                ? .http(200, [date], body: list(1...3)) : .http(401, body: #"{"error":{"message":"no"}}"#)
        }
        let reads = Mutex(0)
        let renewed = Reading().source(rotated) {
            reads.withLock { $0 += 1 }
            return (Redacted(SecretBytes("sk_test_new")), "file 'k'")
        }

        #expect(try await renewed.identify(meter: ExtractMeter()).account == nil)
        #expect(rotated.received.count == 2 && reads.withLock { $0 } == 1)
    }

    struct Mounted: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let reader: StripeConnection.KeyReader
        /// What the error says after the endpoint.
        let found: String
    }

    @Test(arguments: [
        Mounted(
            testDescription: "no file", reader: { () throws(NilusError) in nil },
            found: "Stripe does not accept the key: no"),
        Mounted(
            testDescription: "the same key",
            reader: { () throws(NilusError) in (Redacted(SecretBytes("sk_test_canary")), "file 'k'") },
            found: "Stripe does not accept the key: no"),
        Mounted(
            testDescription: "a key for live data",
            reader: { () throws(NilusError) in (Redacted(SecretBytes("sk_live_other")), "file 'k'") },
            found: "Stripe does not accept the key any more, and there is no other: "
                + "cannot use the Stripe key in file 'k': it is not of the kind, live or test, with which the run began; run it again"
        ),
        Mounted(
            testDescription: "a file that cannot be read",
            reader: { () throws(NilusError) in throw NilusError(.secret, .secretRefused, "cannot read it") },
            found: "Stripe does not accept the key any more, and there is no other: cannot read it"),
    ])
    func `looks once for another key and gives up with what it found`(_ mounted: Mounted) async throws {
        let refusing = try LoopbackServer { _, _ in .http(401, body: #"{"error":{"message":"no"}}"#) }
        let reads = Mutex(0)
        let source = Reading().source(refusing) { () throws(NilusError) in
            reads.withLock { $0 += 1 }
            return try mounted.reader()
        }

        let error = try await #require(throws: NilusError.self) { try await source.identify(meter: ExtractMeter()) }

        #expect(error.code == .keyRefused)
        #expect(error.message == "cannot read the account of the key: \(mounted.found)")
        #expect(refusing.received.count == 1 && reads.withLock { $0 } == 1)
    }

    @Test func `knows its account when the key may see it, and does without`() async throws {
        let open = try LoopbackServer { _, _ in .http(200, body: #"{"id":"acct_7","object":"account"}"#) }
        let closed = try LoopbackServer { _, _ in .http(403, body: #"{"error":{"message":"no"}}"#) }
        let wrong = try LoopbackServer { _, _ in .http(401, body: #"{"error":{"message":"no"}}"#) }

        let meter = ExtractMeter()

        #expect(
            try await Reading().source(open).identify(meter: meter)
                == SourceIdentity(account: "acct_7", isLive: false))
        #expect(
            try await Reading().source(closed).identify(meter: meter) == SourceIdentity(account: nil, isLive: false))
        let error = try await #require(throws: NilusError.self) {
            try await Reading().source(wrong).identify(meter: meter)
        }
        #expect(error.code == .keyRefused)
        #expect(meter.current.requests == 3)
    }
}
