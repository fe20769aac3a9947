package import JSON
import KubernetesAPI
package import NilusCore

/// A `WorkflowRun` as the operator sees it: only what it may have to complete or to sum up.
package struct RunObject: Sendable, Equatable {
    package let metadata: ObjectMetadata
    /// Empty until the job, or the operator in its place, reported something.
    package let phase: String
    package let completionTime: Timestamp?
    /// What `Workflow.status` shows of a run.
    package let summary: JSONValue

    static let summaryFields = [
        "phase", "reason", "message", "exitCode", "startTime", "completionTime", "rowsCommitted",
    ]

    /// Reads an object as the API server sends it.
    package init?(_ object: JSONValue) {
        guard let metadata = ObjectMetadata(object) else { return nil }
        self.metadata = metadata
        let status = object["status"]
        phase = status?["phase"]?.string ?? ""
        completionTime = Timestamp(json: status?["completionTime"])
        var fields: JSONObject = ["name": .string(metadata.name)]
        for name in Self.summaryFields { fields[name] = status?[name] }
        summary = .object(fields)
    }

    /// Whether nothing more is expected of it.
    var hasEnded: Bool { ["Succeeded", "Failed", "Interrupted", "Skipped"].contains(phase) }
    var group: String? { metadata.labels[OperatorLabel.group] }
    /// Why it is in its phase.
    var reason: String? { summary["reason"]?.string }
    /// The node that it runs, where each has a run of its own.
    var node: String? { metadata.labels[OperatorLabel.node] }
    var reference: ObjectReference {
        ObjectReference(.workflowRun, namespace: metadata.namespace, name: metadata.name)
    }
}
