import JSON
import KubernetesAPI
import NilusCore
import Testing
import WorkflowManifest

@testable import Operator

/// A workflow and what a cluster holds of it, as JSON that an API server would send.
struct Cluster {
    var workflow: JSONValue
    var jobs: [JSONValue] = []
    var pods: [JSONValue] = []
    var runs: [JSONValue] = []
    var cronJobs: [JSONValue] = []
    var abilities = ClusterAbilities(hasCronJobs: true, minorVersion: 36)
    var settings = OperatorSettings(image: "nilus:test", jobServiceAccount: "nilus-job")
    var now = Timestamp(microseconds: 1_780_000_000_000_000)

    init(
        _ spec: JSONValue = Cluster.spec(), generation: Int = 1, annotations: JSONValue = [:],
        status: JSONValue = [:], namespace: String = "data"
    ) {
        workflow = [
            "metadata": [
                "name": "loads", "namespace": .string(namespace), "uid": "w1", "generation": .integer(generation),
                "annotations": annotations,
            ],
            "spec": spec, "status": status,
        ]
    }

    static func node(_ name: String, after dependencies: [String] = [], with more: JSONObject = [:]) -> JSONValue {
        var spec: JSONObject = [
            "stack": "nilus:1.0",
            "stackSpec": [
                "source": [
                    "address": "stripe://?api_key={STRIPE_API_KEY}", "options": ["source-table": "charge"],
                ],
                "sink": ["address": "dataos://lakehouse", "options": ["dest-table": .string("stripe.\(name)")]],
            ],
        ]
        for member in more.members { spec[member.name] = member.value }
        var node: JSONObject = ["name": .string(name), "spec": .object(spec)]
        if !dependencies.isEmpty { node["dependencies"] = .array(dependencies.map(JSONValue.string)) }
        return .object(node)
    }

    static func spec(_ nodes: [JSONValue] = [node("only")], _ more: JSONObject = [:]) -> JSONValue {
        var spec: JSONObject = ["dag": .array(nodes)]
        for member in more.members { spec[member.name] = member.value }
        return .object(spec)
    }

    /// A Job of the workflow; `ended` is its condition, if it has one.
    static func job(
        _ name: String, group: String, node: String? = nil, ended: String? = nil, reason: String = "",
        failed: Int = 0, uid: String? = nil, manifest: String = "m"
    ) -> JSONValue {
        var labels: JSONObject = [
            OperatorLabel.workflow: "loads", OperatorLabel.workflowUID: "w1", OperatorLabel.group: .string(group),
            OperatorLabel.manifest: .string(manifest),
        ]
        labels[OperatorLabel.node] = node.map(JSONValue.string)
        var status: JSONObject = ["failed": .integer(failed)]
        if let ended {
            status["conditions"] = [
                [
                    "type": .string(ended), "status": "True", "reason": .string(reason), "message": "as it is",
                    "lastTransitionTime": "2026-01-01T00:00:10Z",
                ]
            ]
            status["completionTime"] = "2026-01-01T00:00:10Z"
        }
        return [
            "metadata": [
                "name": .string(name), "namespace": "data", "uid": .string(uid ?? "u-\(name)"),
                "labels": .object(labels), "creationTimestamp": "2026-01-01T00:00:00Z",
            ],
            "status": .object(status),
        ]
    }

    static func run(
        _ name: String, group: String, node: String? = nil, phase: String? = nil, reason: String? = nil,
        created: String = "2026-01-01T00:00:01Z"
    ) -> JSONValue {
        var labels: JSONObject = [
            OperatorLabel.managedBy: .string(OperatorLabel.manager), OperatorLabel.workflow: "loads",
            OperatorLabel.workflowUID: "w1", OperatorLabel.group: .string(group),
        ]
        labels[OperatorLabel.node] = node.map(JSONValue.string)
        var status = JSONObject()
        status["phase"] = phase.map(JSONValue.string)
        status["reason"] = reason.map(JSONValue.string)
        if phase != nil { status["completionTime"] = "2026-01-01T00:00:09Z" }
        return [
            "metadata": [
                "name": .string(name), "namespace": "data", "uid": .string("u-\(name)"), "labels": .object(labels),
                "creationTimestamp": .string(created),
            ],
            "status": .object(status),
        ]
    }

    /// A pod that its owner, or a label, tells to be of a Job.
    static func pod(of job: String, _ status: JSONValue, marked mark: String = "owner") -> JSONValue {
        var labels: JSONObject = [OperatorLabel.workflow: "loads", OperatorLabel.workflowUID: "w1"]
        if mark != "owner" { labels[mark] = .string("u-\(job)") }
        let owner: JSONValue = ["uid": .string("u-\(job)"), "controller": true]
        return [
            "metadata": [
                "name": .string("\(job)-pod"), "namespace": "data", "uid": .string("p-\(job)"),
                "labels": .object(labels), "ownerReferences": mark == "owner" ? [owner] : [],
            ],
            "status": status,
        ]
    }

    func decide() throws -> Decision { try reconciliation().decide() }

    func reconciliation() throws -> Reconciliation {
        var situation = Situation(workflow: try #require(WorkflowObject(workflow)))
        situation.take(jobs: try jobs.map { try #require(JobObject($0)) })
        situation.pods = try pods.map { try #require(PodObject($0)) }
        situation.runs = try runs.map { try #require(RunObject($0)) }
        situation.cronJobs = try cronJobs.map { try #require(CronJobObject($0)) }
        return Reconciliation(
            situation: situation, settings: settings, abilities: abilities,
            read: { ManifestReader().read($0, file: $1) }, now: now)
    }
}

extension Decision {
    /// Everything that is to be done, in its order.
    var all: [Action] { actions + following + (report.map { [$0] } ?? []) }

    /// The objects of a kind that are to be created, or applied.
    func made(_ kind: String) -> [JSONValue] {
        // Said in full, because a bare 'nil' would be JSON's null.
        all.compactMap { action -> JSONValue? in
            switch action {
            case .create(_, let object), .apply(_, let object): object["kind"]?.string == kind ? object : Optional.none
            default: Optional.none
            }
        }
    }

    func names(_ kind: String) -> [String] { made(kind).compactMap { $0["metadata"]?["name"]?.string } }

    /// The kinds whose status is taken from whoever owns it.
    var forces: [String] {
        all.compactMap { if case .applyStatus(let object, _, true) = $0 { object.kind.kind } else { nil } }
    }

    var deleted: [String] {
        all.compactMap { if case .delete(let object, _, _) = $0 { object.name } else { nil } }
    }

    /// What is declared in the status of a kind.
    func status(_ kind: String) -> JSONValue? {
        for case .applyStatus(let object, let declared, _) in all where object.kind.kind == kind {
            return declared["status"]
        }
        return nil
    }

    func condition(_ type: String) -> JSONValue? {
        status("Workflow")?["conditions"]?.array?.first { $0["type"]?.string == type }
    }
}
