import KubernetesAPI
import NilusCore
import RunStatus
import Synchronization

/// Writes the state of one run to the API server: into its `WorkflowRun`, then into the `Workflow`.
final class ReportWriter: Sendable {
    private struct Memory {
        var isUseless = false
        var saidFaults: Set<String> = []
        var knownSuccesses: Set<String> = []
    }

    private let client: KubernetesClient
    private let place: ReportPlace
    private let time: TimeSource
    private let memory = Mutex(Memory())

    init(client: KubernetesClient, place: ReportPlace, time: TimeSource) {
        self.client = client
        self.place = place
        self.time = time
    }

    /// Whether the cluster knows no `WorkflowRun`, so that there is nothing to write ever.
    var isUseless: Bool { memory.withLock { $0.isUseless } }

    func write(_ run: WorkflowRun, isFirst: Bool) async throws(ClusterFailure) {
        let reference = place.runReference(run, isFirst: isFirst)
        try await writeRun(run, reference)
        if let workflow = place.workflow, isFirst {
            try await write(
                run, of: ObjectReference(.workflow, namespace: place.namespace, name: workflow), reference.name)
        }
    }

    private func writeRun(_ run: WorkflowRun, _ reference: ObjectReference) async throws(ClusterFailure) {
        do throws(ClusterFailure) {
            try await applyStatus(run, reference)
        } catch  where error.refusal?.isNotFound == true {
            try await create(run, reference)
            try await applyStatus(run, reference)
        }
    }

    private func applyStatus(_ run: WorkflowRun, _ reference: ObjectReference) async throws(ClusterFailure) {
        // The fields are the job's by contract: what an operator declared of an earlier pod gives way to this one.
        _ = try await client.apply(
            reference, subresource: "status", run.statusDeclaration(reference, now: time.utc()),
            manager: ReportPlace.fieldManager, force: true)
    }

    private func create(_ run: WorkflowRun, _ reference: ObjectReference) async throws(ClusterFailure) {
        do throws(ClusterFailure) {
            _ = try await client.create(
                .workflowRun, namespace: place.namespace, run.creation(reference, place: place),
                manager: ReportPlace.fieldManager)
        } catch  where error.refusal?.isConflict == true {
            // The operator, or an earlier pod of this run, was faster.
        } catch  where error.refusal?.isNotFound == true {
            memory.withLock { $0.isUseless = true }
            throw error
        }
    }

    private func write(
        _ run: WorkflowRun, of workflow: ObjectReference, _ runName: String
    ) async throws(ClusterFailure) {
        do throws(ClusterFailure) {
            _ = try await client.apply(
                workflow, subresource: "status",
                run.workflowDeclaration(workflow, runName: runName, now: time.utc()),
                manager: ReportPlace.fieldManager, force: true)
            guard let success = run.successPatch, memory.withLock({ !$0.knownSuccesses.contains(runName) }) else {
                return
            }
            _ = try await client.merge(workflow, subresource: "status", success, manager: ReportPlace.fieldManager)
            memory.withLock { memory in _ = memory.knownSuccesses.insert(runName) }
        } catch  where error.refusal?.isNotFound == true {
            // The workflow was deleted while its last run ends: nobody is left to tell.
        }
    }

    /// The sentence for a failure, unless it was said before.
    func newFault(_ failure: ClusterFailure) -> String? {
        let sentence = failure.worded("write the status to the API server").line
        return memory.withLock { $0.saidFaults.insert(sentence).inserted } ? sentence : nil
    }
}
