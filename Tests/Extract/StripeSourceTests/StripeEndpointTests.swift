import Extraction
import Foundation
import JSON
import Testing

@testable import StripeSource

struct `Stripe's endpoints` {
    private static let seedNames = [
        "charge", "payment_intent", "payment_method", "refund", "payout", "customer", "subscription",
        "subscription_item", "subscription_schedule", "product", "price", "coupon", "promotion_code", "invoice",
        "invoice_item", "credit_note", "tax_rate", "event", "balance_transaction", "webhook_endpoint", "setup_intent",
    ]

    private func apiFile(_ name: String) throws -> JSONValue {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        return try JSONValue(parsing: Data(contentsOf: root.appending(path: "scripts/stripe-api/\(name)")))
    }

    @Test func `are the 21 of the documentation, in its order`() {
        #expect(StripeEndpoint.all.map(\.name) == Self.seedNames)
    }

    @Test func `agree with the API description, field by field`() throws {
        let schema = try apiFile("schema.json")

        for endpoint in StripeEndpoint.all {
            let definition = try #require(schema["endpoints"]?[endpoint.name]?.string)
            let fields = try #require(schema["defs"]?[definition]?["fields"]?.object)
            let pinned = fields.members.filter { $0.value["new"] == nil }

            #expect(Set(endpoint.endpoint.fields.map(\.name)) == Set(pinned.map(\.name)))
            for field in endpoint.endpoint.fields {
                let type = try #require(fields[field.name]?["t"]?.string)
                #expect(field.kind == Self.kinds[type], "\(endpoint.name).\(field.name) is a \(type)")
            }
        }
    }

    private static let kinds: [String: ValueKind] = [
        "string": .text, "currency": .text, "enum": .text, "id": .text, "iso_datetime": .text, "int64_string": .text,
        "int": .integer, "float": .real, "bool": .boolean, "timestamp": .timestamp, "decimal": .decimal,
        "object": .json, "union": .json, "array": .json, "list": .json, "map": .json, "json": .json,
    ]

    @Test func `begin with their primary key and hold their creation time`() {
        for endpoint in StripeEndpoint.all.map(\.endpoint) {
            #expect(endpoint.fields.first?.name == endpoint.primaryKey)
            #expect(endpoint.fields.contains(DeclaredField(endpoint.createdField, .timestamp)))
        }
        #expect(StripeEndpoint.invoiceItem.endpoint.createdField == "date")
    }

    @Test(arguments: [
        "invoice_item", "invoice_items", "InvoiceItem", "invoice-items", "invoiceitems", "INVOICE_ITEM", "invoiceitem",
    ])
    func `are found by any spelling`(_ name: String) {
        #expect(StripeEndpoint.named(name)?.name == "invoice_item")
    }

    @Test func `are all found in singular and plural`() {
        for name in Self.seedNames {
            #expect(StripeEndpoint.named(name)?.name == name)
            #expect(StripeEndpoint.named(name + "s")?.name == name)
        }
        #expect(StripeEndpoint.named("charges2") == nil)
    }

    @Test func `name the calls that together show every row`() {
        #expect(StripeEndpoint.subscription.passes == ["status=all"])
        #expect(StripeEndpoint.price.passes == ["active=true", "active=false"])
        #expect(StripeEndpoint.paymentMethod.passes == ["", "type=custom"])
        #expect(StripeEndpoint.charge.passes == [""])
        #expect(StripeEndpoint.invoiceItem.path == "/v1/invoiceitems")
        let unfiltered = StripeEndpoint.all.filter { !$0.hasCreatedFilter }.map(\.name)
        #expect(unfiltered == ["payment_method", "subscription_item", "webhook_endpoint"])
    }
}

struct `A list call` {
    private let list = StripeList(
        address: "/v1/subscriptions", operation: "list subscription", what: "endpoint 'subscription'",
        pass: "status=all", filter: Window(lower: 100, upper: 200), createdField: "created")

    @Test func `asks for its window and goes on behind the cursor`() {
        let target = list.target(ListQuery(cursor: "cp %/é", createdAtMost: nil), pageSize: 100)

        #expect(
            target == "/v1/subscriptions?limit=100&status=all&created%5Bgte%5D=100&created%5Blt%5D=200"
                + "&starting_after=cp%20%25%2F%C3%A9")
    }

    @Test func `asks from a second on instead of the window's end`() {
        let target = list.target(ListQuery(cursor: nil, createdAtMost: 150), pageSize: 7)

        #expect(target == "/v1/subscriptions?limit=7&status=all&created%5Bgte%5D=100&created%5Blte%5D=150")
    }

    @Test func `extends an address that has a query`() {
        let items = StripeList(
            address: "/v1/subscription_items?subscription=sub_1", operation: "", what: "", pass: "",
            filter: .everything, createdField: "created")

        #expect(items.target(.newest, pageSize: 100) == "/v1/subscription_items?subscription=sub_1&limit=100")
    }
}

struct `The server's clock` {
    @Test func `is read from an HTTP date`() {
        #expect(HTTPDate.seconds("Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
        #expect(HTTPDate.seconds("Mon, 01 Jun 2026 00:00:05 GMT") == 1_780_272_005)
    }

    @Test(arguments: [
        "", "1994-11-06", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 25:00:00 GMT",
    ])
    func `is nothing else`(_ text: String) {
        #expect(HTTPDate.seconds(text) == nil)
    }
}
