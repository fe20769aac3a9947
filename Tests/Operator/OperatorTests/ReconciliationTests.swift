import JSON
import NilusCore
import Testing

@testable import Operator

struct `A workflow without a schedule` {
    @Test func `gets a manifest and a Job for its generation`() throws {
        let decision = try Cluster(generation: 3).decide()

        #expect(decision.names("Job") == ["loads-g3"])
        let config = try #require(decision.made("ConfigMap").first)
        #expect(config["immutable"]?.boolean == true)
        let volumes = decision.made("Job")[0]["spec"]?["template"]?["spec"]?["volumes"]?.array
        let source = volumes?.first?["projected"]?["sources"]?.array?.first
        #expect(source?["configMap"]?["name"] == config["metadata"]?["name"])
        let owner = decision.made("Job")[0]["metadata"]?["ownerReferences"]?.array?.first
        #expect(owner?["uid"]?.string == "w1" && owner?["controller"]?.boolean == true)
    }

    @Test func `leaves it to its pod to try a node again`() throws {
        var node = Cluster.node("only").object ?? [:]
        node["retry"] = ["count": 7]

        let decision = try Cluster(Cluster.spec([.object(node)])).decide()

        #expect(decision.made("Job")[0]["spec"]?["backoffLimit"]?.integer == 3)
        #expect(decision.made("ConfigMap")[0]["data"]?["config.yaml"]?.string?.contains("\"count\": 7") == true)
    }

    /// With `FallbackToLogsOnError` the tail of a log would stand in the status of the pod.
    @Test func `runs in a pod whose termination message is what the job writes and nothing else`() throws {
        let pod = try Cluster().decide().made("Job").first?["spec"]?["template"]?["spec"]

        let container = try #require(pod?["containers"]?.array?.first)
        #expect(container["terminationMessagePath"]?.string == "/dev/termination-log")
        #expect(container["terminationMessagePolicy"]?.string == "File")
    }

    @Test func `gets nothing more when everything is there`() throws {
        var cluster = Cluster()
        cluster.jobs = [Cluster.job("loads-g1", group: "g1")]
        cluster.runs = [Cluster.run("loads-g1-u-loads-g1", group: "g1")]

        let decision = try cluster.decide()

        #expect(decision.names("Job") == [] && decision.names("WorkflowRun") == [] && decision.deleted == [])
    }

    @Test func `does not run again when the Job of its run is gone`() throws {
        var cluster = Cluster()
        cluster.runs = [Cluster.run("loads-g1-gone", group: "g1", phase: "Succeeded")]

        #expect(try cluster.decide().names("Job") == [])
    }

    @Test func `waits until the run of an older spec is stopped`() throws {
        var cluster = Cluster(generation: 2)
        cluster.jobs = [Cluster.job("loads-g1", group: "g1")]
        let decision = try cluster.decide()

        #expect(decision.deleted == ["loads-g1"])
        #expect(decision.names("Job") == [])
        #expect(decision.condition("Reconciling")?["reason"]?.string == "Replacing")
    }

    @Test func `runs beside an older run that has ended`() throws {
        var cluster = Cluster(generation: 2)
        cluster.jobs = [Cluster.job("loads-g1", group: "g1", ended: "Complete")]

        #expect(try cluster.decide().names("Job") == ["loads-g2"])
    }

    @Test func `that is being deleted is left alone`() throws {
        var cluster = Cluster()
        var metadata = try #require(cluster.workflow["metadata"]?.object)
        metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z"
        cluster.workflow = ["metadata": .object(metadata), "spec": Cluster.spec()]

        #expect(try cluster.decide() == Decision())
    }

    @Test func `that is suspended runs only when somebody asks, and once for each time`() throws {
        let suspended = Cluster.spec([Cluster.node("only")], ["suspend": true])
        #expect(try Cluster(suspended).decide().names("Job") == [])

        var asked = Cluster(suspended, annotations: [OperatorLabel.runRequest: "now"])
        let name = try #require(try asked.decide().names("Job").first)
        #expect(name == "loads-r\(ChildName.digest(of: "now"))")
        asked.jobs = [Cluster.job(name, group: String(name.dropFirst(6)), ended: "Complete")]
        #expect(try asked.decide().names("Job") == [])
    }
}

struct `A workflow of one pod for each node` {
    private let spec = Cluster.spec(
        [Cluster.node("a"), Cluster.node("b", after: ["a"]), Cluster.node("c", after: ["b"])],
        ["execution": "pod-per-node"])

    @Test func `begins with the nodes that wait for nobody`() throws {
        let decision = try Cluster(spec).decide()

        #expect(decision.names("Job") == ["loads-g1-a"])
        #expect(decision.condition("Reconciling")?["reason"]?.string == "NodesWaiting")
    }

    @Test func `goes on when a node has succeeded`() throws {
        var cluster = Cluster(spec)
        cluster.jobs = [Cluster.job("loads-g1-a", group: "g1", node: "a", ended: "Complete")]

        #expect(try cluster.decide().names("Job") == ["loads-g1-b"])
    }

    @Test func `leaves it to Kubernetes to try a node again, as often as the node says`() throws {
        func node(_ name: String, _ retry: JSONValue?) -> JSONValue {
            var node = Cluster.node(name).object ?? [:]
            node["retry"] = retry
            return .object(node)
        }
        let nodes = [
            node("never", ["count": 0]), node("often", ["count": 7, "duration": "60s"]), node("unsaid", nil),
        ]

        let decision = try Cluster(Cluster.spec(nodes, ["execution": "pod-per-node"])).decide()

        #expect(decision.made("Job").map { $0["spec"]?["backoffLimit"]?.integer } == [0, 7, 3])
        let manifests = decision.made("ConfigMap").compactMap { $0["data"]?["config.yaml"]?.string }
        #expect(manifests.count == 3 && !manifests.contains { $0.contains("retry") })
        let told = decision.all.compactMap { if case .tell(let notice) = $0 { notice.message } else { nil } }
        #expect(told.filter { $0.contains("'duration'") }.count == 1)
    }

    @Test func `ends where a node failed`() throws {
        var cluster = Cluster(spec)
        cluster.jobs = [Cluster.job("loads-g1-a", group: "g1", node: "a", ended: "Failed")]

        let decision = try cluster.decide()

        #expect(decision.names("Job") == [])
        #expect(decision.condition("Reconciling") == nil)
    }
}

struct `A faulty workflow` {
    @Test(arguments: [
        ("HTTPS_PROXY", "proxy"), ("LD_PRELOAD", "load code"), ("NILUS_STRIPE_API_BASE", "where the key is sent"),
    ])
    func `must not say where requests go`(variable: String, sentence: String) throws {
        let node = Cluster.node("only", with: ["envs": .object([variable: "x"])])

        let decision = try Cluster(Cluster.spec([node])).decide()

        #expect(decision.condition("Stalled")?["message"]?.string?.contains(sentence) == true)
        #expect(decision.names("Job") == [] && decision.status("Workflow")?["state"]?.string == "error")
    }

    @Test(arguments: ["SOME_KEY", "AWS_SECRET_ACCESS_KEY"])
    func `with a credential in it is copied nowhere`(variable: String) throws {
        let value = variable == "SOME_KEY" ? "sk_test_canary" : "canary"
        let node = Cluster.node("only", with: ["envs": .object([variable: .string(value)])])

        let decision = try Cluster(Cluster.spec([node])).decide()

        #expect(
            decision.condition("Stalled")?["message"]?.string?.hasSuffix(
                "the credential in variable '\(variable)' stands in the manifest, where others can read it; put it into "
                    + "an instance secret") == true)
        #expect(["ConfigMap", "Job", "CronJob"].allSatisfy { decision.names($0).isEmpty })
        #expect(!String(reflecting: decision).contains("canary"))
    }

    @Test func `keeps telling how its earlier runs stand`() throws {
        var cluster = Cluster(["dag": []], generation: 2)
        cluster.jobs = [Cluster.job("loads-g1", group: "g1")]

        let decision = try cluster.decide()

        #expect(decision.names("WorkflowRun") == ["loads-g1-u-loads-g1"])
        #expect(decision.deleted == [])
    }

    @Test func `cannot use a secret of another namespace`() throws {
        let secrets: JSONValue = [["name": "s", "workspace": "elsewhere"]]
        let node = Cluster.node("only", with: ["dataosSecrets": secrets])

        #expect(
            try Cluster(Cluster.spec([node])).decide().condition("Stalled")?["message"]?.string?.contains("elsewhere")
                == true)
    }
}

extension JSONObject {
    fileprivate init(_ pairs: [String: JSONValue]) {
        self = [:]
        for (name, value) in pairs { self[name] = value }
    }
}

extension JSONValue {
    fileprivate static func object(_ pairs: [String: JSONValue]) -> JSONValue { .object(JSONObject(pairs)) }
}
