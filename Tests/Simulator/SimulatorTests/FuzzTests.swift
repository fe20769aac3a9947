import Testing

@testable import stripe_simulator

struct `Any request` {
    private static let parts = [
        "/v1/charges", "/v1/events", "/v1/subscription_items", "/v1/coupons/", "/lines", "/v1/invoices/", "?", "&",
        "=", "limit", "created", "[gte]", "[lt]", "[", "]", "types[]", "starting_after", "ending_before", "status",
        "subscription", "active", "ids[]", "%", "%2", "%FF", "+", "-1", "9223372036854775807", "-9223372036854775808",
        "999999999999999", "1780000000", "é", "\u{0}", "all", "charge.*", "true", "expand[]", "data.x", "//",
    ]

    @Test func `is answered, whatever it holds`() {
        var generator = MixingGenerator(seed: 11)
        let ids = ObjectKind.endpoints.compactMap { Harness.sharedTruth($0).first?.id?.encoded }

        for _ in 0..<3000 {
            var uri = generator.pick(EndpointFacts.all).path
            for _ in 0..<generator.next(below: 9) {
                uri += generator.isLucky(percent: 20) ? generator.pick(ids) : generator.pick(Self.parts)
            }
            let status = Harness.shared.get(uri).status
            #expect([200, 400, 404].contains(status), "\(uri)")
        }
    }

    @Test func `to the simulator itself is answered too`() {
        let harness = Harness { $0.objects = ObjectCounts(usual: 5) }
        let names = [
            "create", "delete", "update", "clock", "faults", "stats", "objects/charge", "objects/event", "objects/",
        ]
        var generator = MixingGenerator(seed: 12)

        for _ in 0..<2000 {
            var uri = generator.pick(names) + "?endpoint=\(generator.pick(ObjectKind.endpoints).name)"
            for _ in 0..<generator.next(below: 5) {
                uri += generator.pick(["&count=", "&created=", "&advance=", "&offset=", "&limit=", "&id="])
                uri += generator.pick(["1", "0", "-1", "7", "1099511627776", "99999999999999999999", "x", ""])
            }
            let body = generator.pick(["", "{}", "[]", #"{"a":1}"#, #"[{"do":{"kind":"repeat"}}]"#, "["])
            let status = harness.admin(generator.pick(["GET", "POST"]), uri, body: body).status
            #expect([200, 400].contains(status), "\(uri)")
        }
        #expect(harness.get("/v1/charges").status == 200)
    }
}
