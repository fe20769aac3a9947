import NilusCore
import Testing

@testable import StripeSource

struct `A Stripe key` {
    struct Case: Sendable, CustomTestStringConvertible {
        let key: String
        let fault: String?
        var testDescription: String { key }

        init(_ key: String, _ fault: String?) {
            self.key = key
            self.fault = fault
        }
    }

    private static let blank = "it is a blank that was not filled in; put a secret key there, which starts with 'sk_'"
    private static let torn = "it holds white space or characters that no key has; copy it again"

    @Test(arguments: [
        Case("sk_test_canary", nil), Case("sk_live_canary", nil), Case("sk_org_live_canary", nil),
        Case("sk_canary", nil),
        Case(
            "rk_live_canary",
            "it is a restricted key ('rk_…'), whose permissions may hide rows without a word; use a secret key, which "
                + "starts with 'sk_'"),
        Case(
            "pk_test_canary",
            "it is a publishable key ('pk_…'), which cannot read anything; use a secret key, which starts with 'sk_'"),
        Case(
            "whsec_canary",
            "it is a webhook signing secret ('whsec_…'), which is no API key; use a secret key, which starts with "
                + "'sk_'"),
        Case("<api-key-here>", blank), Case("${STRIPE_API_KEY}", blank), Case("{STRIPE_API_KEY}", blank),
        Case("canary", "it does not start with 'sk_' as a Stripe secret key does"),
        Case("", "it does not start with 'sk_' as a Stripe secret key does"),
        Case("sk_test_can ary", torn), Case("sk_test_canary\u{7F}", torn), Case("sk_test_canäry", torn),
    ])
    func `that cannot be used is told by its first characters, and never shown`(_ example: Case) {
        let fault = StripeKey.fault(of: SecretBytes(example.key))

        #expect(fault == example.fault)
        #expect(fault?.contains("canary") != true)
    }

    @Test(arguments: [
        ("sk_live_1", true), ("sk_org_live_1", true), ("sk_test_1", false), ("sk_org_test_1", false), ("sk_1", nil),
    ])
    func `tells live data from test data`(_ key: String, _ isLive: Bool?) {
        #expect(StripeKey.isLive(SecretBytes(key)) == isLive)
    }
}
