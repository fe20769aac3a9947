import Testing

@testable import stripe_simulator

struct `A list query` {
    struct Refusal: Sendable, CustomTestStringConvertible {
        let uri: String
        let message: String
        var code: String?
        var parameter: String?
        var testDescription: String { uri }
    }

    @Test(arguments: [
        Refusal(
            uri: "/v1/charges?limit=0", message: "This value must be greater than or equal to 1 (value given: 0).",
            code: "parameter_invalid_integer", parameter: "limit"),
        Refusal(
            uri: "/v1/charges?limit=101", message: "This value must be less than or equal to 100 (value given: 101).",
            code: "parameter_invalid_integer", parameter: "limit"),
        Refusal(
            uri: "/v1/charges?limit=ten", message: "Invalid integer: ten", code: "parameter_invalid_integer",
            parameter: "limit"),
        Refusal(
            uri: "/v1/charges?created[gte]=2026-01-01", message: "Invalid integer: 2026-01-01",
            code: "parameter_invalid_integer", parameter: "created[gte]"),
        Refusal(
            uri: "/v1/charges?created=9223372036854775807", message: "Invalid integer: 9223372036854775807",
            code: "parameter_invalid_integer", parameter: "created"),
        Refusal(
            uri: "/v1/charges?starting_after=ch_none", message: "No such charge: 'ch_none'",
            code: "resource_missing", parameter: "starting_after"),
        Refusal(
            uri: "/v1/invoiceitems?ending_before=ii_none", message: "No such invoiceitem: 'ii_none'",
            code: "resource_missing", parameter: "ending_before"),
        Refusal(
            uri: "/v1/charges?status=paid&foo[bar]=1", message: "Received unknown parameters: status, foo[bar]",
            code: "parameter_unknown", parameter: "status"),
        Refusal(
            uri: "/v1/payment_methods?created[gte]=1", message: "Received unknown parameter: created[gte]",
            code: "parameter_unknown", parameter: "created[gte]"),
        Refusal(
            uri: "/v1/charges?created[above]=1", message: "Received unknown parameter: created[above]",
            code: "parameter_unknown", parameter: "created[above]"),
        Refusal(
            uri: "/v1/subscription_items", message: "Missing required param: subscription.",
            code: "parameter_missing", parameter: "subscription"),
        Refusal(
            uri: "/v1/subscription_items?subscription=sub_x", message: "No such subscription: 'sub_x'",
            code: "resource_missing", parameter: "subscription"),
        Refusal(
            uri: "/v1/subscriptions?status=gone",
            message: "Invalid status: must be one of active, all, canceled, ended, incomplete, incomplete_expired,"
                + " past_due, paused, trialing, or unpaid", parameter: "status"),
        Refusal(uri: "/v1/prices?active=yes", message: "Invalid boolean: yes", parameter: "active"),
        Refusal(
            uri: "/v1/charges?expand[]=data.customer", message: "This property cannot be expanded (data.customer).",
            parameter: "expand"),
        Refusal(
            uri: "/v1/charges?expand[]=total_count", message: "Expanding total_count is not allowed.",
            code: "property_forbidden", parameter: "expand"),
        Refusal(
            uri: "/v1/events?type=charge.succeeded&types[]=charge.failed",
            message: "You may only specify one of these parameters: type, types.", code: "parameters_exclusive",
            parameter: "type"),
        Refusal(
            uri: "/v1/balance_transactions?payout=po_1",
            message: "stripe-simulator does not implement the filter 'payout' of /v1/balance_transactions;"
                + " leave it out", parameter: "payout"),
    ])
    func `refuses what Stripe refuses`(_ refusal: Refusal) {
        let reply = Harness.shared.get(refusal.uri)

        #expect(reply.status == 400)
        #expect(reply.error?["message"]?.string == refusal.message)
        #expect(reply.error?["code"]?.string == refusal.code)
        #expect(reply.error?["param"]?.string == refusal.parameter)
        #expect(reply.error?["type"]?.string == "invalid_request_error")
    }

    @Test func `refuses both cursors at once`() {
        let ids = Harness.sharedTruth(.charge).compactMap(\.id)

        let reply = Harness.shared.get("/v1/charges?starting_after=\(ids[3])&ending_before=\(ids[1])")

        #expect(reply.status == 400)
        #expect(
            reply.error?["message"]?.string
                == "Received both starting_after and ending_before parameters. Please pass in only one.")
        #expect(reply.error?["code"] == nil)
    }

    @Test func `refuses an empty value as Stripe words it`() {
        let message = Harness.shared.get("/v1/charges?starting_after=").error?["message"]?.string

        #expect(message?.hasPrefix("You passed an empty string for 'starting_after'. We assume") == true)
    }
}
