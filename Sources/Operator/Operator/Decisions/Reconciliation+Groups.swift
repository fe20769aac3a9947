import JSON
import KubernetesAPI
import NilusCore
import WorkflowManifest

// A run is a group of Jobs: one for the whole dag, or one for each node, started when those before it have succeeded.

extension Reconciliation {
    /// Starts the run that somebody asked for by an annotation, once.
    func startRequested(_ plan: WorkflowPlan, _ decision: inout Decision) throws(NilusError) -> ReadyState? {
        guard let request = workflow.metadata.annotations[OperatorLabel.runRequest], !request.isEmpty else {
            return nil
        }
        let group = RunGroup.request(request)
        if !hasBegun(group), isBusy(besides: group), plan.schedule?.runsAtOnce != .allow {
            return .waiting("RunActive", "the run that was asked for begins when the one under way has ended")
        }
        let state = try startGroup(group, plan, replacesOlder: false, &decision)
        return isSettled(group, plan) ? nil : state
    }

    /// Whether the run that somebody asked for has begun and not ended, even if no Job of it runs at the moment.
    func isRequestUnderWay(_ plan: WorkflowPlan) -> Bool {
        guard let group = requestedGroup else { return false }
        return hasBegun(group) && !isSettled(group, plan)
    }

    /// Starts the Jobs of a group that can begin: those whose dependencies have succeeded.
    func startGroup(
        _ group: String, _ plan: WorkflowPlan, replacesOlder: Bool, _ decision: inout Decision
    ) throws(NilusError) -> ReadyState {
        if replacesOlder, !hasBegun(group) {
            let older = situation.jobs.filter { $0.isActive && $0.group != group }
            guard older.isEmpty else { return replace(older, &decision) }
        }
        var isWaiting = false
        for part in plan.parts {
            if let job = job(part, group) {
                // Its pods need the manifest until they have ended.
                if job.isActive { createConfig(part, &decision) }
                continue
            }
            if wasRun(part, group) { continue }
            guard part.dependencies.allSatisfy({ succeeded(node: $0, plan, group) }) else {
                isWaiting = isWaiting || !part.dependencies.contains { failed(node: $0, plan, group) }
                continue
            }
            let name = ChildManifests.jobName(workflow.metadata.name, part, group)
            createConfig(part, &decision)
            let manifest = try children.job(part, group: group)
            let reference = ObjectReference(.job, namespace: workflow.metadata.namespace, name: name)
            decision.actions.append(.create(reference, manifest))
            let message = "Job '\(name)' is created\(part.retry?.remark ?? "")"
            decision.actions.append(
                .tell(Notice(isWarning: false, reason: "Started", message: message, subject: name)))
        }
        return isWaiting
            ? .waiting("NodesWaiting", "nodes wait for others to succeed")
            : .ready("Started", "the run of this spec has begun")
    }

    /// Stops Jobs of an older run; what is next begins when nothing of them is left.
    func replace(_ jobs: [JobObject], _ decision: inout Decision) -> ReadyState {
        for job in jobs where !job.metadata.isDeleting {
            decision.actions.append(.delete(job.reference, uid: job.metadata.uid, .foreground))
        }
        return .waiting("Replacing", "an older run is being stopped")
    }

    /// A Job of this very workflow, not of one that had its name before.
    private func job(_ part: WorkflowPlan.Part, _ group: String) -> JobObject? {
        situation.jobs.first { $0.group == group && $0.node == part.node }
    }

    /// Whether the Job of a part once was there, though it is gone: then it does not begin again.
    private func wasRun(_ part: WorkflowPlan.Part, _ group: String) -> Bool {
        situation.runs.contains { $0.group == group && $0.node == part.node }
    }

    func hasBegun(_ group: String) -> Bool {
        situation.jobs.contains { $0.group == group } || situation.runs.contains { $0.group == group }
    }

    /// Whether Jobs of another group are under way, or those of a tick that has begun.
    func isBusy(besides group: String) -> Bool {
        situation.jobs.contains { $0.isActive && $0.group != group }
            || liveTicks.map(RunGroup.ofTick).contains { $0 != group && hasBegun($0) }
    }

    /// Whether every node of a group has ended, or never will begin.
    func isSettled(_ group: String, _ plan: WorkflowPlan) -> Bool {
        plan.parts.allSatisfy { part in
            if let job = job(part, group) { return !job.isActive }
            return wasRun(part, group) || part.dependencies.contains { failed(node: $0, plan, group) }
        }
    }

    private func succeeded(node: String, _ plan: WorkflowPlan, _ group: String) -> Bool {
        guard let part = plan.parts.first(where: { $0.node == node }) else { return false }
        if let job = job(part, group) { return job.end == .succeeded }
        return situation.runs.contains {
            $0.group == group && $0.node == node && $0.phase == "Succeeded"
        }
    }

    private func failed(node: String, _ plan: WorkflowPlan, _ group: String) -> Bool {
        guard let part = plan.parts.first(where: { $0.node == node }) else { return true }
        if let job = job(part, group) {
            if case .failed = job.end { return true }
            return false
        }
        if wasRun(part, group) { return !succeeded(node: node, plan, group) }
        return part.dependencies.contains { failed(node: $0, plan, group) }
    }

    func createConfig(_ part: WorkflowPlan.Part, _ decision: inout Decision) {
        let name = ChildManifests.configName(workflow.metadata.name, part)
        let reference = ObjectReference(.configMap, namespace: workflow.metadata.namespace, name: name)
        let action = Action.create(reference, children.config(part))
        guard !situation.configs.contains(where: { $0.metadata.name == name }), !decision.actions.contains(action)
        else { return }
        decision.actions.append(action)
    }
}

extension RetryRule {
    /// What a Job cannot follow of the rule; `nil` when it follows all of it.
    fileprivate var remark: String? {
        guard duration != nil || maxDuration != nil else { return nil }
        return "; between its attempts Kubernetes waits 10 s, then twice as long each time, whatever 'duration' and "
            + "'maxDuration' say"
    }
}
