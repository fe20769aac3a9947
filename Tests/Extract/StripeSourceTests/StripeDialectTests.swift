import NilusCore
import StripeSource
import Testing
import WorkflowManifest

/// A source section, and what Stripe's dialect says of it; without changes there is nothing to say.
struct SourceCase: Sendable, CustomTestStringConvertible {
    var address = "stripe://?api_key={KEY}"
    var tables = "charge"
    var option = ""
    var faults: [String] = []

    var testDescription: String { faults.first ?? address }

    var found: [String] {
        let text = """
            source:
              address: "\(address)"
              options:
                source-table: \(tables)
                \(option)
            sink:
              address: dataos://lake
              options: {dest-table: "stripe.{endpoint}"}
            """
        let dialects = ManifestDialects(checkSource: StripeDialect.check)
        return ManifestReader(dialects: dialects, nameOfStackSpec: "test").read(text.utf8, file: "w.yaml").faults
            .map(\.description)
    }

    var expected: [String] { faults.map { "w.yaml:" + $0 } }
}

struct `What Stripe's dialect says of a source` {
    @Test(arguments: [
        "stripe://", "stripe://?api_key={KEY}&account=acct_1", "stripe://?api_key={KEY}&context=acct_1",
        "stripe://?api_base=http://127.0.0.1:12111", "stripe://?api_base=http://localhost",
        "stripe://?api_base=http://[::1]:80/", "stripe://?context=org_1Canary/acct_1Canary",
        "stripe://?account=%61cct_1",
    ])
    func `is nothing where the address is as it should be`(_ address: String) {
        #expect(SourceCase(address: address).found == [])
    }

    @Test(arguments: [
        SourceCase(
            address: "stripe://api.stripe.com?api_key={KEY}",
            faults: [
                "2:22: a 'stripe' address has no host and no path; write 'stripe://?api_key={STRIPE_API_KEY}'"
            ]),
        SourceCase(
            address: "stripe:///v1",
            faults: [
                "2:22: a 'stripe' address has no host and no path; write 'stripe://?api_key={STRIPE_API_KEY}'"
            ]),
        SourceCase(
            address: "stripe://?api_kye={KEY}",
            faults: ["2:23: unknown parameter 'api_kye' in a 'stripe' address; did you mean 'api_key'?"]),
        SourceCase(
            address: "stripe://?region=eu",
            faults: [
                "2:23: unknown parameter 'region' in a 'stripe' address; known are 'api_key', 'account', 'context', "
                    + "'api_version', 'api_base'"
            ]),
        SourceCase(
            address: "stripe://?account=", faults: ["2:23: parameter 'account' of the source address is empty"]),
        SourceCase(
            address: "stripe://?api_version=2025-03-31.basil",
            faults: [
                "2:23: warning: 'api_version' replaces 2026-05-27.dahlia, whose fields the tables are made of; "
                    + "fields of other versions become further columns"
            ]),
        SourceCase(
            address: "stripe://?api_key=sk_test_canary",
            faults: [
                "2:31: warning: the Stripe key stands in the manifest, where others can read it; put it into an "
                    + "instance secret and write 'api_key={STRIPE_API_KEY}'"
            ]),
        SourceCase(
            address: "stripe://?api_key=rk_test_canary",
            faults: [
                "2:31: the Stripe key in the address cannot be used: it is a restricted key ('rk_…'), whose "
                    + "permissions may hide rows without a word; use a secret key, which starts with 'sk_'"
            ]),
        SourceCase(
            address: "stripe://?api_base=collector.example.com",
            faults: [
                "2:32: parameter 'api_base' is no server address; expected a form like 'http://127.0.0.1:12111'"
            ]),
        SourceCase(
            address: "stripe://?api_base=https://collector.example.com", faults: [apiBaseElsewhere]),
        SourceCase(address: "stripe://?api_base=http://127.0.0.1.example.com", faults: [apiBaseElsewhere]),
        SourceCase(address: "stripe://?api_base=http://localhost.example.com:80", faults: [apiBaseElsewhere]),
    ])
    func `names what is wrong with its address`(_ example: SourceCase) {
        #expect(example.found == example.expected)
        #expect(!example.found.joined().contains("canary"))
    }

    @Test(arguments: [
        "sk_test_canary", "rk_live_canary", "canary", "acct_", "acct_1%20canary", "acct_1/canary", "acct_%C3%A9canary",
        "ACCT_1canary", "xacct_1canary",
    ])
    func `refuses what is no account, without showing it`(_ value: String) {
        let fault =
            "w.yaml:2:31: parameter 'account' of the source address is no account; expected 'acct_' with letters, "
            + "digits or '_' after it"

        #expect(SourceCase(address: "stripe://?account=\(value)").found == [fault])
    }

    @Test(arguments: [
        "sk_org_test_canary", "rk_live_canary", "pk_test_canary", "whsec_canary", "rkcs_canary",
        "acct_1/sk_live_canary",
        "acct_1.canary", "a%20canary", "%C3%A9canary",
    ])
    func `refuses what is no path of accounts, without showing it`(_ value: String) {
        let fault =
            "w.yaml:2:31: parameter 'context' of the source address is no path of accounts; expected letters, digits, "
            + "'_' and '/', such as 'acct_…', and no key"

        #expect(SourceCase(address: "stripe://?context=\(value)").found == [fault])
    }

    private static let apiBaseElsewhere =
        "2:32: parameter 'api_base' may only name this machine, because a manifest must not send the key elsewhere; "
        + "set NILUS_STRIPE_API_BASE in the job's environment instead"

    @Test(arguments: [
        SourceCase(tables: "chargs", faults: ["4:19: unknown Stripe endpoint 'chargs'; did you mean 'charge'?"]),
        SourceCase(
            tables: "unicorn", faults: ["4:19: unknown Stripe endpoint 'unicorn'; 'nilus endpoints' lists them"]),
        SourceCase(tables: "charge, Charges", faults: ["4:27: endpoint 'charge' is named twice in 'source-table'"]),
        SourceCase(
            option: "page-size: 101",
            faults: ["5:16: warning: 'page-size' is cut to 100, the most that Stripe puts on a page"]),
        SourceCase(option: "page-size: 100"),
        SourceCase(
            option: "primary-key: number",
            faults: [
                "5:18: warning: every Stripe object is identified by 'id'; with this 'primary-key' a merge lets rows "
                    + "replace others that agree in it"
            ]),
        SourceCase(
            option: "incremental-key: updated",
            faults: ["5:22: Stripe can only be read by 'created'; remove 'incremental-key'"]),
        SourceCase(
            option: "max-table-nesting: 1",
            faults: [
                "5:24: 'max-table-nesting' above 0 is not supported by this version; nested values stay JSON text"
            ]),
        SourceCase(
            option: "type-hints: {amount: double}",
            faults: ["5:18: option 'type-hints' is not supported by this version; remove it"]),
        SourceCase(
            option: "mask: {email: hash}",
            faults: ["5:12: option 'mask' is not supported by this version; remove it"]),
        SourceCase(
            option: "sql-exclude-columns: [object]",
            faults: ["5:26: option 'sql-exclude-columns' is not supported by this version; remove it"]),
    ])
    func `names what is wrong with its options`(_ example: SourceCase) {
        #expect(example.found == example.expected)
    }
}
