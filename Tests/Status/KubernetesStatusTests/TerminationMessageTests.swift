import JSON
import KubernetesStatus
import NilusCore
import RunStatus
import Testing

struct `A termination message` {
    private func run(_ endpoints: Int, message: String?, name: String = "w") -> WorkflowRun {
        let statuses = (0..<endpoints).map { number in
            var status = EndpointStatus(endpoint: "endpoint_\(number)", mode: "full", strategy: "replace", table: "t")
            status.outcome =
                number == 7
                ? Outcome(NilusError(.extract, .permissionMissing, "x")) : .succeeded(.completed)
            return status
        }
        var run = WorkflowRun(
            workflow: WorkflowReference(name: name, version: nil, workspace: nil, file: "f", digest: "d"), runID: name,
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

    @Test(arguments: ["\u{1}", "\"", "\\", "\u{1}é", "\u{2028}👨‍👩‍👧\""])
    func `fits when every character takes more bytes in JSON`(character: String) throws {
        let hostile = run(
            3, message: String(repeating: character, count: 3_000), name: String(repeating: character, count: 300))

        let bytes = TerminationMessage.bytes([hostile], exitCode: .keyRefused)

        #expect(bytes.count <= 4_096)
        let value = try JSONValue(parsing: bytes)
        let text = try #require(value["message"]?.string)
        #expect(text.hasSuffix("…") && hostile.outcome.message?.hasPrefix(text.dropLast()) == true)
        #expect(text.count > 100, "the message is the most useful of what there is")
        #expect(value["endpoints"]?.array?.isEmpty == false)
    }

    @Test func `names as many failed endpoints as there is room for, none of them in part`() throws {
        var failing = run(400, message: String(repeating: "ü€", count: 2_000))
        for endpoint in 0..<300 {
            failing.nodes[0].endpoints[399 - endpoint].outcome = Outcome(NilusError(.extract, .keyRefused, "ü"))
        }

        let bytes = TerminationMessage.bytes([failing], exitCode: .keyRefused)

        let named = try #require(try JSONValue(parsing: bytes)["endpoints"]?.array)
        #expect(String(validating: bytes, as: UTF8.self) != nil)
        #expect(bytes.count <= 4_096 && bytes.count > 4_096 - 100)
        #expect(named.count > 20 && named.allSatisfy { $0["phase"]?.string == "Failed" && $0["rows"] != nil })
    }

    @Test func `tells of the run that failed when there are several`() throws {
        var good = run(1, message: nil)
        good.outcome = .succeeded(.completed)

        let bytes = TerminationMessage.bytes([good, run(1, message: "bad")], exitCode: .keyRefused)

        #expect(try JSONValue(parsing: bytes)["reason"]?.string == "PermissionMissing")
    }
}
