import Testing

@testable import stripe_simulator

struct `Events` {
    private static let month = 30 * 86_400

    @Test func `tell of every object of the last thirty days, once`() throws {
        let events = Harness.shared.walk("/v1/events")
        let told = Set(events.compactMap { $0["data"]?["object"]?.id })
        let oldest = UTCTime.usualNow - Self.month

        for kind in ObjectKind.endpoints where kind.facts?.createEvents.isEmpty == false {
            let recent = Harness.sharedTruth(kind).filter { ($0.createdSecond ?? 0) >= oldest + 60 }.compactMap(\.id)
            #expect(told.isSuperset(of: recent), "\(kind.name)")
        }
        #expect(told.count == events.count)
        #expect(events.allSatisfy { ($0.createdSecond ?? 0) >= oldest })
        #expect(events.compactMap(\.id) == Harness.sharedTruth(.event).reversed().compactMap(\.id))
    }

    @Test func `hold the object as it is listed, and the version of its shape`() throws {
        for event in Harness.shared.walk("/v1/events") {
            let object = try #require(event["data"]?["object"])
            let kind = try #require(ObjectKind(schemaName: object["object"]?.string ?? ""))
            let type = try #require(event["type"]?.string)

            #expect(event["api_version"]?.string == StripeDescription.version)
            #expect(kind.facts?.createEvents.contains(type) == true)
            #expect(event.createdSecond == object.createdSecond)
            if kind == .charge { #expect(type == "charge.\(object["status"]?.string ?? "")") }
            if kind == .refund {
                #expect(Harness.shared.get("/v1/refunds/\(object.id ?? "")").text == object.text)
            }
        }
    }

    struct Selection: Sendable, CustomTestStringConvertible {
        let query: String
        let types: [String]
        var testDescription: String { query }
    }

    @Test(arguments: [
        Selection(query: "type=customer.created", types: ["customer.created"]),
        Selection(
            query: "type=charge.*", types: ["charge.succeeded", "charge.pending", "charge.failed"]),
        Selection(
            query: "types[]=charge.failed&types[]=refund.created", types: ["charge.failed", "refund.created"]),
        Selection(
            query: "type=customer.*", types: ["customer.created", "customer.subscription.created"]),
        Selection(query: "type=dispute.created", types: []),
    ])
    func `are selected by type`(_ selection: Selection) {
        let all = Harness.sharedTruth(.event).reversed()
            .filter { selection.types.contains($0["type"]?.string ?? "") }

        let rows = Harness.shared.walk("/v1/events", query: selection.query, limit: 7)

        #expect(rows.compactMap(\.id) == all.compactMap(\.id))
        #expect(rows.isEmpty == selection.types.isEmpty)
    }

    @Test func `are selected by delivery`() {
        let delivered = Harness.shared.walk("/v1/events", query: "delivery_success=true")
        let waiting = Harness.shared.walk("/v1/events", query: "delivery_success=false")

        #expect(delivered.allSatisfy { $0["pending_webhooks"]?.integer == 0 })
        #expect(delivered.count + waiting.count == Harness.sharedTruth(.event).count)
    }

    @Test func `disappear after thirty days`() throws {
        let harness = Harness { $0.objects = ObjectCounts(usual: 0, [.refund: 200]) }
        let oldest = try #require(harness.walk("/v1/events").last?.id)

        _ = harness.admin("POST", "clock?advance=\(Self.month)")

        #expect(harness.get("/v1/events").rows.isEmpty)
        #expect(harness.get("/v1/events/\(oldest)").status == 404)
    }

    @Test func `of more than twenty types are refused`() {
        let query = Array(repeating: "types[]=charge.failed", count: 21).joined(separator: "&")

        let reply = Harness.shared.get("/v1/events?\(query)")

        #expect(
            reply.error?["message"]?.string == "Array types exceeded maximum 20 allowed elements, but you sent 21.")
    }
}
