import Testing

@testable import stripe_simulator

struct `Authentication` {
    struct Refusal: Sendable, CustomTestStringConvertible {
        let headers: [String: String]
        let status: Int
        var code: String?
        let message: String
        var testDescription: String { "\(headers)" }
    }

    @Test(arguments: [
        Refusal(
            headers: ["Authorization": "Bearer sk_test"], status: 401,
            message: "Invalid API Key provided: *******"),
        Refusal(
            headers: ["Authorization": "Bearer whsec_abcdefghijkl"], status: 401,
            message: "Invalid API Key provided: **************ijkl"),
        Refusal(
            headers: ["Authorization": "Bearer sk_mode_abcdefghijkl"], status: 401,
            message: "Invalid API Key provided: ****************ijkl"),
        Refusal(
            headers: ["Authorization": "Bearer pk_test_abcdefghijkl"], status: 401, code: "secret_key_required",
            message: "This API call cannot be made with a publishable API key. Please use a secret API key. You can"
                + " find a list of your API keys at https://dashboard.stripe.com/account/apikeys."),
        Refusal(
            headers: ["Authorization": "Bearer sk_org_test_abcdefghijkl"], status: 400,
            message: "You must provide a Stripe-Context header to make requests with an organization API key."),
        Refusal(
            headers: ["Stripe-Account": "12345"], status: 403, code: "account_invalid",
            message: "The provided key 'sk_test_**************0001' does not have access to account '12345' (or that"
                + " account does not exist). Application access may have been revoked."),
        Refusal(
            headers: ["Stripe-Version": "2026-5-27"], status: 400, message: "Invalid Stripe API version: 2026-5-27"),
        Refusal(
            headers: ["Stripe-Version": "2026-05-27.basil"], status: 400,
            message: "Invalid Stripe API version: 2026-05-27.basil"),
    ])
    func `refuses what Stripe refuses`(_ refusal: Refusal) {
        let reply = Harness.shared.get("/v1/charges", refusal.headers)

        #expect(reply.status == refusal.status)
        #expect(reply.error?["message"]?.string == refusal.message)
        #expect(reply.error?["code"]?.string == refusal.code)
        #expect(reply.error?["type"]?.string == "invalid_request_error")
    }

    @Test(arguments: [nil, "", "Digest x", "Bearer"])
    func `asks for a key where there is none`(_ header: String?) {
        let headers = header.map { [Header(name: "Authorization", value: $0)] } ?? []

        let reply = Harness.shared.ask(Request(method: "GET", uri: "/v1/charges", headers: headers))

        #expect(reply.status == 401)
        #expect(reply.error?["message"]?.string?.hasPrefix("You did not provide an API key.") == true)
        #expect(reply.header("WWW-Authenticate") == "Basic realm=\"Stripe\"")
    }

    @Test(arguments: [
        ["Authorization": "Bearer sk_test_abc"], ["authorization": "bearer sk_live_abc"],
        ["Authorization": "Basic c2tfdGVzdF9hYmM6"],  // sk_test_abc and an empty password
        ["Authorization": "Bearer rk_test_abc"],
        ["Authorization": "Bearer sk_org_live_abc", "Stripe-Context": "acct_1/acct_2"],
        ["Authorization": "Bearer sk_test_abc", "Stripe-Version": "2026-05-27.dahlia", "Stripe-Account": "acct_2"],
    ])
    func `accepts what Stripe accepts`(_ headers: [String: String]) {
        let lines = headers.map { Header(name: $0.key, value: $0.value) }

        let reply = Harness.shared.ask(Request(method: "GET", uri: "/v1/account", headers: lines))

        #expect(reply.status == 200)
    }

    @Test func `knows only the keys it was given`() {
        let harness = Harness { $0.keys = ["sk_test_known"] }

        #expect(harness.get("/v1/charges", key: "sk_test_known").status == 200)
        #expect(harness.get("/v1/charges", key: "sk_test_other").status == 401)
    }

    @Test func `knows other keys from the next request on when it is told to`() {
        let harness = Harness { $0.keys = ["sk_test_old"] }

        let told = harness.admin("POST", "keys", body: #"["sk_test_new"]"#)

        #expect(told.status == 200)
        #expect(harness.get("/v1/charges", key: "sk_test_old").status == 401)
        #expect(harness.get("/v1/charges", key: "sk_test_new").status == 200)
        #expect(harness.admin("POST", "keys", body: #"["sk_test_new",1]"#).status == 400)
        #expect(harness.get("/v1/charges", key: "sk_test_new").status == 200)
    }

    @Test func `keeps endpoints back from a restricted key`() {
        let harness = Harness {
            $0.forbidden = [.charge, .account]
            $0.notEnabled = [.event]
        }
        let key = "rk_test_abcdefghijklmnop"

        let charges = harness.get("/v1/charges", key: key)
        let account = harness.get("/v1/account", key: key)
        let events = harness.get("/v1/events", key: key)

        #expect(charges.status == 403)
        #expect(
            charges.error?["message"]?.string
                == "The provided key 'rk_test_************mnop' does not have the required permissions for this"
                + " endpoint on account 'acct_1SimuLat0rNiLuS1'. Having the 'rak_charge_read' permission would"
                + " allow this request to continue.")
        #expect(harness.get("/v1/charges/ch_x", key: key).status == 403)
        #expect(account.status == 403)
        #expect(events.status == 400)
        #expect(events.error?["message"]?.string?.contains("API surface is not enabled") == true)
        #expect(harness.get("/v1/refunds", key: key).status == 200)
    }

    @Test func `answers with the headers that clients rely on`() {
        let first = Harness.shared.get("/v1/charges")
        let second = Harness.shared.get("/v1/charges", ["Stripe-Version": "2025-03-31.basil"])

        #expect(first.header("Stripe-Version") == "2026-05-27.dahlia")
        #expect(second.header("Stripe-Version") == "2025-03-31.basil")
        #expect(first.header("Content-Type") == "application/json")
        #expect(first.header("Request-Id")?.hasPrefix("req_") == true)
        #expect(first.header("Request-Id") != second.header("Request-Id"))
        #expect(first.header("Date")?.hasPrefix("Mon, 01 Jun 2026 00:0") == true)
    }
}
