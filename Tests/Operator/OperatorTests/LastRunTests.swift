import JSON
import NilusCore
import Testing

@testable import Operator

struct `The last run of nodes that have a pod each` {
    private static let parallel = [Cluster.node("a"), Cluster.node("b")]
    private static let diamond = [
        Cluster.node("a"), Cluster.node("b", after: ["a"]), Cluster.node("c", after: ["a"]),
        Cluster.node("d", after: ["b", "c"]),
    ]

    /// A workflow whose nodes ended in the given phases, one second after the other.
    private func ended(_ nodes: [JSONValue], _ phases: [(node: String, phase: String)]) -> Cluster {
        var cluster = Cluster(Cluster.spec(nodes, ["execution": "pod-per-node"]))
        for (second, end) in phases.enumerated() {
            let name = "loads-g1-\(end.node)"
            let result = end.phase == "Succeeded" ? "Complete" : "Failed"
            cluster.jobs.append(Cluster.job(name, group: "g1", node: end.node, ended: result))
            cluster.runs.append(
                Cluster.run(
                    "\(name)-u-\(name)", group: "g1", node: end.node, phase: end.phase,
                    created: "2026-01-01T00:00:0\(second)Z"))
        }
        return cluster
    }

    @Test(arguments: ["Failed", "Interrupted"])
    func `is what the worst of them is, whichever began last`(phase: String) throws {
        let decision = try ended(Self.parallel, [("a", phase), ("b", "Succeeded")]).decide()

        let status = decision.status("Workflow")
        #expect(status?["runtime"]?.string == "failed")
        #expect(status?["lastRun"]?["name"]?.string == "loads-g1-a-u-loads-g1-a")
        #expect(status?["lastRun"]?["phase"]?.string == phase)
        #expect(decision.condition("Succeeded")?["status"]?.string == "False")
    }

    @Test func `tells the node for which the last of a diamond never began`() throws {
        let decision = try ended(
            Self.diamond, [("a", "Succeeded"), ("b", "Failed"), ("c", "Succeeded")]
        ).decide()

        #expect(decision.names("Job") == [])
        #expect(decision.status("Workflow")?["runtime"]?.string == "failed")
        #expect(decision.status("Workflow")?["lastRun"]?["name"]?.string == "loads-g1-b-u-loads-g1-b")
        #expect(decision.condition("Succeeded")?["status"]?.string == "False")
    }

    @Test func `succeeded when all nodes have, and is left to the one that told it last`() throws {
        var cluster = ended(Self.parallel, [("a", "Succeeded"), ("b", "Succeeded")])
        let told: JSONValue = ["lastRun": ["name": "loads-g1-a-u-loads-g1-a", "phase": "Succeeded"]]
        cluster.workflow = Cluster(Cluster.spec(Self.parallel, ["execution": "pod-per-node"]), status: told).workflow

        let decision = try cluster.decide()

        #expect(decision.status("Workflow")?["runtime"]?.string == "succeeded")
        #expect(decision.forces == [])
    }

    @Test func `is taken over from a node that succeeded after another failed`() throws {
        var cluster = ended(Self.parallel, [("a", "Failed"), ("b", "Succeeded")])
        let told: JSONValue = ["lastRun": ["name": "loads-g1-b-u-loads-g1-b", "phase": "Succeeded"]]
        cluster.workflow = Cluster(Cluster.spec(Self.parallel, ["execution": "pod-per-node"]), status: told).workflow

        #expect(try cluster.decide().forces == ["Workflow"])
    }

    @Test func `is not told while another node begins`() throws {
        let chain = [Cluster.node("a"), Cluster.node("b", after: ["a"])]
        var cluster = ended(chain, [("a", "Succeeded")])

        let beginning = try cluster.decide()
        cluster.jobs.append(Cluster.job("loads-g1-b", group: "g1", node: "b"))
        let begun = try cluster.decide()

        let refusal = NilusError(.status, .configurationInvalid, "the API server will not have Job 'loads-g1-b'")
        let refused = try ended(chain, [("a", "Succeeded")]).reconciliation().refused(refusal)

        #expect(beginning.names("Job") == ["loads-g1-b"])
        #expect(refused.forces == [] && refused.status("Workflow")?["lastRun"] == nil)
        for decision in [beginning, begun] {
            #expect(decision.forces == [] && decision.condition("Ready")?["status"]?.string == "True")
            #expect(decision.status("Workflow")?["lastRun"] == nil)
        }
    }

    @Test(arguments: [false, true])
    func `stays as the operator told it until a job tells of the next`(isTakenOver: Bool) throws {
        let told: JSONValue = [
            "lastRun": ["name": "old", "phase": "Interrupted"],
            "conditions": [["type": "Succeeded", "status": "False", "reason": "Interrupted"]],
        ]
        var cluster = Cluster(generation: 2, status: told)
        cluster.jobs = [Cluster.job("loads-g2", group: "g2")]
        cluster.runs = [Cluster.run("loads-g2-u-loads-g2", group: "g2", phase: "Running")]
        var fields: [JSONValue] = ["nilus-operator"]
        if isTakenOver { fields.append("nilus-job") }
        var object = try #require(cluster.workflow.object)
        var metadata = try #require(object["metadata"]?.object)
        metadata["managedFields"] = .array(
            fields.map { manager in
                ["manager": manager, "operation": "Apply", "fieldsV1": ["f:status": ["f:lastRun": ["f:name": [:]]]]]
            })
        object["metadata"] = .object(metadata)
        cluster.workflow = .object(object)

        let decision = try cluster.decide()

        #expect(decision.forces == [])
        #expect(decision.status("Workflow")?["lastRun"]?["name"]?.string == (isTakenOver ? nil : "old"))
        #expect((decision.condition("Succeeded") == nil) == isTakenOver)
    }

    @Test func `keeps the runs of all its nodes, however many they are`() throws {
        var cluster = Cluster(generation: 30)
        cluster.runs = (10..<25).map {
            Cluster.run("run-\($0)", group: "told", node: "n\($0)", phase: $0 == 10 ? "Failed" : "Succeeded")
        }

        let decision = try cluster.decide()

        #expect(decision.deleted == [])
        #expect(decision.status("Workflow")?["lastRun"]?["name"]?.string == "run-10")
    }
}

struct `Runs that overlap` {
    /// The newer run was killed; the pod of the older one goes on.
    private func overlapping(_ older: JSONValue) -> Cluster {
        let spec = Cluster.spec(
            [Cluster.node("only")], ["schedule": ["cron": "0 * * * *", "concurrencyPolicy": "Allow"]])
        var cluster = Cluster(spec)
        cluster.jobs = [
            Cluster.job("loads-1", group: "s"),
            Cluster.job("loads-2", group: "s", ended: "Failed", reason: "BackoffLimitExceeded"),
        ]
        cluster.runs = [
            Cluster.run("loads-1-u-loads-1", group: "s", phase: "Running", created: "2026-01-01T00:00:01Z"),
            Cluster.run("loads-2-u-loads-2", group: "s", phase: "Failed", created: "2026-01-01T00:00:02Z"),
        ]
        cluster.pods = [Cluster.pod(of: "loads-1", older)]
        return cluster
    }

    @Test func `leave the status of the workflow to a pod that lives, of whichever run`() throws {
        let living = try overlapping(["phase": "Running"]).decide()
        let over = try overlapping(["phase": "Failed"]).decide()

        #expect(living.forces == [] && living.status("Workflow")?["lastRun"] == nil)
        #expect(over.forces == ["Workflow"])
        #expect(over.status("Workflow")?["lastRun"]?["name"]?.string == "loads-2-u-loads-2")
    }
}
