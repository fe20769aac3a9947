import NilusCore
import RunStatus
import Testing

struct `A run that is stopped at once` {
    private let now = Timestamp(microseconds: 5_000_000)

    private func run(_ nodes: [(Outcome, [Outcome])], _ outcome: Outcome = .running) -> WorkflowRun {
        let statuses = nodes.map { own, endpoints in
            var node = NodeStatus(
                name: "n",
                endpoints: endpoints.map { outcome in
                    var endpoint = EndpointStatus(endpoint: "e", mode: "full", strategy: "replace", table: "t")
                    endpoint.outcome = outcome
                    return endpoint
                })
            node.outcome = own
            return node
        }
        var run = WorkflowRun(
            workflow: WorkflowReference(name: "w", version: nil, workspace: nil, file: "f", digest: "d"), runID: "r",
            loadID: "1", nodes: statuses, envelope: nil)
        run.outcome = outcome
        return run
    }

    @Test func `says so of everything that had not ended, and leaves the rest`() {
        let failed = Outcome(NilusError(.extract, .keyRefused, "no"))
        let before = run([
            (.running, [.succeeded(.completed), .running, .pending]), (failed, [failed]), (.pending, [.pending]),
        ])

        let after = before.interrupted(at: now)

        let phases = after.nodes.map { ([$0.outcome] + $0.endpoints.map(\.outcome)).map(\.phase) }
        #expect(
            phases == [
                [.interrupted, .succeeded, .interrupted, .interrupted], [.failed, .failed],
                [.interrupted, .interrupted],
            ])
        #expect(after.nodes[1].outcome == failed)
        #expect(after.outcome.reason == "Interrupted" && after.exitCode == .tryAgain && after.completionTime == now)
        #expect(after.outcome.message == "cannot finish the run: it was asked to stop at once; run it again")
        #expect(after.revision > before.revision)
    }

    @Test func `keeps its end when it had ended`() {
        var ended = run([(.succeeded(.completed), [.succeeded(.completed)])], .succeeded(.completed))
        ended.exitCode = .done

        let after = ended.interrupted(at: now)

        #expect(after.outcome == .succeeded(.completed) && after.exitCode == .done)
        #expect(after.completionTime == nil && after.revision == ended.revision)
    }
}
