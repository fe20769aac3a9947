import JSON
import KubernetesAPI
import NilusCore
import RunStatus

// What a job declares to the API server. Operator and job own different fields of both resources.

extension WorkflowRun {
    /// The status of the run as a server-side apply of its `status` subresource.
    func statusDeclaration(_ reference: ObjectReference, now: Timestamp) -> JSONValue {
        let status = resource["status"] ?? [:]
        return reference.declaration(["status": completed(status, now: now)])
    }

    /// The whole resource, for a cluster where no operator creates it.
    func creation(_ reference: ObjectReference, place: ReportPlace) -> JSONValue {
        var metadata: JSONObject = ["name": .string(reference.name), "namespace": .string(reference.namespace)]
        metadata["labels"] = ["nilus.dataos.io/workflow": .string(ResourceText.label(workflow.name))]
        if let job = place.job {
            // The run is kept for as long as its Job is.
            metadata["ownerReferences"] = [
                [
                    "apiVersion": .string(KubernetesResource.job.apiVersion), "kind": "Job", "name": .string(job.name),
                    "uid": .string(job.uid),
                ]
            ]
        }
        return [
            "apiVersion": .string(KubernetesResource.workflowRun.apiVersion), "kind": "WorkflowRun",
            "metadata": .object(metadata), "spec": resource["spec"] ?? [:],
        ]
    }

    /// What the job tells of itself in the status of its `Workflow`.
    func workflowDeclaration(_ workflow: ObjectReference, runName: String, now: Timestamp) -> JSONValue {
        let status = completed(resource["status"] ?? [:], now: now)
        var last: JSONObject = ["name": .string(runName)]
        for field in ["phase", "reason", "message", "exitCode", "startTime", "completionTime", "rowsCommitted"] {
            last[field] = status[field]
        }
        return workflow.declaration(["status": ["lastRun": .object(last), "conditions": status["conditions"] ?? []]])
    }

    /// The moment of success as a merge patch, so that the declaration of a later run does not take it away.
    var successPatch: JSONValue? {
        guard outcome.phase == .succeeded, let completionTime else { return nil }
        return ["status": ["lastSuccessfulTime": .string(completionTime.description)]]
    }

    /// Kubernetes wants a transition time and a message in every condition, also before the run began.
    private func completed(_ status: JSONValue, now: Timestamp) -> JSONValue {
        guard var fields = status.object, let conditions = status["conditions"]?.array else { return status }
        fields["conditions"] = .array(
            conditions.map { condition in
                guard var facts = condition.object else { return condition }
                facts["lastTransitionTime"] = facts["lastTransitionTime"] ?? .string(now.description)
                let message = facts["message"]?.string ?? ""
                facts["message"] =
                    message.isEmpty
                    ? facts["reason"] : .string(MessageText.cut(message, toBytes: MessageText.conditionBytes))
                return .object(facts)
            })
        // Older servers take an empty text in a server-side apply for null, and refuse that.
        for member in fields.members where member.value.string?.isEmpty == true { fields[member.name] = nil }
        return .object(fields)
    }
}

extension ObjectReference {
    /// The object with some fields, as a server-side apply wants it.
    fileprivate func declaration(_ fields: JSONObject) -> JSONValue {
        var object: JSONObject = [
            "apiVersion": .string(kind.apiVersion), "kind": .string(kind.kind),
            "metadata": ["name": .string(name), "namespace": .string(namespace)],
        ]
        for member in fields.members { object[member.name] = member.value }
        return .object(object)
    }
}
