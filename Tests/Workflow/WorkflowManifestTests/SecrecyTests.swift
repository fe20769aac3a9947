import NilusCore
import Testing

@testable import WorkflowManifest

struct `A key in a manifest` {
    private static let key = "sk_live_51CanaryCanaryCanary"

    @Test func `is not printed with the workflow, however it is dumped`() throws {
        var manifest = ManifestText()
        manifest.spec = "stack: nilus:1.0\nenvs: {STRIPE_API_KEY: \(Self.key)}"
        manifest.address = "stripe://\(Self.key)@h/\(Self.key)?api_key=\(Self.key)"
        manifest.source = "source-table: charge\nmask: {email: 'hmac:\(Self.key)'}"

        let workflow = try #require(try manifest.read().runnableWorkflows().first)
        var dumped = ""
        dump(workflow, to: &dumped)

        #expect(workflow.nodes.first?.source.address[parameter: "api_key"]?.value.literal?.expose() == Self.key)
        #expect(!dumped.contains("Canary"))
        #expect(!String(reflecting: workflow).contains("Canary"))
        #expect(!"\(workflow)".contains("Canary"))
    }

    @Test(arguments: [
        (ManifestText.Part.workflow, "title: 'with K in it'"), (.node, "description: K"),
        (.spec, "stack: nilus:1.0\nconfigs: {a: K}"),
        (.source, "source-table: charge\nmask: {email: 'hmac:K'}"),
        (.header, "name: test\nversion: v1\ntype: workflow\ntags: [K]"),
        (.spec, "stack: nilus:1.0\nenvs: {SPARE: K}"),
    ])
    func `is told of once, and is an error in a cluster, wherever it stands`(part: ManifestText.Part, text: String) {
        let reading = ManifestText.with(part, text.replacing("K", with: Self.key)).read()

        let told = reading.faults.filter { $0.message.contains("stands in the manifest, where others can read it") }
        #expect(told.count == 1 && told.first?.severity == .warning)
        #expect(reading.forCluster.error?.message.contains("stands in the manifest") == true)
        #expect(reading.forCluster.workflows.isEmpty)
    }

    @Test(arguments: [
        "sk_live_", "sk_test_", "sk_org_live_", "sk_org_test_", "rk_live_", "rk_org_live_", "rk_org_test_",
    ])
    func `is seen whatever kind of key it is`(beginning: String) {
        let reading = ManifestText.with(.workflow, "title: '\(beginning)51CanaryCanaryCanary'").read()

        #expect(reading.forCluster.error?.message.contains("stands in the manifest") == true)
        #expect(!"\(reading.faults)".contains("Canary"))
    }

    @Test(arguments: ["see sk_test_… of the dashboard", "columns sk_id, rk_live_x", "sk_live_********4242"])
    func `is not seen where only the beginning of one stands`(text: String) {
        let reading = ManifestText.with(.workflow, "title: '\(text)'").read()

        #expect(reading.faults == [] && reading.forCluster.error == nil)
    }

    /// Wherever it is put by mistake, and whatever fault that gives.
    @Test(arguments: [ManifestText.Part.header, .workflow, .node, .spec, .address, .source, .sinkAddress, .sink])
    func `is in no fault, wherever it stands by mistake`(_ part: ManifestText.Part) {
        let places = [
            "K", "name: K", "K: K", "type: K", "stack: K", "stack: nilus:K", "envs: {K: K}", "envs: [K]", "logLevel: K",
            "schedule: {cron: K, timezone: K, endOn: K, concurrencyPolicy: K}", "dependencies: [K, K]",
            "retry: {count: K, strategy: K, duration: K}", "resources: {requests: {cpu: K, memory: K}}",
            "dataosSecrets: [{consumptionType: K}, K]", "source-table: K", "source-table: 'K,K,a:K'", "mask: {K: K}",
            "mask: {email: K}", "type-hints: {K: K}", "page-size: K", "interval-start: K", "dest-table: K",
            "dest-table: a.K.b/K", "incremental-strategy: K", "partition-by: [{column: a, type: K, K: K}]",
            "maintenance: K", "stripe://?api_key={K}", "stripe://{K}/{x-K}?account={K}", "dataos://{K}:a/{K}",
            "stripe://?K", "stripe://?K=K&K=K", "stripe://?api_key=%zz K", "K://x",
            "dataos://K:K/K?K",
            "\"stripe://?api_key=K\\n\"", "stripe://?api_key=<K>", "stripe://?api_key=${K}", "${{K}}", "!K K", "*K",
            "{K: {K",
            "'K", "\"\\K\"", "requests-per-second: K",
        ]

        for place in places {
            let text = place.map { $0 == "K" ? Self.key : String($0) }.joined()
            let found = ManifestText.with(part, text).faults.joined(separator: "\n")
            #expect(!found.contains("Canary"), "\(place): \(found)")
        }
    }
}
