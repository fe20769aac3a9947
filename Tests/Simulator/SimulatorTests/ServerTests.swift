import Testing

@testable import stripe_simulator

/// A simulator that listens on a free port for as long as it is kept.
private final class Listening {
    let server: SimulatorServer

    init(_ configure: (inout SimulatorOptions) -> Void = { _ in }) throws {
        var options = SimulatorOptions()
        options.objects = ObjectCounts(usual: 128)
        configure(&options)
        server = try SimulatorServer(Simulator(options))
    }

    convenience init(rules: String) throws {
        let rules = try FaultRuleReader.rules(Array(rules.utf8))
        try self.init { $0.faults = rules }
    }

    deinit { try? server.shutDown() }

    func client() throws -> Client {
        try Client(port: server.port)
    }
}

struct `The server` {
    @Test func `sends what the simulator answers, many times over one connection`() throws {
        let listening = try Listening()
        let client = try listening.client()

        for uri in ["/v1/charges?limit=100", "/v1/refunds", "/v1/charges?limit=0", "/v1/invoices?limit=3"] {
            let received = client.ask(uri)
            let direct = Harness.shared.get(uri)

            #expect(received.status == direct.status)
            if direct.status == 200 { #expect(received.body == direct.bytes) }
            #expect(received.header("Content-Length") == "\(received.body.count)")
        }
        #expect(client.ask("/__simulator/stats").json["connections"]?.integer == 1)
    }

    @Test func `finds ids that have to be escaped`() throws {
        let listening = try Listening()
        let client = try listening.client()
        let ids = Harness.sharedTruth(.coupon).compactMap(\.id).filter { $0 != $0.encoded }

        for id in ids.prefix(8) {
            #expect(client.ask("/v1/coupons/\(id.encoded)").json.id == id)
            #expect(client.ask("/v1/coupons?limit=1&starting_after=\(id.encoded)").status == 200)
        }
    }

    @Test func `indents and compresses on request`() throws {
        let pretty = try Listening { $0.isPretty = true }
        let zipped = try Listening { $0.offersGzip = true }

        let indented = try pretty.client().ask("/v1/refunds?limit=1")
        let compressed = try zipped.client().ask("/v1/refunds?limit=100", ["Accept-Encoding": "gzip, deflate"])
        let plain = try zipped.client().ask("/v1/refunds?limit=100")

        #expect(
            String(decoding: indented.body, as: UTF8.self).hasPrefix(
                "{\n  \"object\": \"list\",\n  \"data\": [\n    {\n"))
        #expect(compressed.header("Content-Encoding") == "gzip")
        #expect(compressed.body.prefix(2) == [0x1F, 0x8B])
        #expect(compressed.body.count < plain.body.count / 2)
        #expect(plain.header("Content-Encoding") == nil)
    }

    @Test func `answers for itself over HTTP`() throws {
        let listening = try Listening { $0.objects = ObjectCounts(usual: 20) }
        let client = try listening.client()

        let made = client.ask("/__simulator/create?endpoint=refund&count=2", method: "POST")
        let faults = client.ask(
            "/__simulator/faults", method: "POST", body: #"[{"times":1,"do":{"kind":"status","status":502}}]"#)
        let refused = client.ask("/v1/refunds")
        let page = client.ask("/v1/refunds?limit=2")
        let clock = client.ask("/__simulator/clock?advance=86400", method: "POST")
        let date = client.ask("/v1/refunds?limit=1").header("Date")

        #expect(made.json["ids"]?.strings.reversed() == page.json["data"]?.items?.compactMap(\.id))
        #expect(faults.status == 200)
        #expect(refused.status == 502)
        #expect(clock.json["now"]?.integer ?? 0 >= UTCTime.usualNow + 86_400)
        #expect(date?.hasPrefix("Tue, 02 Jun 2026") == true)
        #expect(client.ask("/__simulator/objects/refund?limit=1&offset=21").json["total"]?.integer == 22)
        #expect(client.ask("/__simulator/stats").json["total"]?["requests"]?.integer == 3)
    }

    @Test func `counts what is under way at the same time`() async throws {
        let listening = try Listening { $0.latencyMilliseconds = 150 }
        let port = listening.server.port

        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<3 { group.addTask { try Client(port: port).ask("/v1/charges").status } }
            for try await status in group { #expect(status == 200) }
        }

        let stats = try listening.client().ask("/__simulator/stats").json
        #expect((1...3).contains(stats["total"]?["highestConcurrency"]?.integer ?? 0))
        #expect(stats["paths"]?["/v1/charges"]?["rows"]?.integer == 30)
    }

    @Test func `refuses a port that is taken`() throws {
        let listening = try Listening()

        #expect(throws: (any Error).self) { try Listening { $0.port = listening.server.port } }
    }
}

struct `Answers that go wrong on the way` {
    private let whole = Harness.shared.get("/v1/refunds").bytes

    @Test func `may never begin`() throws {
        let listening = try Listening(rules: #"[{"times":1,"do":{"kind":"cut"}}]"#)

        let cut = try listening.client().ask("/v1/refunds")
        let next = try listening.client().ask("/v1/refunds")

        #expect(cut.isCut)
        #expect(cut.head.isEmpty)
        #expect(next.body == whole)
    }

    @Test(arguments: [0, 1, 1000])
    func `may end in the middle of the body`(_ count: Int) throws {
        let listening = try Listening(rules: #"[{"do":{"kind":"cut","after":\#(count)}}]"#)

        let cut = try listening.client().ask("/v1/refunds")

        #expect(cut.isCut)
        #expect(cut.header("Content-Length") == "\(whole.count)")
        #expect(cut.body == Array(whole.prefix(count)))
    }

    @Test func `may come slowly`() throws {
        let listening = try Listening(rules: #"[{"do":{"kind":"slow","bytesPerSecond":100000}}]"#)
        let client = try listening.client()

        let slow = client.ask("/v1/refunds")
        let again = client.ask("/v1/refunds?limit=1")

        #expect(slow.body == whole)
        #expect(!slow.isCut)
        #expect(again.status == 200)
    }

    @Test func `may stop for a while`() throws {
        let listening = try Listening(rules: #"[{"do":{"kind":"stall","milliseconds":30,"after":500}}]"#)
        let client = try listening.client()

        #expect(client.ask("/v1/refunds").body == whole)
        #expect(client.ask("/v1/refunds").body == whole)
    }

    @Test func `may be truncated and yet have the right length`() throws {
        let listening = try Listening(rules: #"[{"do":{"kind":"garbage","as":"truncated"}}]"#)

        let truncated = try listening.client().ask("/v1/refunds")

        #expect(!truncated.isCut)
        #expect(truncated.body == Array(whole.prefix(whole.count / 2)))
    }

    @Test func `may be larger than anyone wants`() throws {
        let listening = try Listening(rules: #"[{"times":1,"do":{"kind":"endless"}}]"#)

        let endless = try listening.client().ask("/v1/refunds", atMost: 3_000_000)
        let next = try listening.client().ask("/v1/refunds")

        #expect(endless.body.count >= 3_000_000)
        #expect(endless.header("Content-Length") == nil)
        #expect(next.body == whole)
    }

    @Test func `may be as large as a rule says`() throws {
        let listening = try Listening(rules: #"[{"do":{"kind":"endless","bytes":200000}}]"#)

        let large = try listening.client().ask("/v1/refunds", ["Connection": "close"])

        #expect(large.body.count { $0 == UInt8(ascii: " ") } > 150_000)
        #expect((200_000..<201_000).contains(large.body.count))
    }
}
