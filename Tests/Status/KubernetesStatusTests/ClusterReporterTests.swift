import Glibc
import KubernetesAPI
import KubernetesStatus
import LoopbackServer
import NilusCore
import RunStatus
import Testing

struct `The reports of a run to the cluster` {
    private func run(_ outcome: Outcome, revision: Int) -> WorkflowRun {
        var run = WorkflowRun(
            workflow: WorkflowReference(name: "w", version: nil, workspace: nil, file: "f", digest: "d"), runID: "r",
            loadID: "1", nodes: [], envelope: nil)
        run.outcome = outcome
        run.revision = revision
        return run
    }

    @Test func `are written one after another, the last one last`() async throws {
        // The run is not there yet; while it is made, it ends.
        let server = try LoopbackServer { number, _ in
            if number == 0 { return .http(404, body: #"{"reason":"NotFound"}"#) }
            if number == 1 { usleep(300_000) }
            return .http(200, body: "{}")
        }
        let client = try KubernetesClient(
            ClusterConnection(server: server.base, authority: nil, credential: .anonymous, namespace: "data"),
            time: .system)
        let reporter = ClusterReporter(
            client, place: ReportPlace(namespace: "data", job: nil, workflow: nil), time: .system, note: { _ in })
        reporter.start()

        reporter.update(run(.running, revision: 1))
        while server.received.count < 2 { try await Task.sleep(for: .milliseconds(1)) }
        reporter.update(run(.succeeded(.completed), revision: 2))
        await reporter.finish()

        let told = server.received.map { request in ["Running", "Succeeded"].first(where: request.contains) }
        #expect(told.suffix(2) == ["Running", "Succeeded"])
        #expect(server.received.map { $0.prefix { $0 != " " } } == ["PATCH", "POST", "PATCH", "PATCH"])
    }
}
