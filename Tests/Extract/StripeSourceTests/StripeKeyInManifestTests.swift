import NilusCore
import StripeSource
import Testing
import WorkflowManifest

struct `The Stripe key in a manifest` {
    /// Reads a workflow with an address and with `envs`, and gives the faults that stand there.
    private func faults(_ address: String, envs: String = "{}") -> [String] {
        let text = """
            name: test
            version: v1alpha
            type: nilus
            spec:
              type: batch
              envs: \(envs)
              source:
                address: "\(address)"
                options: {source-table: charge}
              sink: {address: "dataos://lake", options: {dest-table: stripe.charge}}
            """
        return ManifestReader(dialects: ManifestDialects(checkSource: StripeDialect.check))
            .read(text.utf8, file: "w.yaml").faults.map(\.description)
    }

    @Test func `is one placeholder, not a part of a text`() {
        for address in ["stripe://?api_key=sk_{KEY}", "stripe://?api_key={A}{B}", "stripe://?api_key={A}x"] {
            #expect(
                faults(address) == [
                    "w.yaml:8:33: parameter 'api_key' mixes text and placeholders; write one placeholder, "
                        + "'api_key={STRIPE_API_KEY}'"
                ])
        }
        #expect(faults("stripe://?api_key={KEY}") == [])
    }

    @Test func `of an organization needs a context`() {
        let warning =
            "w.yaml:8:33: warning: the Stripe key stands in the manifest, where others can read it; put it into an "
            + "instance secret and write 'api_key={STRIPE_API_KEY}'"

        #expect(
            faults("stripe://?api_key=sk_org_live_canary") == [
                "w.yaml:8:33: the Stripe key in the address cannot be used: it is an organization key ('sk_org_…'), which "
                    + "acts on no account by itself; add 'context=acct_…' to the source address"
            ])
        #expect(faults("stripe://?api_key=sk_org_live_canary&context=acct_1") == [warning])
        #expect(faults("stripe://?api_key=sk_org_live_canary&context={CONTEXT}") == [warning])
    }

    @Test(arguments: [
        ("stripe://?api_key={KEY}", "{KEY: sk_test_canary}", "KEY"),
        ("stripe://", "{STRIPE_API_KEY: x}", "STRIPE_API_KEY"),
        ("stripe://?api_key={KEY}", "{STRIPE_API_KEY: x}", nil), ("stripe://?api_key={KEY}", "{KEY: ''}", nil),
        ("stripe://?api_key={KEY}&account={ACCOUNT}", "{ACCOUNT: acct_1}", nil),
    ])
    func `is warned of in the variables too`(_ address: String, _ envs: String, _ warned: String?) {
        let warnings = warned.map {
            "w.yaml:6:10: warning: the credential in variable '\($0)' stands in the manifest, where others can read "
                + "it; put it into an instance secret"
        }

        #expect(faults(address, envs: envs) == (warnings.map { [$0] } ?? []))
    }
}
