import JSON
import KubernetesAPI
import NilusCore

// The runs of a workflow: each Job has one, and none stays "Running" when nobody is left to end it.

extension Reconciliation {
    func followRuns(_ decision: inout Decision) {
        for job in situation.jobs {
            guard let run = situation.run(of: job) else {
                let reference = ObjectReference(.workflowRun, namespace: job.metadata.namespace, name: job.runName)
                decision.following.append(.create(reference, children.run(of: job)))
                continue
            }
            complete(run, of: job, &decision)
        }
        for run in situation.runs where !run.hasEnded && situation.job(of: run) == nil && isJobRun(run) {
            end(orphan: run, &decision)
        }
    }

    /// Says how a run ended whose Job is gone, once its pods have ended too: one within its grace period reports itself.
    private func end(orphan run: RunObject, _ decision: inout Decision) {
        let pods = situation.pods(of: run)
        guard pods.allSatisfy(\.isOver) else { return }
        decision.following.append(declare(.jobGone(at: now, pods: pods), of: run))
    }

    /// Says how a run ended when its Job has ended and the job itself did not say so.
    private func complete(_ run: RunObject, of job: JobObject, _ decision: inout Decision) {
        let pods = situation.pods(of: job)
        guard let verdict = RunVerdict(job, pods: pods), !isTold(run, verdict, pods) else { return }
        if let patience = patience(with: job, pods), now < patience {
            decision.wake(at: patience)
            return
        }
        // Servers before 1.31 call a Job failed while its pod still ends; the end of the pod is news.
        guard !situation.mayReport(run) else { return }
        decision.following.append(declare(verdict, of: run))
        decision.following.append(
            .tell(
                Notice(
                    isWarning: verdict.phase != "Succeeded", reason: verdict.reason,
                    message:
                        "run '\(run.metadata.name)' ended: \(verdict.message)",
                    subject: run.metadata.name)))
    }

    /// Until when to wait for what happened to the pods: news of a Job and of its pods come by different ways.
    private func patience(with job: JobObject, _ pods: [PodObject]) -> Timestamp? {
        guard case .failed(let reason, _) = job.end, reason != "DeadlineExceeded",
            pods.filter(\.hasFailed).count < job.failedPods, let end = job.completionTime
        else { return nil }
        return Timestamp(microseconds: end.microseconds + Self.newsMicroseconds)
    }

    /// News that are older than this have arrived, or never will.
    private static let newsMicroseconds: Int64 = 10_000_000

    /// Whether the last pod of a Job told its end: an earlier pod's word does not count.
    private func isTold(_ run: RunObject, _ verdict: RunVerdict, _ pods: [PodObject]) -> Bool {
        guard run.hasEnded else { return false }
        if verdict.phase == "Succeeded" { return run.phase == "Succeeded" }
        // A job that took too long only knows that it was interrupted; its pod may be deleted with its word.
        if verdict.reason == "DeadlineExceeded", run.reason == "Interrupted" { return false }
        let lastStart = pods.compactMap(\.startTime).max()
        guard let lastStart, let told = run.completionTime else { return true }
        return told >= lastStart
    }

    /// Whether the run belongs to a Job of the operator's and not to one that somebody made by hand.
    private func isJobRun(_ run: RunObject) -> Bool {
        run.metadata.labels[OperatorLabel.managedBy] == OperatorLabel.manager
    }

    private func declare(_ verdict: RunVerdict, of run: RunObject) -> Action {
        let declaration: JSONValue = [
            "apiVersion": .string(KubernetesResource.workflowRun.apiVersion), "kind": "WorkflowRun",
            "metadata": ["name": .string(run.metadata.name), "namespace": .string(run.metadata.namespace)],
            "status": .object(verdict.fields(now: now)),
        ]
        return .applyStatus(run.reference, declaration, force: true)
    }
}

// What is kept of the past.

extension Reconciliation {
    /// Deletes finished Jobs of older run groups beyond the limits; CronJobs look after their own.
    func tidyJobs(_ decision: inout Decision) {
        let kept = presentGroups.union(["s"])
        let old = situation.jobs.filter { job in
            !job.isActive && !job.metadata.isDeleting && !kept.contains(job.group ?? "") && isRecorded(job)
        }
        let newestFirst = old.sorted { Age($0.metadata) > Age($1.metadata) }
        let succeeded = newestFirst.filter { $0.end == .succeeded }.dropFirst(settings.keptSucceededJobs)
        let failed = newestFirst.filter { $0.end != .succeeded }.dropFirst(settings.keptFailedJobs)
        for job in Array(succeeded) + Array(failed) {
            decision.following.append(.delete(job.reference, uid: job.metadata.uid, .background))
        }
    }

    /// A Job may go when its run tells how it ended.
    private func isRecorded(_ job: JobObject) -> Bool {
        situation.run(of: job)?.hasEnded ?? false
    }

    /// Deletes ended runs beyond the limit whose Job is gone.
    func tidyRuns(_ decision: inout Decision) {
        let kept = presentGroups
        let old = situation.runs.filter { run in
            run.hasEnded && !run.metadata.isDeleting && situation.job(of: run) == nil
                && !kept.contains(run.group ?? "")
        }
        // Of the last run all nodes are kept, because together they say how it ended.
        let last = Set(lastRuns.map(\.metadata.name))
        for run in newestFirst(old).dropFirst(settings.keptRuns) where !last.contains(run.metadata.name) {
            decision.following.append(.delete(run.reference, uid: run.metadata.uid, .background))
        }
    }

    /// The groups that may still have to start something: what is left of them says what ran.
    var presentGroups: Set<String> {
        Set([RunGroup.generation(workflow.metadata.generation)] + liveTicks.map(RunGroup.ofTick))
            .union(requestedGroup.map { [$0] } ?? [])
    }

    var requestedGroup: String? {
        workflow.metadata.annotations[OperatorLabel.runRequest].map(RunGroup.request)
    }

    func newestFirst(_ runs: [RunObject]) -> [RunObject] {
        runs.sorted { Age($0.metadata) > Age($1.metadata) }
    }

    /// Deletes manifests that no Job and no CronJob refers to.
    func tidyConfigs(_ plan: WorkflowPlan, _ decision: inout Decision) {
        var used = Set(situation.jobs.compactMap { $0.metadata.labels[OperatorLabel.manifest] })
        used.formUnion(situation.cronJobs.compactMap { $0.metadata.labels[OperatorLabel.manifest] })
        used.formUnion(plan.parts.map { ChildManifests.configName(workflow.metadata.name, $0) })
        for config in situation.configs where !used.contains(config.metadata.name) && !config.metadata.isDeleting {
            decision.actions.append(.delete(config.reference, uid: config.metadata.uid, .background))
        }
    }
}

/// When something was made.
///
/// Of two things of one second, which is as far as Kubernetes tells, that of the newer spec is
/// the younger.
private struct Age: Comparable {
    private let creation: Timestamp
    private let generation: Int64
    private let name: String

    init(_ metadata: ObjectMetadata) {
        creation = metadata.creation ?? .distantPast
        let group = metadata.labels[OperatorLabel.group] ?? ""
        generation = group.hasPrefix("g") ? Int64(group.dropFirst()) ?? 0 : 0
        name = metadata.name
    }

    static func < (left: Age, right: Age) -> Bool {
        (left.creation, left.generation, left.name) < (right.creation, right.generation, right.name)
    }
}
