import Testing

@testable import stripe_simulator

struct `Embedded lists` {
    struct List: Sendable, CustomTestStringConvertible {
        let kind: ObjectKind
        let member: String
        var testDescription: String { "\(kind.name).\(member)" }
    }

    @Test(arguments: [
        List(kind: .subscription, member: "items"), List(kind: .invoice, member: "lines"),
        List(kind: .creditNote, member: "lines"),
    ])
    func `hold ten and tell where the rest is`(_ list: List) throws {
        var truncated = 0
        for object in Harness.sharedTruth(list.kind) {
            let embedded = try #require(object[list.member])
            let ids = embedded["data"]?.items?.compactMap(\.id) ?? []
            let url = try #require(embedded["url"]?.string)
            let separator = url.contains("?") ? "&" : "?"

            guard embedded["has_more"]?.bool == true else {
                #expect((1...10).contains(ids.count))
                continue
            }
            truncated += 1
            #expect(ids.count == 10)
            let rest = Harness.shared.walk(
                String(url.prefix { $0 != "?" }),
                query: [url.split(separator: "?").dropFirst().first.map(String.init), "starting_after=\(ids[9])"]
                    .compactMap { $0 }.joined(separator: "&"))
            let whole = Harness.shared.get("\(url)\(separator)limit=100")
            #expect(!rest.isEmpty)
            #expect((ids + rest.compactMap(\.id)).prefix(100) == whole.ids.prefix(100))
            #expect(Set(ids + rest.compactMap(\.id)).count == ids.count + rest.count)
        }
        #expect(truncated >= 4)
    }

    @Test func `add up to the endpoint of their items`() {
        let items = Harness.sharedTruth(.subscription).flatMap { subscription in
            Harness.shared.get("/v1/subscription_items?limit=100&subscription=\(subscription.id ?? "")").rows.reversed()
        }

        #expect(items.map(\.text) == Harness.sharedTruth(.subscriptionItem).map(\.text))
    }

    @Test func `are paged in both directions`() {
        let id = Harness.sharedTruth(.invoice).first { $0["lines"]?["has_more"]?.bool == true }?.id ?? ""
        let all = Harness.shared.get("/v1/invoices/\(id)/lines?limit=100").ids

        let page = Harness.shared.get("/v1/invoices/\(id)/lines?limit=3&starting_after=\(all[1])")
        let before = Harness.shared.get("/v1/invoices/\(id)/lines?limit=3&ending_before=\(all[5])")
        let foreign = Harness.shared.get("/v1/invoices/\(id)/lines?starting_after=il_x")

        #expect(page.ids == Array(all[2...4]))
        #expect(before.ids == Array(all[2...4]))
        #expect(before.json["has_more"]?.bool == true)
        #expect(page.json["url"]?.string == "/v1/invoices/\(id)/lines")
        #expect(foreign.error?["param"]?.string == "starting_after")
    }

    @Test func `embed prices that exist`() {
        let prices = Set(Harness.sharedTruth(.price).map(\.text))

        let embedded = Harness.sharedTruth(.subscriptionItem).compactMap { $0["price"]?.text }

        #expect(Set(embedded).isSubset(of: prices))
    }
}

struct `The truth` {
    @Test(arguments: [ObjectKind.subscriptionItem, .event, .refund])
    func `is the same from any offset`(_ kind: ObjectKind) {
        let whole = Harness.sharedTruth(kind).compactMap(\.id)
        var parts: [String] = []

        while parts.count < whole.count {
            parts += Harness.shared.admin("GET", "objects/\(kind.name)?offset=\(parts.count)&limit=37").ids
        }

        #expect(parts == whole)
        #expect(Harness.shared.admin("GET", "objects/\(kind.name)?offset=\(whole.count)").rows.isEmpty)
    }
}
