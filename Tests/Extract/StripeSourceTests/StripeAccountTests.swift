import HTTPTransport
import NilusCore
import Secrets
import StripeSource
import Testing
import WorkflowManifest

/// The account that an address names by way of a secret, whose value no check of the manifest sees.
struct `An account that a placeholder names` {
    /// Opens a source with such an address, as a node of a run does.
    private func open(_ parameter: String, _ value: String) throws {
        let environment = EnvironmentVariables(["STRIPE_API_KEY": "sk_test_key", "ACCOUNT": value])
        let text = """
            source:
              address: "stripe://?\(parameter)={ACCOUNT}"
              options: {source-table: charge}
            sink: {address: "dataos://lake", options: {dest-table: stripe.charge}}
            """
        let workflows = try ManifestReader(
            dialects: ManifestDialects(checkSource: StripeDialect.check), nameOfStackSpec: "test"
        ).read(text.utf8, file: "w.yaml").runnableWorkflows()
        let sources = StripeSources(
            http: HTTPClient(HTTPConfiguration(userAgent: "nilus-test", maximumConnections: 1)),
            environment: environment, time: WaitedTime().source)
        _ = try sources.open(
            workflows[0].nodes[0].source, secrets: SecretStore(directories: [], environment: environment))
    }

    @Test(arguments: [("account", "acct_1Canary_"), ("context", "acct_1"), ("context", "org_1/acct_1")])
    func `is taken where it looks like one`(_ parameter: String, _ value: String) throws {
        try open(parameter, value)
    }

    @Test(arguments: [
        ("account", "sk_test_canary"), ("account", "canary"), ("account", "acct_1/canary"),
        ("context", "sk_org_live_canary"), ("context", "acct_1/rk_test_canary"), ("context", "canary-1"),
    ])
    func `is refused where it does not, and not shown`(_ parameter: String, _ value: String) throws {
        let found =
            parameter == "account"
            ? "is no account; expected 'acct_' with letters, digits or '_' after it"
            : "is no path of accounts; expected letters, digits, '_' and '/', such as 'acct_…', and no key"

        let error = try #require(throws: NilusError.self) { try open(parameter, value) }

        #expect(error.code == .configurationInvalid)
        #expect(error.line == "w.yaml:2:31: parameter '\(parameter)' of the source address \(found)")
    }
}
