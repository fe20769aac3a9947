import Testing

@testable import stripe_simulator

struct `Changes` {
    private func harness(_ kind: ObjectKind, count: Int = 30) -> Harness {
        Harness { $0.objects = ObjectCounts(usual: 10, [kind: count]) }
    }

    private func events(_ harness: Harness, _ type: String) -> [JSONText] {
        harness.get("/v1/events?limit=100&type=\(type)").rows
    }

    @Test func `add objects at the present second`() throws {
        let harness = harness(.customer)
        let before = harness.walk("/v1/customers").compactMap(\.id)

        let made = harness.admin("POST", "create?endpoint=customer&count=3").json["ids"]?.strings ?? []

        #expect(made.count == 3)
        #expect(harness.walk("/v1/customers").compactMap(\.id) == made.reversed() + before)
        #expect(harness.get("/v1/customers/\(made[1])").json.id == made[1])
        #expect(events(harness, "customer.created").prefix(3).map { $0["data"]?["object"]?.id } == made.reversed())
        #expect(harness.admin("GET", "objects/customer").json["total"]?.integer == 33)
    }

    @Test func `add objects in the past, where they belong`() throws {
        let harness = harness(.charge)
        let truth = harness.truth(.charge)
        let second = try #require(truth[10].createdSecond)

        let made = harness.admin("POST", "create?endpoint=charge&count=2&created=\(second)").json["ids"]?.strings ?? []
        let ids = harness.truth(.charge).compactMap(\.id)
        let window = harness.walk("/v1/charges", query: "created=\(second)").compactMap(\.id)

        let place = try #require(ids.firstIndex(of: made[0]))
        #expect(ids[place + 1] == made[1])
        #expect(
            harness.truth(.charge).map { $0.createdSecond ?? 0 }
                == harness.truth(.charge).map { $0.createdSecond ?? 0 }.sorted())
        #expect(window.prefix(2) == [made[1], made[0]])
        #expect(harness.walk("/v1/charges").compactMap(\.id) == ids.reversed())
        #expect(harness.walk("/v1/charges", limit: 1).compactMap(\.id) == ids.reversed())
    }

    @Test func `delete objects and tell of it`() throws {
        let harness = harness(.customer)
        let truth = harness.truth(.customer)
        let id = try #require(truth[5].id)

        let done = harness.admin("POST", "delete?endpoint=customer&id=\(id)")

        #expect(done.status == 200)
        #expect(harness.walk("/v1/customers").compactMap(\.id) == truth.reversed().compactMap(\.id).filter { $0 != id })
        #expect(harness.truth(.customer).count == 29)
        #expect(harness.get("/v1/customers/\(id)").text == #"{"id":"\#(id)","object":"customer","deleted":true}"#)
        #expect(harness.get("/v1/customers?starting_after=\(id)").error?["code"]?.string == "resource_missing")
        #expect(events(harness, "customer.deleted").first?["data"]?["object"]?.text == truth[5].text)
    }

    @Test func `delete objects that Stripe keeps, as a test may need`() throws {
        let harness = harness(.charge)
        let id = try #require(harness.truth(.charge).last?.id)

        _ = harness.admin("POST", "delete?endpoint=charge&id=\(id)")

        #expect(harness.get("/v1/charges/\(id)").status == 404)
        #expect(harness.get("/v1/charges").ids.contains(id) == false)
    }

    @Test func `cancel a subscription instead of deleting it`() throws {
        let harness = harness(.subscription)
        let active = try #require(harness.truth(.subscription).first { $0["status"]?.string == "active" })
        let id = try #require(active.id)

        _ = harness.admin("POST", "delete?endpoint=subscription&id=\(id)")
        let now = harness.get("/v1/subscriptions/\(id)").json

        #expect(now["status"]?.string == "canceled")
        #expect(now["canceled_at"]?.integer ?? 0 >= UTCTime.usualNow)
        #expect(harness.walk("/v1/subscriptions").contains { $0.id == id } == false)
        #expect(harness.walk("/v1/subscriptions", query: "status=all").contains { $0.id == id })
        #expect(events(harness, "customer.subscription.deleted").first?["data"]?["object"]?.text == now.text)
    }

    @Test func `replace members and keep the others`() throws {
        let harness = harness(.customer)
        let before = try #require(harness.truth(.customer).first)
        let id = try #require(before.id)

        let done = harness.admin(
            "POST", "update?endpoint=customer&id=\(id)", body: #"{"name":"New \"name\"","extra":[1]}"#)
        let after = harness.get("/v1/customers/\(id)").json
        let event = try #require(events(harness, "customer.updated").first)

        #expect(done.status == 200)
        #expect(after["name"]?.string == #"New "name""#)
        #expect(after.members?.last?.name == "extra")
        for member in before.members ?? [] where member.name != "name" {
            #expect(after[member.name]?.text == member.value.text, "\(member.name)")
        }
        #expect(event["data"]?["object"]?.text == after.text)
        #expect(event["data"]?["previous_attributes"]?["name"]?.text == before["name"]?.text ?? "null")
        #expect(harness.walk("/v1/customers").last?.text == after.text)
    }

    @Test func `leave the event of the creation as it was`() throws {
        let harness = harness(.customer)
        let id = harness.admin("POST", "create?endpoint=customer").json["ids"]?.strings.first ?? ""
        let before = harness.get("/v1/customers/\(id)").text

        _ = harness.admin("POST", "update?endpoint=customer&id=\(id)", body: #"{"phone":"1"}"#)

        #expect(events(harness, "customer.created").first?["data"]?["object"]?.text == before)
    }

    @Test func `of a status have the event of that status`() throws {
        let harness = harness(.paymentIntent)
        let id = try #require(harness.truth(.paymentIntent).first?.id)

        _ = harness.admin("POST", "update?endpoint=payment_intent&id=\(id)", body: #"{"status":"succeeded"}"#)

        #expect(events(harness, "payment_intent.succeeded").count == 1)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let method: String
        let name: String
        var body = ""
        let message: String
        var testDescription: String { name }
    }

    @Test(arguments: [
        Refusal(
            method: "GET", name: "stat",
            message:
                "'GET stat' is unknown; there are GET stats, GET objects/ENDPOINT, POST reset-stats, POST create, POST delete, POST update, POST clock, POST faults and POST keys"
        ),
        Refusal(
            method: "POST", name: "create?endpoint=event", message: "'event' follows from other objects; create those"),
        Refusal(
            method: "POST", name: "create?endpoint=charge&count=0", message: "'count' is '0'; expected 1 to 1000000"),
        Refusal(method: "POST", name: "delete?endpoint=charge&id=ch_x", message: "there is no charge 'ch_x'"),
        Refusal(method: "POST", name: "clock?advance=-1", message: "'advance' is '-1'; expected 0 to 1099511627776"),
        Refusal(method: "POST", name: "faults", body: "{}", message: "the fault rules are not a JSON array"),
        Refusal(
            method: "POST", name: "faults", body: "[",
            message: "the fault rules are not JSON at byte 1: expected a value"),
    ])
    func `that make no sense are refused`(_ refusal: Refusal) {
        let reply = Harness.shared.admin(refusal.method, refusal.name, body: refusal.body)

        #expect(reply.status == 400)
        #expect(reply.json["error"]?.string == refusal.message)
    }

    @Test func `of what identifies an object are refused`() throws {
        let harness = harness(.customer)
        let id = try #require(harness.truth(.customer).first?.id)

        let reply = harness.admin("POST", "update?endpoint=customer&id=\(id)", body: #"{"created":1}"#)

        #expect(reply.json["error"]?.string == "'created' of an object cannot be updated")
    }
}
