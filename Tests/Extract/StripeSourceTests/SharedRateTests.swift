import Extraction
import HTTPTransport
import LoopbackServer
import NilusCore
import Secrets
import StripeSource
import Testing
import WorkflowManifest

/// Opens sources as the nodes of a run do, against a server of this machine.
private struct Nodes {
    let server: LoopbackServer
    let time = WaitedTime()
    private let sources: StripeSources
    private let environment: EnvironmentVariables

    init(key: String) throws {
        server = try LoopbackServer { _, _ in .http(200, body: #"{"id":"acct_1"}"#) }
        environment = EnvironmentVariables(["NILUS_STRIPE_API_BASE": server.base, "KEY": key])
        sources = StripeSources(
            http: HTTPClient(HTTPConfiguration(userAgent: "nilus-test", maximumConnections: 4)),
            environment: environment, time: time.source)
    }

    func open(rate: String) throws -> (source: StripeSource, remarks: [String]) {
        let text = """
            source:
              address: "stripe://?api_key={KEY}"
              options: {source-table: charge, requests-per-second: \(rate)}
            sink: {address: "dataos://lake", options: {dest-table: stripe.charge}}
            """
        let workflow = try ManifestReader(nameOfStackSpec: "test").read(text.utf8, file: "w.yaml").runnableWorkflows()[
            0]
        return try sources.open(
            workflow.nodes[0].source, secrets: SecretStore(directories: [], environment: environment))
    }

    /// Asks often enough for the rate to be seen, and tells it in requests per second.
    func rate(of source: StripeSource) async throws -> Int {
        // The first requests may use what was saved up.
        for _ in 0..<10 { _ = try await source.identify(meter: ExtractMeter()) }
        let start = time.total
        for _ in 0..<50 { _ = try await source.identify(meter: ExtractMeter()) }
        return Int((50 / (time.total - start).seconds).rounded())
    }
}

struct `Nodes with one key` {
    @Test func `ask as slowly as the most careful of them wants, while it runs`() async throws {
        let nodes = try Nodes(key: "sk_test_canary")
        let fast = try nodes.open(rate: "max").source
        #expect(try await nodes.rate(of: fast) == 25)

        var careful: StripeSource? = try nodes.open(rate: "3").source
        #expect(try await nodes.rate(of: fast) == 3)
        if let careful { #expect(try await nodes.rate(of: careful) == 3) }

        careful = nil
        #expect(try await nodes.rate(of: fast) == 25)
    }

    @Test(arguments: [
        ("sk_test_canary", "25", false), ("sk_test_canary", "50", true), ("sk_canary", "50", true),
        ("sk_live_canary", "50", false), ("sk_test_canary", "max", false),
        // The manifest's own check warns of more than any key may.
        ("sk_test_canary", "101", false),
    ])
    func `are told when their rate is above what Stripe publishes for it`(
        _ key: String, _ rate: String, _ isTold: Bool
    ) throws {
        let remark =
            "'requests-per-second' is above Stripe's published limit of 25 for a key that is not live; keep it only if "
            + "Stripe raised the limit of this account"

        #expect(try Nodes(key: key).open(rate: rate).remarks == (isTold ? [remark] : []))
    }
}
