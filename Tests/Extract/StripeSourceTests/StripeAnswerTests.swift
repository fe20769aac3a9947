import Extraction
import HTTPTransport
import NilusCore
import Testing

@testable import StripeSource

private func response(_ status: Int, _ headers: [String: String] = [:], body: String = "") -> HTTPResponse {
    HTTPResponse(
        status: status, headers: HTTPHeaders(headers.map { HTTPHeader($0.key, $0.value) }),
        body: GrowableBytes(body.utf8))
}

private func error(_ message: String, type: String = "invalid_request_error", code: String? = nil, param: String? = nil)
    -> String
{
    let code = code.map { #","code":"\#($0)""# } ?? ""
    let param = param.map { #","param":"\#($0)""# } ?? ""
    return #"{"error":{"type":"\#(type)","message":"\#(message)"\#(code)\#(param)}}"#
}

struct `An answer of Stripe` {
    private func refusal(_ response: HTTPResponse) throws -> NilusError {
        guard case .refusal(let error) = StripeAnswer(response, to: "page 2 of endpoint 'charge'") else {
            throw Mismatch()
        }
        return error
    }

    private func failure(_ response: HTTPResponse) throws -> StripeFailure {
        guard case .failure(let failure) = StripeAnswer(response, to: "page 2 of endpoint 'charge'") else {
            throw Mismatch()
        }
        return failure
    }

    private struct Mismatch: Error {}

    struct Refusal: Sendable, CustomTestStringConvertible {
        let status: Int
        let body: String
        let code: ErrorCode
        let message: String
        var testDescription: String { "\(status) → \(code.rawValue)" }
    }

    @Test(arguments: [
        Refusal(
            status: 401, body: error("Invalid API Key provided: sk_test_****4242"), code: .keyRefused,
            message: "cannot read page 2 of endpoint 'charge': Stripe does not accept the key: "
                + "Invalid API Key provided: <redacted>"),
        Refusal(
            status: 401, body: error("Expired", code: "api_key_expired"), code: .keyRefused,
            message: "cannot read page 2 of endpoint 'charge': the key has expired; put a new one into the secret"),
        Refusal(
            status: 403, body: error("The provided key does not have 'rak_charge_read'."), code: .permissionMissing,
            message: "cannot read page 2 of endpoint 'charge': the key may not: The provided key does not have "
                + "'rak_charge_read'; give it read permission or take the endpoint out"),
        Refusal(
            status: 404, body: error("Unrecognized request URL (GET: /v1/charges)."), code: .sourceRefused,
            message: "cannot read page 2 of endpoint 'charge': Stripe refused with 404: "
                + "Unrecognized request URL (GET: /v1/charges)"),
        Refusal(
            status: 400, body: error("Your account is not set up to use Issuing."), code: .featureUnavailable,
            message: "cannot read page 2 of endpoint 'charge': the account does not have it: "
                + "Your account is not set up to use Issuing"),
        Refusal(
            status: 401, body: error("This API surface is not enabled for this key."), code: .keyRefused,
            message: "cannot read page 2 of endpoint 'charge': Stripe does not accept the key: "
                + "This API surface is not enabled for this key"),
        Refusal(
            status: 400, body: "<html>", code: .sourceRefused,
            message: "cannot read page 2 of endpoint 'charge': Stripe refused with 400"),
        Refusal(
            status: 302, body: "", code: .sourceRefused,
            message: "cannot read page 2 of endpoint 'charge': answered 302, a redirect, "
                + "which is not followed with a key; check the API base"),
    ])
    func `that nothing can change says what and why`(_ expected: Refusal) throws {
        let error = try refusal(response(expected.status, ["Request-Id": "req_7"], body: expected.body))

        #expect(error.code == expected.code)
        #expect(error.message == expected.message)
        #expect(error.context.contains(ContextItem("request id", "req_7")))
    }

    @Test(arguments: [409, 429, 500, 502, 503, 504])
    func `that may pass is asked for again`(status: Int) throws {
        let failure = try failure(response(status, ["Retry-After": "7"]))

        #expect(failure.kind == (status == 429 ? .throttled : .status(status)))
        #expect(failure.retryAfter == .seconds(7))
    }

    @Test func `that says whether to retry is obeyed`() throws {
        #expect(try refusal(response(503, ["Stripe-Should-Retry": "false"])).code == .sourceUnavailable)
        #expect(try refusal(response(429, ["Stripe-Should-Retry": "false"])).code == .sourceThrottled)
        #expect(try failure(response(400, ["Stripe-Should-Retry": "true"])).kind == .status(400))
    }

    @Test func `that names a limit slows the right thing down`() throws {
        func cause(_ reason: String?) throws -> ThrottleCause? {
            let headers = reason.map { ["Stripe-Rate-Limited-Reason": $0] } ?? [:]
            return try failure(response(429, headers)).throttle
        }

        #expect(try cause("global-rate") == .keyRate)
        #expect(try cause("endpoint-rate") == .operationRate)
        #expect(try cause("endpoint-concurrency") == .concurrency)
        #expect(try cause(nil) == nil)
    }

    @Test func `that misses the cursor is told apart from other missing things`() {
        let lost = error("No such charge: 'ch_1'", code: "resource_missing", param: "starting_after")
        let other = error("No such customer: 'cus_1'", code: "resource_missing", param: "customer")

        guard case .cursorLost = StripeAnswer(response(400, body: lost), to: "x") else {
            Issue.record("a lost cursor was not recognised")
            return
        }
        guard case .refusal = StripeAnswer(response(400, body: other), to: "x") else {
            Issue.record("a missing customer was taken for a lost cursor")
            return
        }
    }

    @Test func `does not believe a wait of more than ten minutes`() throws {
        #expect(try failure(response(503, ["Retry-After": "86400"])).retryAfter == nil)
        #expect(try failure(response(503, ["Retry-After": "-1"])).retryAfter == nil)
    }

    @Test func `never repeats a key in its words`() throws {
        for key in ["sk_live_abc", "rk_test_abc", "pk_live_abc", "whsec_abc", "'sk_test_1234'"] {
            let text = try refusal(response(400, body: error("Bad key \(key), sorry"))).tree

            #expect(!text.contains("abc") && !text.contains("1234"))
        }
        #expect(
            try refusal(response(400, body: error("the risk_level of task_1"))).message.contains("risk_level of task_1")
        )
    }
}
