import JSON
import KubernetesAPI
import NilusCore
import Testing

@testable import Operator

struct `A workflow with a schedule` {
    private func scheduled(_ schedule: JSONValue, _ more: JSONObject = [:]) -> Cluster {
        var members: JSONObject = ["schedule": schedule]
        for member in more.members { members[member.name] = member.value }
        return Cluster(Cluster.spec([Cluster.node("only")], members))
    }

    @Test func `becomes a CronJob that starts one run at a time`() throws {
        let decision = try scheduled(["cron": "30 3 * * *", "timezone": "Europe/Berlin"]).decide()

        let spec = try #require(decision.made("CronJob").first?["spec"])
        #expect(decision.names("Job") == [])
        #expect(spec["schedule"]?.string == "30 3 * * *" && spec["timeZone"]?.string == "Europe/Berlin")
        #expect(spec["concurrencyPolicy"]?.string == "Forbid" && spec["suspend"]?.boolean == false)
    }

    @Test func `becomes as many CronJobs as it has crons, and drops those of before`() throws {
        var cluster = scheduled(["crons": ["0 * * * *", "30 12 * * *"]])
        cluster.cronJobs = [["metadata": ["name": "loads-c3", "namespace": "data", "uid": "c3"]]]

        let decision = try cluster.decide()

        #expect(decision.names("CronJob") == ["loads", "loads-c2"])
        #expect(decision.deleted == ["loads-c3"])
    }

    @Test func `is not written again when nothing changed`() throws {
        var cluster = scheduled(["cron": "0 * * * *"])
        let made = try #require(try cluster.decide().made("CronJob").first?["metadata"])
        cluster.cronJobs = [
            ["metadata": ["name": "loads", "namespace": "data", "uid": "c", "annotations": made["annotations"] ?? [:]]]
        ]

        #expect(try cluster.decide().names("CronJob") == [])
    }

    @Test func `is suspended at its end, and wakes the operator for that`() throws {
        let end = Timestamp(microseconds: 1_780_000_060_000_000)
        var cluster = scheduled(["cron": "0 * * * *", "endOn": .string(end.description)])
        #expect(try cluster.decide().wakeAt == end)

        cluster.now = end
        let decision = try cluster.decide()

        #expect(decision.made("CronJob").first?["spec"]?["suspend"]?.boolean == true)
        #expect(decision.condition("Ready")?["reason"]?.string == "ScheduleEnded")
    }

    @Test(arguments: [("Forbid", true), ("Replace", true), ("Allow", false)])
    func `holds its CronJob back while a run is under way that somebody asked for`(policy: String, isHeld: Bool) throws
    {
        let schedule: JSONValue = ["cron": "0 * * * *", "concurrencyPolicy": .string(policy)]
        let group = RunGroup.request("now")
        var cluster = Cluster(
            Cluster.spec([Cluster.node("only")], ["schedule": schedule]),
            annotations: [OperatorLabel.runRequest: "now"])
        cluster.jobs = [Cluster.job("loads-\(group)", group: group)]

        let begun = try cluster.decide()
        cluster.jobs = [Cluster.job("loads-\(group)", group: group, ended: "Complete")]
        let ended = try cluster.decide()

        #expect(begun.made("CronJob").first?["spec"]?["suspend"]?.boolean == isHeld)
        #expect(begun.status("Workflow")?["nextScheduleTime"] != nil)
        #expect(ended.made("CronJob").first?["spec"]?["suspend"]?.boolean == false)
    }

    @Test func `is stalled where the cluster has no CronJobs or knows no time zones`() throws {
        var old = scheduled(["cron": "0 * * * *"])
        old.abilities = ClusterAbilities(hasCronJobs: false, minorVersion: 20)
        #expect(try old.decide().condition("Stalled")?["reason"]?.string == "ConfigurationInvalid")

        var zoned = scheduled(["cron": "0 * * * *", "timezone": "Europe/Berlin"])
        zoned.abilities = ClusterAbilities(hasCronJobs: true, minorVersion: 22)
        #expect(try zoned.decide().condition("Stalled") != nil)
    }

    @Test func `says when the next run is due, on the clocks of its zone`() throws {
        let cluster = scheduled(["cron": "30 3 * * *", "timezone": "Europe/Berlin"])

        let decision = try cluster.decide()

        let status = decision.status("Workflow")
        #expect(status?["nextScheduleTime"]?.string == "2026-05-29T01:30:00Z")
        #expect(status?["runtime"]?.string == "next:2026-05-29T03:30:00+02:00")
        #expect(decision.wakeAt == Timestamp(iso8601: "2026-05-29T01:30:00Z"))
    }

    @Test func `says the first of several`() throws {
        let cluster = scheduled(["crons": ["0 12 * * *", "0 4 * * *", "0 20 * * *"]])

        #expect(try cluster.decide().status("Workflow")?["runtime"]?.string == "next:2026-05-29T04:00:00Z")
    }

    @Test func `is running while it runs, and says what is next although it failed`() throws {
        var cluster = scheduled(["cron": "0 * * * *"])
        cluster.jobs = [Cluster.job("loads-29666660", group: "s")]
        #expect(try cluster.decide().status("Workflow")?["runtime"]?.string == "running")

        cluster.jobs = []
        cluster.runs = [Cluster.run("loads-29666660-u", group: "s", phase: "Failed")]
        #expect(try cluster.decide().status("Workflow")?["runtime"]?.string == "next:2026-05-28T21:00:00Z")
    }

    @Test(
        arguments: [
            ["cron": "0 * * * *", "suspend": true], ["cron": "0 * * * *", "endOn": "2026-05-28T21:00:00Z"],
            ["cron": "0 * * * *", "endOn": "2026-01-01"], ["cron": "@every 1h"], ["cron": "0 0 30 2 *"],
            ["cron": "0 * * * *", "timezone": "Europe/Atlantis"],
        ] as [JSONValue])
    func `has no next run when none is to come or none can be told`(schedule: JSONValue) throws {
        var cluster = scheduled(schedule)
        cluster.runs = [Cluster.run("loads-29666660-u", group: "s", phase: "Succeeded")]

        let status = try cluster.decide().status("Workflow")

        #expect(status?["nextScheduleTime"] == nil && status?["runtime"]?.string == "succeeded")
    }

    @Test func `takes back what was next when it is suspended`() throws {
        let shown = try scheduled(["cron": "0 * * * *"]).decide().status("Workflow") ?? [:]
        let spec = Cluster.spec([Cluster.node("only")], ["schedule": ["cron": "0 * * * *", "suspend": true]])

        let status = try #require(try Cluster(spec, status: shown).decide().status("Workflow"))

        #expect(status["nextScheduleTime"] == nil && status["runtime"]?.string == "pending")
    }

    @Test func `that the server refuses is stalled with the server's words`() throws {
        let cluster = scheduled(["cron": "0 * * * *", "timezone": "Europe/Atlantis"])
        let error = NilusError.clusterRefused(
            "reconcile workflow 'loads'",
            ClusterRefusal(status: 422, body: ["message": "unknown time zone Europe/Atlantis"]))

        let decision = try cluster.reconciliation().refused(error)

        #expect(decision.condition("Stalled")?["message"]?.string?.contains("unknown time zone") == true)
        #expect(decision.status("Workflow")?["state"]?.string == "error")
    }
}
