import JSON
import NilusCore
import Testing

@testable import Operator

struct Kill: CustomTestStringConvertible, Sendable {
    let pod: JSONValue
    let jobReason: String
    let phase: String
    let reason: String

    var testDescription: String { "\(jobReason) → \(reason)" }

    init(_ pod: JSONValue, _ jobReason: String = "BackoffLimitExceeded", phase: String = "Failed", as reason: String) {
        self.pod = pod
        self.jobReason = jobReason
        self.phase = phase
        self.reason = reason
    }

    static func ended(_ code: Int, _ reason: String = "Error", _ message: String = "") -> JSONValue {
        [
            "phase": "Failed",
            "containerStatuses": [
                [
                    "state": [
                        "terminated": [
                            "exitCode": .integer(code), "reason": .string(reason), "message": .string(message),
                        ]
                    ]
                ]
            ],
        ]
    }

    static func waiting(_ reason: String) -> JSONValue {
        ["phase": "Pending", "containerStatuses": [["state": ["waiting": ["reason": .string(reason)]]]]]
    }

    private static let told =
        #"{"phase":"Interrupted","reason":"SourceUnavailable","message":"later","rowsCommitted":7}"#

    static let all = [
        Kill(ended(137, "OOMKilled"), as: "OOMKilled"), Kill(["phase": "Failed", "reason": "Evicted"], as: "Evicted"),
        Kill(waiting("CreateContainerConfigError"), "DeadlineExceeded", as: "SecretMissing"),
        Kill(waiting("ImagePullBackOff"), "DeadlineExceeded", as: "ConfigurationInvalid"),
        Kill(["phase": "Failed"], "DeadlineExceeded", as: "DeadlineExceeded"),
        Kill(ended(137), phase: "Interrupted", as: "Interrupted"),
        Kill(ended(143), phase: "Interrupted", as: "Interrupted"),
        Kill(ended(134), "PodFailurePolicy", as: "InternalDefect"), Kill(ended(1), as: "InternalDefect"),
        Kill(ended(75, "Error", told), phase: "Interrupted", as: "SourceUnavailable"),
        // What a container says is not taken on trust.
        Kill(ended(1, "Error", #"{"phase":"Great","reason":"X"}"#), as: "InternalDefect"),
        Kill(ended(1, "Error", #"{"phase":"Failed","reason":"<b>"}"#), as: "InternalDefect"),
        Kill(ended(137, "OOMKilled", told), as: "OOMKilled"),
    ]
}

struct `The end of a run that nobody told` {
    private func complete(_ kill: Kill, failed: Int = 1) throws -> Decision {
        var cluster = Cluster()
        cluster.jobs = [
            Cluster.job("loads-g1", group: "g1", ended: "Failed", reason: kill.jobReason, failed: failed)
        ]
        cluster.pods = [Cluster.pod(of: "loads-g1", kill.pod)]
        cluster.runs = [Cluster.run("loads-g1-u-loads-g1", group: "g1")]
        return try cluster.decide()
    }

    @Test(arguments: Kill.all)
    func `is read from Job and pod`(kill: Kill) throws {
        let status = try complete(kill).status("WorkflowRun")

        #expect(status?["phase"]?.string == kill.phase)
        #expect(status?["reason"]?.string == kill.reason)
        #expect(status?["message"]?.string?.isEmpty == false)
        #expect(status?["conditions"]?.array?.first?["status"]?.string == "False")
    }

    @Test func `waits a while for news of the pods`() throws {
        var cluster = Cluster()
        cluster.now = try #require(Timestamp(iso8601: "2026-01-01T00:00:12Z"))
        cluster.jobs = [
            Cluster.job("loads-g1", group: "g1", ended: "Failed", reason: "BackoffLimitExceeded", failed: 1)
        ]
        cluster.runs = [Cluster.run("loads-g1-u-loads-g1", group: "g1")]

        #expect(try cluster.decide().status("WorkflowRun") == nil)
        #expect(try cluster.decide().wakeAt == Timestamp(iso8601: "2026-01-01T00:00:20Z"))
        cluster.now = try #require(Timestamp(iso8601: "2026-01-01T00:00:20Z"))
        #expect(try cluster.decide().status("WorkflowRun")?["reason"]?.string == "InternalDefect")
    }

    @Test func `is interrupted when its Job is gone`() throws {
        var cluster = Cluster()
        cluster.runs = [Cluster.run("loads-g1-gone", group: "g1")]

        #expect(try cluster.decide().status("WorkflowRun")?["phase"]?.string == "Interrupted")
    }

    @Test(arguments: ["owner", "batch.kubernetes.io/controller-uid", "controller-uid"])
    func `is not told in place of a pod that outlives its Job`(mark: String) throws {
        var cluster = Cluster()
        cluster.runs = [Cluster.run("loads-g1-u-loads-g1", group: "g1")]
        cluster.pods = [Cluster.pod(of: "loads-g1", ["phase": "Running"], marked: mark)]
        #expect(try cluster.decide().status("WorkflowRun") == nil)

        let word = #"{"phase":"Interrupted","reason":"SourceUnavailable","message":"later"}"#
        cluster.pods = [Cluster.pod(of: "loads-g1", Kill.ended(75, "Error", word), marked: mark)]
        #expect(try cluster.decide().status("WorkflowRun")?["reason"]?.string == "SourceUnavailable")

        cluster.pods = []
        #expect(try cluster.decide().status("WorkflowRun")?["reason"]?.string == "Interrupted")
    }

    @Test func `is not told while a pod of a failed Job still ends`() throws {
        let running = try complete(Kill(["phase": "Running"], "DeadlineExceeded", as: "DeadlineExceeded"))
        #expect(running.status("WorkflowRun") == nil)

        let over = try complete(Kill(["phase": "Failed"], "DeadlineExceeded", as: "DeadlineExceeded"))
        #expect(over.status("WorkflowRun")?["reason"]?.string == "DeadlineExceeded")
    }

    /// The word of a job that was stopped, and of one that failed by itself in that time.
    @Test(arguments: [
        ("Interrupted", true, "DeadlineExceeded"), ("Interrupted", false, "DeadlineExceeded"),
        ("KeyRefused", true, nil), ("KeyRefused", false, nil),
    ])
    func `is the deadline and not the signal, once the pod is over or gone`(
        told: String, hasPod: Bool, reason: String?
    ) throws {
        var cluster = Cluster()
        cluster.jobs = [Cluster.job("loads-g1", group: "g1", ended: "Failed", reason: "DeadlineExceeded")]
        cluster.runs = [
            Cluster.run("loads-g1-u-loads-g1", group: "g1", phase: "Interrupted", reason: told)
        ]
        cluster.pods = [Cluster.pod(of: "loads-g1", ["phase": "Running"])]
        #expect(try cluster.decide().status("WorkflowRun") == nil)

        let word = #"{"phase":"Interrupted","reason":"\#(told)","message":"SIGTERM","rowsCommitted":7}"#
        cluster.pods = hasPod ? [Cluster.pod(of: "loads-g1", Kill.ended(75, "Error", word))] : []
        let decision = try cluster.decide()

        #expect(decision.status("WorkflowRun")?["reason"]?.string == reason)
        let notices = decision.all.compactMap { if case .tell(let notice) = $0 { notice.reason } else { nil } }
        #expect(notices == (reason.map { [$0] } ?? []))
        #expect(decision.status("WorkflowRun")?["rowsCommitted"]?.integer == (hasPod && reason != nil ? 7 : nil))
    }

    @Test func `is told of the deadline once`() throws {
        var cluster = Cluster()
        cluster.jobs = [Cluster.job("loads-g1", group: "g1", ended: "Failed", reason: "DeadlineExceeded")]
        cluster.runs = [Cluster.run("loads-g1-u-loads-g1", group: "g1", phase: "Failed", reason: "DeadlineExceeded")]

        let decision = try cluster.decide()

        #expect(decision.status("WorkflowRun") == nil)
        #expect(decision.following == [])
    }

    @Test func `is left to the job that told it`() throws {
        var cluster = Cluster()
        cluster.jobs = [Cluster.job("loads-g1", group: "g1", ended: "Complete")]
        cluster.runs = [Cluster.run("loads-g1-u-loads-g1", group: "g1", phase: "Succeeded")]

        #expect(try cluster.decide().status("WorkflowRun") == nil)
    }

    @Test func `shows no key that a container put into its message`() throws {
        let message = #"{"phase":"Failed","reason":"KeyRefused","message":"no to sk_live_4242abcd"}"#

        let decision = try complete(Kill(Kill.ended(77, "Error", message), as: "KeyRefused"))

        #expect(decision.status("WorkflowRun")?["reason"]?.string == "KeyRefused")
        #expect(!"\(decision)".contains("4242abcd"))
    }
}

struct `The status of a workflow` {
    @Test func `is declared once and then left alone`() throws {
        var cluster = Cluster()
        cluster.jobs = [Cluster.job("loads-g1", group: "g1")]
        cluster.runs = [Cluster.run("loads-g1-u-loads-g1", group: "g1")]
        let status = try #require(try cluster.decide().status("Workflow"))

        var shown = Cluster(status: status)
        shown.jobs = cluster.jobs
        shown.runs = cluster.runs
        shown.now = Timestamp(microseconds: cluster.now.microseconds + 60_000_000)

        #expect(try shown.decide().status("Workflow") == nil)
    }

    @Test func `has short messages, cut between characters`() throws {
        let error = NilusError(.workflow, .configurationInvalid, String(repeating: "ß", count: 4_000))
        let refused = try Cluster().reconciliation().refused(error)

        let message = try #require(refused.condition("Stalled")?["message"]?.string)
        #expect(message.utf8.count <= 1_000 && message.utf8.count > 990 && message.hasSuffix("ß…"))
    }

    @Test func `tells of the last run only when its job cannot`() throws {
        var cluster = Cluster()
        cluster.jobs = [Cluster.job("loads-g1", group: "g1", ended: "Failed", reason: "DeadlineExceeded")]
        cluster.runs = [Cluster.run("loads-g1-u-loads-g1", group: "g1", phase: "Failed")]
        #expect(try cluster.decide().status("Workflow")?["lastRun"]?["phase"]?.string == "Failed")

        var told = Cluster(status: ["lastRun": ["name": "loads-g1-u-loads-g1", "phase": "Failed"]])
        told.jobs = cluster.jobs
        told.runs = cluster.runs
        let status = try told.decide().status("Workflow")
        #expect(status != nil && status?["lastRun"] == nil)
        cluster.pods = [Cluster.pod(of: "loads-g1", ["phase": "Running"])]
        #expect(try cluster.decide().forces == [])
        #expect(status?["runtime"]?.string == "failed")
    }
}

struct `What is kept of the past` {
    @Test func `are a few Jobs of each result, and those whose run has not told its end`() throws {
        var cluster = Cluster(generation: 9)
        for number in 1...8 {
            let name = "loads-g\(number)"
            let result = number <= 6 ? "Complete" : "Failed"
            cluster.jobs.append(
                Cluster.job(name, group: "g\(number)", ended: result, reason: "BackoffLimitExceeded"))
            if number != 2 {
                cluster.runs.append(
                    Cluster.run("\(name)-u-\(name)", group: "g\(number)", phase: number <= 6 ? "Succeeded" : "Failed"))
            }
        }

        let deleted = try cluster.decide().deleted

        #expect(deleted.count == 2 && !deleted.contains("loads-g2") && !deleted.contains("loads-g7"))
    }

    @Test func `are ten runs without a Job`() throws {
        var cluster = Cluster(generation: 30)
        cluster.runs = (10..<25).map {
            Cluster.run("run-\($0)", group: "g\($0)", phase: "Succeeded", created: "2026-01-\($0)T00:00:00Z")
        }

        #expect(try cluster.decide().deleted.sorted() == (10..<15).map { "run-\($0)" })
    }
}
