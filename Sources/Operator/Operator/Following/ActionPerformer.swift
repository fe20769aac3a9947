import JSON
import KubernetesAPI
import Logging
import NilusCore

/// Does what a decision asks for.
struct ActionPerformer: Sendable {
    let client: KubernetesClient
    let time: TimeSource
    let logger: Logger
    let meter: OperatorMeter
    /// Who tells: the name of this operator's pod.
    let instance: String

    /// The server refuses a note of more, in bytes.
    private static let noteBytes = 1_024

    /// Does what was decided for a workflow.
    ///
    /// - Throws: the first failure.
    func perform(_ decision: Decision, for workflow: WorkflowObject) async throws(ClusterFailure) {
        try await decision.carryOut { action async throws(ClusterFailure) in
            try await perform(action, for: workflow)
        }
    }

    private func perform(_ action: Action, for workflow: WorkflowObject) async throws(ClusterFailure) {
        switch action {
        case .create(let object, let manifest): try await create(object, manifest, for: workflow.metadata)
        case .apply(let object, let manifest): try await apply(object, manifest, for: workflow.metadata)
        case .applyStatus(let object, let status, let force): try await applyStatus(object, status, force)
        case .delete(let object, let uid, let propagation): try await delete(object, uid, propagation)
        case .tell(let notice): await tell(notice, of: workflow)
        }
    }

    private func create(
        _ object: ObjectReference, _ manifest: JSONValue, for workflow: ObjectMetadata
    ) async throws(ClusterFailure) {
        meter.count(.writes)
        do throws(ClusterFailure) {
            _ = try await client.create(
                object.kind, namespace: object.namespace, manifest, manager: OperatorSettings.fieldManager)
            log("created", object)
        } catch  where error.refusal?.reason == "AlreadyExists" {
            // The name of a run holds the uid of its Job, so that no other has it.
            if object.kind != .workflowRun { _ = try await isFree(object, for: workflow) }
        }
    }

    /// Declares an object, with force: but not one of somebody else's that has its name.
    private func apply(
        _ object: ObjectReference, _ manifest: JSONValue, for workflow: ObjectMetadata
    ) async throws(ClusterFailure) {
        guard try await isFree(object, for: workflow) else { return }
        meter.count(.writes)
        _ = try await client.apply(object, manifest, manager: OperatorSettings.fieldManager, force: true)
        log("applied", object)
    }

    /// Whether an object may be made or changed; not while that of an earlier workflow is being collected.
    ///
    /// It asks the server, because what others make is not followed.
    private func isFree(
        _ object: ObjectReference, for workflow: ObjectMetadata
    ) async throws(ClusterFailure) -> Bool {
        let present = try await client.all(
            ObjectCollection(object.kind, namespace: object.namespace, named: object.name))
        switch NameHolder(of: present.first, for: workflow) {
        case .nobody, .workflow: return true
        case .earlier: return false
        case .other(let holder): throw .unprepared(.nameTaken(object, by: holder))
        }
    }

    private func applyStatus(
        _ object: ObjectReference, _ status: JSONValue, _ force: Bool
    ) async throws(ClusterFailure) {
        meter.count(.writes)
        do throws(ClusterFailure) {
            _ = try await client.apply(
                object, subresource: "status", status, manager: OperatorSettings.fieldManager, force: force)
        } catch  where error.refusal?.isNotFound == true {
            // Deleted meanwhile.
        }
    }

    private func delete(
        _ object: ObjectReference, _ uid: String, _ propagation: Propagation
    ) async throws(ClusterFailure) {
        meter.count(.writes)
        do throws(ClusterFailure) {
            try await client.delete(object, uid: uid, propagation: propagation)
            log("deleted", object)
        } catch  where error.refusal?.isNotFound == true || error.refusal?.isConflict == true {
            // Gone already, or another one has its name now.
        }
    }

    private func log(_ what: String, _ object: ObjectReference) {
        logger.info(
            "object \(what)",
            metadata: ["kind": "\(object.kind.kind)", "namespace": "\(object.namespace)", "name": "\(object.name)"])
    }

    /// Creates an Event, on which nothing depends.
    ///
    /// The same notice again has the same name and is refused.
    private func tell(_ notice: Notice, of workflow: WorkflowObject) async {
        let metadata = workflow.metadata
        let mark = ChildName.digest(of: "\(metadata.uid)/\(metadata.generation)/\(notice.reason)/\(notice.subject)")
        let event: JSONValue = [
            "apiVersion": .string(KubernetesResource.event.apiVersion), "kind": "Event",
            "metadata": [
                "name": .string("\(metadata.name).\(mark)"), "namespace": .string(metadata.namespace),
            ],
            "regarding": [
                "apiVersion": .string(KubernetesResource.workflow.apiVersion), "kind": "Workflow",
                "name": .string(metadata.name), "namespace": .string(metadata.namespace),
                "uid": .string(metadata.uid),
            ],
            "eventTime": .string(LeaderElection.microTime(time.utc())), "action": "Reconcile",
            "type": notice.isWarning ? "Warning" : "Normal", "reason": .string(notice.reason),
            "note": .string(MessageText.cut(notice.message, toBytes: Self.noteBytes)),
            "reportingController": "nilus.dataos.io/operator", "reportingInstance": .string(instance),
        ]
        do throws(ClusterFailure) {
            _ = try await client.create(
                .event, namespace: metadata.namespace, event, manager: OperatorSettings.fieldManager)
        } catch  where error.refusal?.isConflict == true {
            // Told before.
        } catch {
            logger.debug("event not told", metadata: ["error": "\(error.worded("create an event").line)"])
        }
    }
}
