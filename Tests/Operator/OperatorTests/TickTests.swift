import JSON
import NilusCore
import Testing

@testable import Operator

/// 2026-05-28T20:20:00Z, some minutes before a ``Cluster``'s now.
private let due = 29_666_660

struct `A schedule of nodes that have a pod each` {
    private func scheduled(
        _ policy: String = "Forbid", _ more: JSONObject = [:], annotations: JSONValue = [:]
    ) -> Cluster {
        var members: JSONObject = [
            "schedule": ["crons": ["20 * * * *", "*/30 * * * *"], "concurrencyPolicy": .string(policy)],
            "execution": "pod-per-node",
        ]
        for member in more.members { members[member.name] = member.value }
        let nodes = [Cluster.node("a"), Cluster.node("b", after: ["a"])]
        return Cluster(Cluster.spec(nodes, members), annotations: annotations)
    }

    private func tick(_ minute: Int = due, mark: String = "t", isDeleting: Bool = false) -> JSONValue {
        let name = mark == "t" ? "loads-\(minute)" : "loads-c2-\(minute)"
        var tick = Cluster.job(name, group: mark).object ?? [:]
        guard isDeleting, var metadata = tick["metadata"]?.object else { return .object(tick) }
        metadata["deletionTimestamp"] = "2026-05-28T20:26:00Z"
        tick["metadata"] = .object(metadata)
        return .object(tick)
    }

    private func node(_ name: String, minute: Int = due, ended: String? = nil) -> JSONValue {
        Cluster.job("loads-t\(minute)-\(name)", group: "t\(minute)", node: name, ended: ended)
    }

    @Test func `becomes CronJobs whose Jobs start no pod`() throws {
        let decision = try scheduled().decide()

        let cronJobs = decision.made("CronJob")
        let jobs = cronJobs.compactMap { $0["spec"]?["jobTemplate"] }
        #expect(decision.names("CronJob") == ["loads", "loads-c2"])
        #expect(jobs.allSatisfy { $0["spec"]?["suspend"]?.boolean == true })
        let marks = jobs.map { $0["metadata"]?["labels"]?[OperatorLabel.group]?.string }
        #expect(marks == ["t", "t-2"])
        #expect(decision.names("Job") == [])
        #expect(decision.status("Workflow")?["runtime"]?.string == "next:2026-05-28T20:30:00Z")
    }

    @Test func `starts the nodes that wait for nobody when a tick is there, and has no run for the tick itself`() throws
    {
        var cluster = scheduled()
        cluster.jobs = [tick()]

        let decision = try cluster.decide()

        #expect(decision.names("Job") == ["loads-t\(due)-a"])
        #expect(decision.made("WorkflowRun").isEmpty && decision.deleted == [])
        #expect(decision.status("Workflow")?["runtime"]?.string == "running")
    }

    @Test func `goes on with the nodes after those that succeeded`() throws {
        var cluster = scheduled()
        cluster.jobs = [tick(), node("a", ended: "Complete")]

        let decision = try cluster.decide()

        #expect(decision.names("Job") == ["loads-t\(due)-b"] && decision.deleted == [])
    }

    @Test(arguments: [["Complete", "Complete"], ["Complete", "Failed"], ["Failed"]])
    func `takes the tick away when no node is left to run`(ends: [String]) throws {
        var cluster = scheduled()
        cluster.jobs = [tick()] + zip(["a", "b"], ends).map { node($0, ended: $1) }

        let decision = try cluster.decide()

        #expect(decision.deleted == ["loads-\(due)"] && decision.names("Job") == [])
    }

    @Test func `runs nothing again of which only the run is left`() throws {
        var cluster = scheduled()
        cluster.jobs = [tick()]
        cluster.runs = ["a", "b"].map { (node: String) in
            Cluster.run("loads-t\(due)-\(node)-gone", group: "t\(due)", node: node, phase: "Succeeded")
        }

        let decision = try cluster.decide()

        #expect(decision.names("Job") == [] && decision.deleted == ["loads-\(due)"])
    }

    @Test func `keeps what ran for a tick until the tick ends`() throws {
        var cluster = scheduled()
        cluster.jobs = [tick(), node("b")]
        cluster.runs = (1...20).map {
            Cluster.run("loads-t\(due)-n\($0)-gone", group: "t\(due)", node: "n\($0)", phase: "Succeeded")
        }

        #expect(try cluster.decide().deleted == [])
    }

    @Test func `stops the nodes of a tick that was replaced before it starts the next`() throws {
        var cluster = scheduled("Replace")
        cluster.jobs = [tick(due + 5), node("a")]

        let stopping = try cluster.decide()
        cluster.jobs = [tick(due + 5)]
        let starting = try cluster.decide()

        #expect(stopping.deleted == ["loads-t\(due)-a"] && stopping.names("Job") == [])
        #expect(stopping.condition("Reconciling")?["reason"]?.string == "Replacing")
        #expect(starting.names("Job") == ["loads-t\(due + 5)-a"])
    }

    @Test func `takes a tick that is being deleted for one that is gone`() throws {
        var cluster = scheduled("Replace")
        cluster.jobs = [tick(isDeleting: true), node("a")]

        #expect(try cluster.decide().deleted == ["loads-t\(due)-a"])
    }

    @Test(arguments: [("Forbid", 1), ("Replace", 1), ("Allow", 2)])
    func `lets runs of two cron expressions overlap only when that is allowed`(policy: String, begun: Int) throws {
        var cluster = scheduled(policy)
        cluster.jobs = [tick(), tick(due, mark: "t-2")]

        #expect(try cluster.decide().names("Job").count == begun)
    }

    @Test func `waits for the run that somebody asked for, between its nodes too`() throws {
        let group = RunGroup.request("now")
        var cluster = scheduled(annotations: [OperatorLabel.runRequest: "now"])
        cluster.jobs = [tick(), Cluster.job("loads-\(group)-a", group: group, node: "a", ended: "Complete")]

        let decision = try cluster.decide()

        #expect(decision.names("Job") == ["loads-\(group)-b"] && decision.deleted == [])
    }

    @Test func `lets a run that somebody asks for wait until the tick has ended`() throws {
        var cluster = scheduled(annotations: [OperatorLabel.runRequest: "now"])
        cluster.jobs = [tick(), node("a", ended: "Complete")]

        let decision = try cluster.decide()

        #expect(decision.names("Job") == ["loads-t\(due)-b"])
        #expect(decision.condition("Reconciling")?["reason"]?.string == "RunActive")
    }

    @Test func `leaves a run out that could not begin within an hour`() throws {
        var cluster = scheduled()
        cluster.jobs = [tick(due - 60)]

        let decision = try cluster.decide()

        #expect(decision.deleted == ["loads-\(due - 60)"] && decision.names("Job") == [])
        let reasons = decision.all.compactMap { if case .tell(let notice) = $0 { notice.reason } else { nil } }
        #expect(reasons.contains("Missed"))
    }

    @Test func `goes on with a run that began in time, however long it takes`() throws {
        var cluster = scheduled()
        cluster.jobs = [tick(due - 600), node("a", minute: due - 600, ended: "Complete")]

        #expect(try cluster.decide().names("Job") == ["loads-t\(due - 600)-b"])
    }

    @Test func `begins nothing while it is suspended, and ends what has begun`() throws {
        var cluster = scheduled("Allow", ["suspend": true])
        cluster.jobs = [tick(), tick(due + 5), node("a", ended: "Complete")]

        #expect(try cluster.decide().names("Job") == ["loads-t\(due)-b"])
    }

    @Test func `runs once for a Job that somebody makes of the CronJob`() throws {
        var cluster = scheduled()
        cluster.jobs = [Cluster.job("by-hand", group: "t", uid: "u7")]
        cluster.now = try #require(Timestamp(iso8601: "2026-01-01T00:00:05Z"))

        let name = try #require(try cluster.decide().names("Job").first)

        #expect(name == "loads-t\(ChildName.digest(of: "u7"))-a")
    }

    @Test func `that becomes one pod lets the nodes end that have begun`() throws {
        var cluster = Cluster(Cluster.spec([Cluster.node("a")], ["schedule": ["cron": "20 * * * *"]]))
        cluster.jobs = [tick(), node("a")]
        #expect(try cluster.decide().deleted == [])

        cluster.jobs = [tick(), node("a", ended: "Complete")]
        #expect(try cluster.decide().deleted == ["loads-\(due)"])
        #expect(try cluster.decide().names("Job") == [])
    }

    @Test func `is stalled where Jobs cannot be suspended`() throws {
        var cluster = scheduled()
        cluster.abilities = ClusterAbilities(hasCronJobs: true, minorVersion: 21)

        let decision = try cluster.decide()

        #expect(decision.condition("Stalled")?["reason"]?.string == "ConfigurationInvalid")
        #expect(decision.made("CronJob").isEmpty)
    }
}
