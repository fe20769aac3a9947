import Glibc
import JSON
import NilusCore
import Testing

@testable import Operator

struct `What an operator makes of a workflow` {
    /// What is made is recorded in `Tests/Golden/Operator`, where `make check-manifests` holds it to the standards of
    /// everything that is deployed.
    ///
    /// To record it anew after a deliberate change, run the test with `RECORD_GOLDEN=1` and review the difference.
    @Test(arguments: Sample.all)
    func `is what was recorded`(sample: Sample) throws {
        // The namespace of the deployment, whose network rules have to meet the pods.
        var cluster = Cluster(sample.spec, namespace: "nilus")
        cluster.settings = OperatorSettings(
            image: "registry.example.com/nilus@sha256:\(String(repeating: "0", count: 64))",
            jobServiceAccount: "nilus-job")
        cluster.settings.imagePullPolicy = "Always"
        cluster.jobs = sample.ticks
        let path =
            #filePath.dropLast("Operator/OperatorTests/RecordedChildrenTests.swift".count)
            + "Golden/Operator/\(sample.name).yaml"

        let decision = try cluster.decide()

        let made = ["ConfigMap", "CronJob", "Job"].flatMap { decision.made($0) }
        let text = made.map { "---\n" + String(decoding: $0.prettyBytes, as: UTF8.self) }.joined()
        if getenv("RECORD_GOLDEN") != nil { try Files.replace(String(path), with: text.utf8, isDurable: false) }
        let recorded = try Files.read(String(path), limit: 1_000_000)
        #expect(text == String(decoding: recorded, as: UTF8.self))
        #expect(made.count == sample.count)
    }
}

struct Sample: CustomTestStringConvertible, Sendable {
    let name: String
    let spec: JSONValue
    /// How many objects it becomes.
    let count: Int
    var ticks: [JSONValue] = []

    var testDescription: String { name }

    static let all = [
        Sample(name: "once", spec: Cluster.spec([full("charges")]), count: 2),
        Sample(
            name: "scheduled",
            spec: Cluster.spec(
                [full("charges"), full("refunds", after: ["charges"])],
                ["schedule": ["crons": ["30 3 * * *", "0 12 * * 1"], "timezone": "Europe/Berlin"]]),
            count: 3),
        Sample(
            name: "nodes-on-a-schedule",
            spec: Cluster.spec(
                [full("charges", with: ["retry": ["count": 5]]), full("refunds")],
                ["schedule": ["cron": "20 * * * *"], "execution": "pod-per-node"]),
            count: 5, ticks: [Cluster.job("loads-29666660", group: "t")]),
        Sample(
            name: "secret-in-a-variable",
            spec: Cluster.spec([full("charges", secret: ["name": "stripe-secret", "key": "STRIPE_API_KEY"])]), count: 2),
    ]

    /// A node with everything that reaches its pod.
    private static func full(
        _ name: String, after dependencies: [String] = [], with more: JSONObject = [:],
        secret: JSONValue = ["name": "stripe-secret", "key": "STRIPE_API_KEY", "consumptionType": "file"]
    ) -> JSONValue {
        let spec: JSONObject = [
            "dataosSecrets": [secret], "envs": ["SCHEMA_NAMING": "direct"], "logLevel": "INFO",
            "resources": ["limits": ["cpu": "200m", "memory": "192Mi"]],
        ]
        var node = Cluster.node(name, after: dependencies, with: spec).object ?? [:]
        for member in more.members { node[member.name] = member.value }
        return .object(node)
    }
}
