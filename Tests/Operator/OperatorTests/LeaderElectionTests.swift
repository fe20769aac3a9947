import ClusterResources
import JSON
import KubernetesAPI
import NilusCore
import Testing

@testable import Operator

struct `An election of operators` {
    private let utc = Timestamp(microseconds: 1_780_000_000_000_000)

    private func election(_ identity: String = "me") -> LeaderElection {
        LeaderElection(identity: identity, name: "lease", namespace: "data")
    }

    private func lease(_ holder: String, version: String = "1") -> JSONValue {
        [
            "metadata": ["name": "lease", "resourceVersion": .string(version)],
            "spec": ["holderIdentity": .string(holder), "leaseTransitions": 4, "acquireTime": "then"],
        ]
    }

    @Test func `begins with a Lease of one's own`() {
        var election = election()

        guard case .create(let document) = election.step(nil, monotonic: .zero, utc: utc) else {
            Issue.record("no creation")
            return
        }
        #expect(document["spec"]?["holderIdentity"]?.string == "me")
        #expect(document["spec"]?["renewTime"]?.string == "2026-05-28T20:26:40.000000Z")
    }

    @Test func `waits for another that renews, and takes over from one that does not`() {
        var election = election()

        #expect(election.step(lease("other"), monotonic: .seconds(0), utc: utc) == .wait)
        #expect(election.step(lease("other", version: "2"), monotonic: .seconds(14), utc: utc) == .wait)
        #expect(election.step(lease("other", version: "2"), monotonic: .seconds(28), utc: utc) == .wait)
        guard
            case .replace(let document) = election.step(lease("other", version: "2"), monotonic: .seconds(29), utc: utc)
        else {
            Issue.record("not taken over")
            return
        }
        #expect(document["spec"]?["leaseTransitions"]?.integer == 5)
        #expect(document["metadata"]?["resourceVersion"]?.string == "2")
    }

    @Test func `takes a Lease at once that was given back`() {
        var election = election()

        #expect(election.step(lease(""), monotonic: .zero, utc: utc) != .wait)
    }

    @Test func `ends for a leader that could not renew in time, before another may begin`() {
        var election = election()
        election.renewed(at: .seconds(100))

        #expect(election.leads(at: .seconds(109)))
        #expect(!election.leads(at: .seconds(110)))
        #expect(LeaderElection.renewDeadline < LeaderElection.leaseDuration)
        election.lost()
        #expect(!election.leads(at: .seconds(100)))
    }

    @Test func `gives back only what is one's own`() {
        #expect(election().released(lease("other"), utc: utc) == nil)
        #expect(election().released(lease("me"), utc: utc)?["spec"]?["holderIdentity"]?.string == "")
    }
}

struct `Names of children` {
    @Test(arguments: [
        String(repeating: "a", count: 48), "short", "with.dots.in.it", String(repeating: "long-", count: 40) + "end",
    ])
    func `fit a CronJob and are the same each time`(workflow: String) {
        for suffix in ["g1", "g123456-\(String(repeating: "n", count: 48))", "m01234567"] {
            let name = ChildName.make(workflow, suffix)

            #expect(name.utf8.count <= 52)
            #expect(name == ChildName.make(workflow, suffix))
            #expect(!name.contains(".") && !name.hasSuffix("-"))
            #expect(name != ChildName.make(workflow, suffix + "0"))
        }
    }
}

struct `The names of two workflows' children` {
    @Test func `differ, though one workflow is called like a child of the other`() {
        let workflows = [
            "a", "a-c2", "a-g1", "a-g1-g1", "a-m01234567", "a-r89abcdef", "a-t29000000", "a-2", "a-g", "a-b",
        ]
        let suffixes = [
            nil, "c2", "c3", "g1", "g2", "g1-g1", "g1-c2", "g1-m01234567", "m01234567", "m89abcdef", "r89abcdef",
            "t29000000-g1", "t29000000-b",
        ]

        let names = workflows.flatMap { workflow in suffixes.map { ChildName.make(workflow, $0) } }

        #expect(Set(names).count == workflows.count * suffixes.count)
        #expect(ChildName.make("a-b", "g1") == "a-b-g1" && ChildName.make("a-2") == "a-2")
    }

    @Test func `differ where they are cut, and end in no number, which would be a minute`() {
        let long = String(repeating: "a", count: 45)
        let suffixes = (1...200).map { "g\($0)-n" }

        let names = suffixes.flatMap { [ChildName.make("\(long)-g1", $0), ChildName.make(long, "g1-\($0)")] }

        #expect(Set(names).count == 400)
        #expect(names.allSatisfy { name in name.split(separator: "-").last.map { Int($0) == nil } ?? false })
    }
}

struct `The object of a name` {
    private func holder(_ owner: JSONValue?) throws -> NameHolder {
        let workflow = try #require(WorkflowObject(Cluster().workflow)).metadata
        let object = owner.map { owner -> JSONValue in ["metadata": ["name": "x", "ownerReferences": [owner]]] }
        return NameHolder(of: object, for: workflow)
    }

    private func owner(_ kind: String, _ name: String, _ uid: String) -> JSONValue {
        ["kind": .string(kind), "name": .string(name), "uid": .string(uid), "controller": true]
    }

    @Test func `is the workflow's own only by its uid`() throws {
        #expect(try holder(nil) == .nobody)
        #expect(try holder(owner("Workflow", "loads", "w1")) == .workflow)
        #expect(try holder(owner("Workflow", "loads", "w0")) == .earlier)
        #expect(try holder(owner("Workflow", "other", "w2")) == .other("Workflow 'other'"))
        #expect(try holder(owner("CronJob", "loads", "c1")) == .other("CronJob 'loads'"))
        let unmarked: JSONValue = ["kind": "Workflow", "name": "loads", "uid": "w1"]
        #expect(try holder(unmarked) == .other("nobody that the operator knows"))
    }
}

struct `The pod of a job` {
    private func pod(_ more: JSONObject) throws -> JSONValue {
        let decision = try Cluster(Cluster.spec([Cluster.node("only", with: more)])).decide()
        return try #require(decision.made("Job").first?["spec"]?["template"]?["spec"])
    }

    private func variables(_ pod: JSONValue) -> [String: JSONValue] {
        let items = pod["containers"]?.array?.first?["env"]?.array ?? []
        return Dictionary(uniqueKeysWithValues: items.map { ($0["name"]?.string ?? "", $0) })
    }

    @Test func `is hardened as the strictest policy wants it`() throws {
        let pod = try pod([:])
        let container = try #require(pod["containers"]?.array?.first)

        #expect(pod["securityContext"]?["runAsNonRoot"]?.boolean == true)
        #expect(pod["securityContext"]?["seccompProfile"]?["type"]?.string == "RuntimeDefault")
        #expect(pod["automountServiceAccountToken"]?.boolean == false && pod["enableServiceLinks"]?.boolean == false)
        #expect(container["securityContext"]?["allowPrivilegeEscalation"]?.boolean == false)
        #expect(container["securityContext"]?["capabilities"]?["drop"] == ["ALL"])
        #expect(container["resources"]?["requests"] == container["resources"]?["limits"])
        #expect(container["resources"]?["limits"]?["memory"]?.string == "128Mi")
    }

    @Test func `has the envelope of the workflow`() throws {
        let limits = try pod(["resources": ["limits": ["cpu": "0.5", "memory": "256Mi"]]])["containers"]?.array?.first?[
            "resources"]?["limits"]

        #expect(limits?["cpu"]?.string == "500m" && limits?["memory"]?.string == "268435456")
    }

    @Test func `mounts a depot from where it is applied, however long its name`() throws {
        let depot = String(repeating: "a", count: 48)
        let text = "{name: \(depot), version: v2alpha, type: depot, depot: {type: S3}}"
        let applied = try #require(
            try DeclaredResource.read(text.utf8, file: "f.yaml", environment: EnvironmentVariables([:])).first)
        var node = try #require(Cluster.node("only")["spec"]?["stackSpec"]?.object)
        node["sink"] = ["address": .string("dataos://\(depot)"), "options": ["dest-table": "stripe.charge"]]

        let sources = try pod(["stackSpec": .object(node)])["volumes"]?.array?.first?["projected"]?["sources"]?.array

        #expect(
            sources?.last?["configMap"]?["name"]?.string == (try applied.object(namespace: "data").reference.name))
    }

    @Test func `gets named keys as variables, everything else in files, all of it optional`() throws {
        let secrets: JSONValue = [
            ["name": "one", "key": "A"], ["name": "two", "allKeys": true],
            ["name": "three", "keys": ["B"], "consumptionType": "file"],
        ]
        let pod = try pod(["dataosSecrets": secrets])

        let reference = variables(pod)["A"]?["valueFrom"]?["secretKeyRef"]
        #expect(reference?["name"]?.string == "one" && reference?["optional"]?.boolean == true)
        let volumes = (pod["volumes"]?.array ?? []).compactMap { $0["secret"] }
        #expect(volumes.map { $0["secretName"]?.string } == ["two", "three"])
        #expect(volumes.allSatisfy { $0["optional"]?.boolean == true && $0["defaultMode"]?.integer == 0o440 })
        #expect(volumes[1]["items"] == [["key": "B", "path": "B"]])
    }

    @Test func `takes variables over, except those of the platform`() throws {
        let variables = variables(
            try pod(["envs": ["SCHEMA_NAMING": "direct", "DATAOS_CONFIG_DIR": "/x", "PATH": "/x", "N": "$(PATH)"]]))

        #expect(variables["SCHEMA_NAMING"]?["value"]?.string == "direct")
        #expect(variables["DATAOS_CONFIG_DIR"]?["value"]?.string == "/etc/dataos/config")
        #expect(variables["PATH"] == nil)
        #expect(variables["N"]?["value"]?.string == "$$(PATH)")
    }
}
