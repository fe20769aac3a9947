import Testing

@testable import stripe_simulator

struct `Filters` {
    private func ids(_ kind: ObjectKind, where holds: (JSONText) -> Bool) -> [String] {
        Harness.sharedTruth(kind).reversed().filter(holds).compactMap(\.id)
    }

    @Test func `hide canceled subscriptions unless asked`() {
        let usual = Harness.shared.walk("/v1/subscriptions")
        let canceled = Harness.shared.walk("/v1/subscriptions", query: "status=canceled")
        let ended = Harness.shared.walk("/v1/subscriptions", query: "status=ended")

        #expect(usual.compactMap(\.id) == ids(.subscription) { $0["status"]?.string != "canceled" })
        #expect(canceled.compactMap(\.id) == ids(.subscription) { $0["status"]?.string == "canceled" })
        #expect(
            ended.compactMap(\.id)
                == ids(.subscription) { ["canceled", "incomplete_expired"].contains($0["status"]?.string) })
        #expect(canceled.count == 16)
        #expect(canceled.allSatisfy { $0["canceled_at"]?.integer != nil && $0["ended_at"]?.integer != nil })
    }

    @Test func `refuse a cursor that they hide`() throws {
        let canceled = ids(.subscription) { $0["status"]?.string == "canceled" }
        let id = try #require(canceled.first)

        let hidden = Harness.shared.get("/v1/subscriptions?starting_after=\(id)")
        let shown = Harness.shared.get("/v1/subscriptions?status=all&starting_after=\(id)")

        #expect(hidden.status == 400)
        #expect(hidden.error?["code"]?.string == "resource_missing")
        #expect(hidden.error?["param"]?.string == "starting_after")
        #expect(shown.status == 200)
    }

    @Test func `show active prices unless asked`() {
        let usual = Harness.shared.walk("/v1/prices")
        let active = Harness.shared.walk("/v1/prices", query: "active=true")
        let inactive = Harness.shared.walk("/v1/prices", query: "active=false")

        #expect(usual.compactMap(\.id) == active.compactMap(\.id))
        #expect(inactive.compactMap(\.id) == ids(.price) { $0["active"]?.bool == false })
        #expect(active.count + inactive.count == 128)
        #expect(inactive.count > 5)
    }

    @Test func `hide custom payment methods unless asked`() {
        let custom = Harness.shared.walk("/v1/payment_methods", query: "type=custom")

        #expect(custom.compactMap(\.id) == ids(.paymentMethod) { $0["type"]?.string == "custom" })
        #expect(!custom.isEmpty)
    }

    struct Equality: Sendable, CustomTestStringConvertible {
        let kind: ObjectKind
        let member: String
        var testDescription: String { "\(kind.name).\(member)" }
    }

    @Test(arguments: [
        Equality(kind: .charge, member: "customer"), Equality(kind: .charge, member: "payment_intent"),
        Equality(kind: .paymentIntent, member: "customer"), Equality(kind: .invoice, member: "customer"),
        Equality(kind: .invoice, member: "status"), Equality(kind: .subscription, member: "customer"),
        Equality(kind: .refund, member: "charge"), Equality(kind: .payout, member: "status"),
        Equality(kind: .balanceTransaction, member: "type"), Equality(kind: .product, member: "active"),
        Equality(kind: .customer, member: "email"), Equality(kind: .setupIntent, member: "payment_method"),
    ])
    func `of equality keep what the truth says`(_ filter: Equality) throws {
        let values = Harness.sharedTruth(filter.kind).compactMap { $0[filter.member] }.filter { $0.text != "null" }
        let value = try #require(values.last)
        let text = value.string ?? value.text

        let rows = Harness.shared.walk(
            Harness.path(filter.kind),
            query: "\(filter.member)=\(text.encoded)\(filter.kind == .subscription ? "&status=all" : "")")

        #expect(!rows.isEmpty)
        #expect(rows.compactMap(\.id) == ids(filter.kind) { $0[filter.member]?.text == value.text })
    }

    @Test func `of other seconds, of lists and of pending items work too`() {
        let arrivals = Harness.sharedTruth(.payout).compactMap { $0["arrival_date"]?.integer }.sorted()
        let products = Harness.sharedTruth(.product).compactMap(\.id)
        let keys = Harness.sharedTruth(.price).filter { $0["active"]?.bool == true }.compactMap {
            $0["lookup_key"]?.string
        }

        let late = Harness.shared.walk("/v1/payouts", query: "arrival_date[gte]=\(arrivals[100])")
        let named = Harness.shared.get("/v1/products?ids[]=\(products[3].encoded)&ids[]=\(products[90].encoded)")
        let pending = Harness.shared.walk("/v1/invoiceitems", query: "pending=true")
        let keyed = Harness.shared.get("/v1/prices?lookup_keys[]=\(keys[0])&lookup_keys[]=\(keys[1])")

        #expect(late.compactMap(\.id) == ids(.payout) { ($0["arrival_date"]?.integer ?? 0) >= arrivals[100] })
        #expect(named.ids == [products[90], products[3]])
        #expect(pending.compactMap(\.id) == ids(.invoiceItem) { $0["invoice"]?.text ?? "null" == "null" })
        #expect(keyed.rows.count == 2)
    }

    @Test func `too rare for a large table are refused`() {
        let harness = Harness { $0.objects = ObjectCounts(usual: 1, [.refund: ListQuery.scanLimit / 1000]) }
        var query = ListQuery(kind: .refund)
        query.filters = [.rows([])]
        let renderer = Renderer(dataset: harness.simulator.dataset, mutations: Mutations(), isLive: false)

        #expect(throws: Never.self) { try query.page(renderer, now: 0) }
        #expect(throws: APIError.scanTooLong(100)) { try query.page(renderer, now: 0, scanLimit: 100) }
    }
}
