import Testing

@testable import stripe_simulator

struct `Generated objects` {
    /// The members of the pinned version.
    private func fields(_ kind: ObjectKind) -> [Schema.Field] {
        Schema.shared.fields(of: kind.schemaName).filter { !$0.isNew }
    }

    @Test(arguments: ObjectKind.endpoints)
    func `have a value in every column somewhere`(_ kind: ObjectKind) {
        let objects = Harness.sharedTruth(kind)

        for field in fields(kind) {
            let values = objects.compactMap { $0[field.name] }
            #expect(values.contains { $0.text != "null" }, "\(field.name) is never set")
            if field.isRequired { #expect(values.count == objects.count, "\(field.name) is missing") }
            if !field.isNullable { #expect(!values.contains { $0.text == "null" }, "\(field.name) is null") }
        }
    }

    @Test(arguments: ObjectKind.endpoints.filter { $0 != .event })
    func `have nulls and gaps wherever the schema allows them`(_ kind: ObjectKind) {
        let objects = Harness.sharedTruth(kind)

        for field in fields(kind) {
            let values = objects.compactMap { $0[field.name] }
            if field.isNullable { #expect(values.contains { $0.text == "null" }, "\(field.name) is never null") }
            if !field.isRequired { #expect(values.count < objects.count, "\(field.name) is always there") }
        }
    }

    @Test(arguments: ObjectKind.endpoints)
    func `follow the schema to the last member`(_ kind: ObjectKind) {
        for object in Harness.sharedTruth(kind) {
            let faults = SchemaCheck.faults(in: object, fields(kind), place: kind.name)
            #expect(faults.isEmpty, "\(faults.first ?? "")")
        }
    }

    @Test func `carry newer members only on request`() {
        let harness = Harness { $0.sendsNewFields = true }
        let names = Schema.shared.fields(of: "refund").filter(\.isNew).map(\.name)

        let usual = Harness.sharedTruth(.refund).flatMap { $0.members ?? [] }.map(\.name)
        let newer = harness.truth(.refund).flatMap { $0.members ?? [] }.map(\.name)

        #expect(!names.isEmpty)
        #expect(Set(usual).isDisjoint(with: names))
        #expect(Set(names).isSubset(of: newer))
    }

    @Test func `are as large as Stripe's`() {
        let sizes = Harness { $0.objects = ObjectCounts(usual: 0, [.charge: 640, .customer: 10]) }.truth(.charge)
            .map(\.bytes.count)

        #expect((2200...2600).contains(sizes.reduce(0, +) / sizes.count))
    }

    @Test func `are the same for the same seed, except for the mode`() {
        let uri = "/v1/invoices?limit=100"

        let test = Harness { $0.objects = ObjectCounts(usual: 128) }.get(uri)
        let live = Harness.shared.get(uri, key: "sk_live_simulatorTests0001")
        let other = Harness { $0.seed = 2 }.get(uri)

        #expect(test.bytes == Harness.shared.get(uri).bytes)
        #expect(live.text.contains(#""livemode":true"#))
        #expect(live.text.replacing(#""livemode":true"#, with: #""livemode":false"#) == test.text)
        #expect(other.bytes != test.bytes)
    }

    @Test func `keep their values when there are more of other kinds`() {
        let harness = Harness { $0.objects = ObjectCounts(usual: 128, [.refund: 999]) }

        #expect(harness.get("/v1/products").bytes == Harness.shared.get("/v1/products").bytes)
    }

    struct Reference: Sendable, CustomTestStringConvertible {
        let kind: ObjectKind
        let member: String
        let target: ObjectKind
        var testDescription: String { "\(kind.name).\(member)" }
    }

    @Test(arguments: [
        Reference(kind: .charge, member: "customer", target: .customer),
        Reference(kind: .charge, member: "payment_intent", target: .paymentIntent),
        Reference(kind: .charge, member: "payment_method", target: .paymentMethod),
        Reference(kind: .charge, member: "balance_transaction", target: .balanceTransaction),
        Reference(kind: .invoice, member: "customer", target: .customer),
        Reference(kind: .subscription, member: "latest_invoice", target: .invoice),
        Reference(kind: .price, member: "product", target: .product),
        Reference(kind: .refund, member: "charge", target: .charge),
        Reference(kind: .creditNote, member: "invoice", target: .invoice),
        Reference(kind: .subscriptionItem, member: "subscription", target: .subscription),
    ])
    func `name objects that exist`(_ reference: Reference) {
        let named = Set(Harness.sharedTruth(reference.kind).compactMap { $0[reference.member]?.string })
        let existing = Set(Harness.sharedTruth(reference.target).compactMap(\.id))

        #expect(!named.isEmpty)
        #expect(named.isSubset(of: existing))
    }

    @Test func `name nothing where there is nothing to name`() {
        let harness = Harness { $0.objects = ObjectCounts(usual: 0, [.charge: 200]) }

        let charges = harness.truth(.charge)

        #expect(charges.count == 200)
        #expect(charges.allSatisfy { $0["customer"]?.text ?? "null" == "null" })
        #expect(harness.truth(.customer).isEmpty)
        #expect(
            harness.get("/v1/customers").text == #"{"object":"list","data":[],"has_more":false,"url":"/v1/customers"}"#)
    }

    @Test func `hold difficult texts and large metadata`() {
        let texts = Harness.sharedTruth(.customer).map(\.text).joined()
        let metadata = Harness { $0.objects = ObjectCounts(usual: 0, [.taxRate: 1500]) }.truth(.taxRate)
            .compactMap { $0["metadata"]?.members }

        for text in ["👩‍👩‍👧‍👦", "שלום", "e\\u0301", #"\""#, #"\n"#, #"\\"#, #""""#, #"\ud83d\ude80"#] {
            #expect(texts.contains(text), "\(text)")
        }
        #expect(metadata.contains { $0.count == 50 && $0.allSatisfy { $0.value.string?.count == 500 } })
    }

    @Test func `hold numbers of every size and sign`() {
        let transactions = Harness.sharedTruth(.balanceTransaction)
        let amounts = Harness { $0.objects = ObjectCounts(usual: 0, [.balanceTransaction: 1000]) }
            .truth(.balanceTransaction).compactMap { $0["amount"]?.integer }
        let currencies = Set(transactions.compactMap { $0["currency"]?.string })
        let decimals = Harness.sharedTruth(.price).compactMap { $0["unit_amount_decimal"]?.string }

        #expect(amounts.contains { $0 > 99_999_999_999 })
        #expect(amounts.contains { $0 < 0 })
        #expect(decimals.contains { $0.split(separator: ".").last?.count == 12 })
        #expect(currencies.isSuperset(of: ["usd", "jpy", "kwd"]))
        #expect(transactions.contains { $0["exchange_rate"]?.text.contains(".") == true })
    }

    @Test func `of ten million cost no memory`() {
        let harness = Harness { $0.objects = ObjectCounts(usual: 10, [.charge: 10_000_000]) }

        let page = harness.get("/v1/charges?limit=100&created[lt]=1765000000")

        #expect(page.rows.count == 100)
        #expect(page.rows.allSatisfy { ($0.createdSecond ?? 0) < 1_765_000_000 })
    }
}
