import JSON
import KubernetesAPI
import NilusCore
import Testing

@testable import Operator

struct `What an API server refuses` {
    /// A workflow whose CronJob is to be made, with an earlier run that was killed and a Job that has no run yet.
    private func situation() throws -> Decision {
        var cluster = Cluster(Cluster.spec([Cluster.node("only")], ["schedule": ["cron": "0 * * * *"]]))
        cluster.jobs = [
            Cluster.job("loads-1", group: "s", ended: "Failed", reason: "BackoffLimitExceeded", failed: 1),
            Cluster.job("loads-2", group: "s"),
        ]
        cluster.pods = [Cluster.pod(of: "loads-1", Kill.ended(137, "OOMKilled"))]
        cluster.runs = [Cluster.run("loads-1-u-loads-1", group: "s", phase: "Running")]
        return try cluster.decide()
    }

    /// What is done of a decision when the server says no to one kind of object, and the failure.
    private func done(
        _ decision: Decision, without kind: String, _ failure: ClusterFailure
    ) async -> (done: Decision, failure: ClusterFailure?) {
        var done = Decision()
        do throws(ClusterFailure) {
            try await decision.carryOut { action async throws(ClusterFailure) in
                if action.kind == kind { throw failure }
                done.actions.append(action)
            }
        } catch {
            return (done, error)
        }
        return (done, nil)
    }

    private func refusal(_ status: Int) -> ClusterFailure { .refused(ClusterRefusal(status: status, body: nil)) }

    @Test func `does not keep earlier runs from being told, nor later Jobs from having one`() async throws {
        let decision = try situation()

        let (done, failure) = await done(decision, without: "CronJob", refusal(422))

        #expect(failure?.refusal?.status == 422)
        #expect(done.status("WorkflowRun")?["reason"]?.string == "OOMKilled")
        #expect(done.names("WorkflowRun") == ["loads-2-u-loads-2"])
        #expect(decision.status("Workflow") != nil && done.status("Workflow") == nil)
        let told = done.actions.compactMap { if case .tell(let notice) = $0 { notice.reason } else { nil } }
        #expect(told == ["OOMKilled"])
    }

    @Test func `of a run does not keep the next from being made`() async throws {
        let (done, failure) = await done(try situation(), without: "WorkflowRun", refusal(403))

        #expect(failure?.refusal?.status == 403)
        #expect(done.names("CronJob") == ["loads"])
        #expect(done.status("Workflow") == nil)
    }

    @Test func `is one thing, and no answer another: then nothing more is tried`() async throws {
        let (done, failure) = await done(try situation(), without: "CronJob", .unreachable("no answer"))

        #expect(failure?.isTransient == true)
        #expect(done.names("WorkflowRun") == [] && done.status("WorkflowRun") == nil)
    }

    @Test func `is nothing as a rule: everything is done, the report last`() async throws {
        let decision = try situation()

        let (done, failure) = await done(decision, without: "", refusal(422))

        #expect(failure == nil && done.actions == decision.all)
        #expect(done.actions.last == decision.report && decision.report != nil)
    }
}

extension Action {
    /// The kind of object that it changes; of a notice, none.
    fileprivate var kind: String? {
        switch self {
        case .create(let object, _), .apply(let object, _), .applyStatus(let object, _, _), .delete(let object, _, _):
            object.kind.kind
        case .tell: nil
        }
    }
}
