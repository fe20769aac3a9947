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
        fields["message"] = worst?.outcome.message.map { .string(MessageText.cut($0, toBytes: 1_500)) }
        fields["requestID"] = worst?.outcome.requestID.map { .string(MessageText.cut($0, toBytes: 200)) }
        fields["exitCode"] = .integer(exitCode.rawValue)
        fields["rowsCommitted"] = .integer(runs.map(\.rowsCommitted).reduce(0, +))
        fields["workflow"] = worst.map { .string(MessageText.cut($0.workflow.name, toBytes: 100)) }
        fields["runID"] = worst.map { .string(MessageText.cut($0.runID, toBytes: 200)) }
        if !endpoints.isEmpty { fields["endpoints"] = .array(endpoints) }
        return .object(fields)
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
