import JSON
import KubernetesStatus
import NilusCore
import RunStatus
import Testing

struct `A termination message` {
    private func run(_ endpoints: Int, message: String?) -> WorkflowRun {
        let statuses = (0..<endpoints).map { number in
            var status = EndpointStatus(endpoint: "endpoint_\(number)", mode: "full", strategy: "replace", table: "t")
            status.outcome =
                number == 7
                ? Outcome(NilusError(.extract, .permissionMissing, "x")) : .succeeded(.completed)
            return status
        }
        var run = WorkflowRun(
            workflow: WorkflowReference(name: "w", version: nil, workspace: nil, file: "f", digest: "d"), runID: "r",
            loadID: "1", nodes: [NodeStatus(name: "n", endpoints: statuses)], envelope: nil)
        if let message {
            let request = ContextItem(ContextItem.requestID, "req_1")
            run.outcome = Outcome(NilusError(.extract, .permissionMissing, message, context: [request]))
        }
        return run
    }

    @Test func `says phase, reason and message first and names failed endpoints before the others`() throws {
        let bytes = TerminationMessage.bytes([run(21, message: "cannot read charges")], exitCode: .keyRefused)

        let value = try JSONValue(parsing: bytes)
        #expect(
            value.object?.members.map(\.name) == [
                "phase", "reason", "message", "requestID", "exitCode", "rowsCommitted", "workflow", "runID",
                "endpoints",
            ])
        #expect(value["exitCode"]?.integer == 77)
        #expect(value["requestID"]?.string == "req_1")
        #expect(value["endpoints"]?.array?.first?["endpoint"]?.string == "endpoint_7")
    }

    @Test(arguments: [0, 1, 20, 200, 5_000])
    func `fits 4096 bytes whatever there is to tell`(endpoints: Int) throws {
        for message in ["short", String(repeating: "é", count: 4_000), String(repeating: "👨‍👩‍👧", count: 900)] {
            let bytes = TerminationMessage.bytes([run(endpoints, message: message)], exitCode: .keyRefused)

            #expect(bytes.count <= 4_096)
            let text = try #require(try JSONValue(parsing: bytes)["message"]?.string)
            #expect(message.hasPrefix(text.filter { $0 != "…" }))
        }
    }

    @Test func `tells of the run that failed when there are several`() throws {
        var good = run(1, message: nil)
        good.outcome = .succeeded(.completed)

        let bytes = TerminationMessage.bytes([good, run(1, message: "bad")], exitCode: .keyRefused)

        #expect(try JSONValue(parsing: bytes)["reason"]?.string == "PermissionMissing")
    }
}
