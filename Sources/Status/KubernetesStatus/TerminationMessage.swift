import JSON
package import NilusCore
package import RunStatus

/// What a container leaves behind for Kubernetes: JSON of at most 4,096 bytes, the most useful fact first.
package enum TerminationMessage {
    /// The file that Kubernetes reads unless the pod says otherwise.
    package static let path = "/dev/termination-log"
    /// Kubernetes cuts what is longer, in bytes.
    package static let maximumBytes = 4_096

    /// The message of a process that ran the given workflows.
    package static func bytes(_ runs: [WorkflowRun], exitCode: ExitCode) -> [UInt8] {
        var endpoints: [JSONValue] = []
        var message = document(runs, exitCode, endpoints)
        for endpoint in failedFirst(runs) {
            endpoints.append(endpoint)
            let longer = document(runs, exitCode, endpoints)
            guard longer.compactBytes.count <= maximumBytes else { break }
            message = longer
        }
        return message.compactBytes
    }

    private static func document(_ runs: [WorkflowRun], _ exitCode: ExitCode, _ endpoints: [JSONValue]) -> JSONValue {
        let worst = runs.first { $0.outcome.phase != .succeeded } ?? runs.first
        var fields = JSONObject()
        fields["phase"] = worst.map { .string($0.outcome.phase.rawValue) }
        fields["reason"] = worst?.outcome.reason.map(JSONValue.string)
        fields["message"] = worst?.outcome.message.map { text($0, bytes: 1_500) }
        fields["requestID"] = worst?.outcome.requestID.map { text($0, bytes: 200) }
        fields["exitCode"] = .integer(exitCode.rawValue)
        fields["rowsCommitted"] = .integer(runs.map(\.rowsCommitted).reduce(0, +))
        fields["workflow"] = worst.map { text($0.workflow.name, bytes: 100) }
        fields["runID"] = worst.map { text($0.runID, bytes: 200) }
        if !endpoints.isEmpty { fields["endpoints"] = .array(endpoints) }
        return .object(fields)
    }

    /// A text cut between characters to a number of bytes, those counted that JSON puts before quotes and in the place of
    /// control characters.
    private static func text(_ text: String, bytes limit: Int) -> JSONValue {
        var room = limit
        while true {
            let value = JSONValue.string(MessageText.cut(text, toBytes: room))
            // The two quotes around it are not part of the text.
            let excess = value.compactBytes.count - 2 - limit
            guard excess > 0, room > 0 else { return value }
            // What is dropped takes at most six times its bytes.
            room = max(0, room - (excess + 5) / 6)
        }
    }

    private static func failedFirst(_ runs: [WorkflowRun]) -> [JSONValue] {
        let all = runs.flatMap(\.nodes).flatMap(\.endpoints)
        let ordered = all.filter { $0.outcome.phase != .succeeded } + all.filter { $0.outcome.phase == .succeeded }
        return ordered.map { endpoint in
            var fields: JSONObject = ["endpoint": .string(endpoint.endpoint)]
            fields["phase"] = .string(endpoint.outcome.phase.rawValue)
            fields["reason"] = endpoint.outcome.reason.map(JSONValue.string)
            fields["rows"] = .integer(endpoint.rows.written)
            fields["snapshotID"] = endpoint.commit.map { .integer($0.snapshotID) }
            return .object(fields)
        }
    }
}
