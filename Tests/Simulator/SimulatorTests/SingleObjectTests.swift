import Testing

@testable import stripe_simulator

struct `Single objects` {
    @Test(arguments: ObjectKind.endpoints)
    func `are the same as in their list`(_ kind: ObjectKind) throws {
        let object = try #require(Harness.sharedTruth(kind).last)

        let reply = Harness.shared.get("\(Harness.path(kind))/\(try #require(object.id).encoded)")

        #expect(reply.status == 200)
        #expect(reply.bytes == Array(object.bytes))
    }

    @Test func `that do not exist are missing`() {
        let reply = Harness.shared.get("/v1/customers/cus_unknown")

        #expect(reply.status == 404)
        #expect(reply.error?["code"]?.string == "resource_missing")
        #expect(reply.error?["message"]?.string == "No such customer: 'cus_unknown'")
        #expect(reply.error?["param"]?.string == "id")
    }

    @Test func `of the account name the account that is asked for`() {
        let own = Harness.shared.get("/v1/account")
        let other = Harness.shared.get("/v1/account", ["Stripe-Account": "acct_other"])

        #expect(own.json.id == SimulatorOptions().account)
        #expect(other.json.id == "acct_other")
        #expect(own.json["object"]?.string == "account")
        #expect(SchemaCheck.faults(in: own.json, Schema.shared.fields(of: "account"), place: "account").isEmpty)
    }

    @Test(arguments: ["/v1/nothing", "/v1/charges/ch_1/refunds", "/v2/core/accounts", "/v1", "/v1/accounts/x"])
    func `under unknown addresses are not found`(_ path: String) {
        let reply = Harness.shared.get(path)

        #expect(reply.status == 404)
        #expect(
            reply.error?["message"]?.string
                == "Unrecognized request URL (GET: \(path)). Please see https://stripe.com/docs or we can help at"
                + " https://support.stripe.com/.")
    }

    @Test func `are only read`() {
        let headers = [Header(name: "Authorization", value: "Bearer \(Harness.key)")]

        let reply = Harness.shared.ask(Request(method: "POST", uri: "/v1/charges", headers: headers))

        #expect(reply.status == 404)
        #expect(reply.error?["message"]?.string?.hasPrefix("Unrecognized request URL (POST: /v1/charges).") == true)
    }
}
