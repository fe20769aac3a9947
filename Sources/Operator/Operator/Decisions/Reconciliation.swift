import JSON
import KubernetesAPI
import NilusCore
import WorkflowManifest

/// Decides what is to be done for one workflow: the situation in, actions out.
///
/// It looks at what is, not at what happened: whatever was missed while no operator ran is made up for.
struct Reconciliation {
    let situation: Situation
    let settings: OperatorSettings
    let abilities: ClusterAbilities
    let read: ReadManifest
    let now: Timestamp

    var workflow: WorkflowObject { situation.workflow }
    var children: ChildManifests {
        ChildManifests(
            workflow: workflow, settings: settings, abilities: abilities, depotSecrets: situation.depotSecrets)
    }

    func decide() -> Decision {
        // What is deleted with its workflow is collected by Kubernetes.
        guard !workflow.metadata.isDeleting else { return Decision() }
        var decision = Decision()
        let state: ReadyState
        do throws(NilusError) {
            let plan = try WorkflowPlan(workflow, read: read)
            state = try start(plan, &decision)
            tidyConfigs(plan, &decision)
        } catch {
            state = .stalled(reason: error.code.reason, message: error.line)
            decision.actions.append(
                .tell(Notice(isWarning: true, reason: error.code.reason, message: error.line, subject: error.line)))
        }
        followRuns(&decision)
        tidyJobs(&decision)
        tidyRuns(&decision)
        report(state, &decision)
        return decision
    }

    /// Brings about the runs that are due.
    private func start(_ plan: WorkflowPlan, _ decision: inout Decision) throws(NilusError) -> ReadyState {
        let scheduled = try keepCronJobs(plan, &decision)
        let requested = try startRequested(plan, &decision)
        if let requested { return requested }
        if let scheduled { return scheduled }
        if plan.isSuspended { return .ready("Suspended", "new runs are held back") }
        return try startGroup("g\(workflow.metadata.generation)", plan, replacesOlder: true, &decision)
    }
}

// MARK: schedules

extension Reconciliation {
    /// Keeps one CronJob for each cron expression, and none that is not asked for.
    ///
    /// - Returns: `nil` for a workflow without a schedule.
    private func keepCronJobs(_ plan: WorkflowPlan, _ decision: inout Decision) throws(NilusError) -> ReadyState? {
        guard let schedule = plan.schedule, let part = plan.parts.first else {
            delete(situation.cronJobs, &decision)
            return nil
        }
        guard abilities.hasCronJobs else { throw .schedulesUnsupported() }
        if let zone = schedule.timezone, zone != "UTC", !abilities.hasTimeZones { throw .timeZonesUnsupported(zone) }
        guard schedule.crons.count <= WorkflowPlan.mostCrons else { throw .tooManyCrons(schedule.crons.count) }
        let isOver = schedule.endOn.map { $0 <= now } ?? false
        if !isOver, let end = schedule.endOn { decision.wake(at: end) }
        var kept: Set<String> = []
        createConfig(part, &decision)
        for position in schedule.crons.indices {
            let manifest = try children.cronJob(
                part, schedule, position: position, isSuspended: plan.isSuspended || isOver)
            kept.insert(applyCronJob(manifest, &decision))
        }
        delete(situation.cronJobs.filter { !kept.contains($0.metadata.name) }, &decision)
        if isOver { return .ready("ScheduleEnded", "no run begins after 'endOn'") }
        return plan.isSuspended
            ? .ready("Suspended", "new runs are held back") : .ready("Scheduled", "runs begin on time")
    }

    /// Declares a CronJob, unless the one there was made from the same.
    private func applyCronJob(_ manifest: JSONValue, _ decision: inout Decision) -> String {
        let name = manifest["metadata"]?["name"]?.string ?? ""
        let digest = ChildName.digest(of: manifest.compactText)
        let reference = ObjectReference(.cronJob, namespace: workflow.metadata.namespace, name: name)
        let present = situation.cronJobs.first { $0.metadata.name == name }
        if present?.metadata.annotations[OperatorLabel.digest] != digest {
            decision.actions.append(.apply(reference, manifest.annotated(OperatorLabel.digest, digest)))
            decision.actions.append(
                .tell(
                    Notice(isWarning: false, reason: "Scheduled", message: "CronJob '\(name)' is set", subject: digest))
            )
        }
        return name
    }

    private func delete(_ cronJobs: [CronJobObject], _ decision: inout Decision) {
        for cronJob in cronJobs where !cronJob.metadata.isDeleting {
            decision.actions.append(.delete(cronJob.reference, uid: cronJob.metadata.uid, .background))
        }
    }
}

// MARK: run groups

extension Reconciliation {
    /// Starts the run that somebody asked for by an annotation, once.
    private func startRequested(_ plan: WorkflowPlan, _ decision: inout Decision) throws(NilusError) -> ReadyState? {
        guard let request = workflow.metadata.annotations[OperatorLabel.runRequest], !request.isEmpty else {
            return nil
        }
        let group = "r\(ChildName.digest(of: request))"
        let others = situation.jobs.filter { $0.isActive && $0.group != group }
        let mayOverlap = plan.schedule?.concurrencyPolicy == .allow
        if !hasBegun(group), !others.isEmpty, !mayOverlap {
            return .waiting("RunActive", "the run that was asked for begins when the one under way has ended")
        }
        let state = try startGroup(group, plan, replacesOlder: false, &decision)
        return isComplete(group, plan) ? nil : state
    }

    /// Starts the Jobs of a group that can begin: those whose dependencies have succeeded.
    private func startGroup(
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
            decision.actions.append(
                .tell(Notice(isWarning: false, reason: "Started", message: "Job '\(name)' is created", subject: name)))
        }
        return isWaiting
            ? .waiting("NodesWaiting", "nodes wait for others to succeed")
            : .ready("Started", "the run of this spec has begun")
    }

    /// Stops the run of an older spec; the new one begins when nothing of it is left.
    private func replace(_ jobs: [JobObject], _ decision: inout Decision) -> ReadyState {
        for job in jobs where !job.metadata.isDeleting {
            decision.actions.append(.delete(job.reference, uid: job.metadata.uid, .foreground))
        }
        return .waiting("Replacing", "the run of the older spec is being stopped")
    }

    /// A Job of this very workflow, not of one that had its name before.
    private func job(_ part: WorkflowPlan.Part, _ group: String) -> JobObject? {
        situation.jobs.first { $0.group == group && $0.node == part.node }
    }

    /// Whether the Job of a part once was there, though it is gone: then it does not begin again.
    private func wasRun(_ part: WorkflowPlan.Part, _ group: String) -> Bool {
        situation.runs.contains { $0.group == group && $0.metadata.labels[OperatorLabel.node] == part.node }
    }

    private func hasBegun(_ group: String) -> Bool {
        situation.jobs.contains { $0.group == group } || situation.runs.contains { $0.group == group }
    }

    private func isComplete(_ group: String, _ plan: WorkflowPlan) -> Bool {
        plan.parts.allSatisfy { part in
            let job = job(part, group)
            return job.map { !$0.isActive } ?? wasRun(part, group)
        }
    }

    private func succeeded(node: String, _ plan: WorkflowPlan, _ group: String) -> Bool {
        guard let part = plan.parts.first(where: { $0.node == node }) else { return false }
        if let job = job(part, group) { return job.end == .succeeded }
        return situation.runs.contains {
            $0.group == group && $0.metadata.labels[OperatorLabel.node] == node && $0.phase == "Succeeded"
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

    private func createConfig(_ part: WorkflowPlan.Part, _ decision: inout Decision) {
        let name = ChildManifests.configName(workflow.metadata.name, part)
        let reference = ObjectReference(.configMap, namespace: workflow.metadata.namespace, name: name)
        let action = Action.create(reference, children.config(part))
        guard !situation.configs.contains(where: { $0.metadata.name == name }), !decision.actions.contains(action)
        else { return }
        decision.actions.append(action)
    }
}

extension NilusError {
    fileprivate static func schedulesUnsupported() -> NilusError {
        NilusError(
            .workflow, .configurationInvalid,
            "cannot schedule the workflow: this cluster has no 'batch/v1' CronJobs; Kubernetes 1.21 has them, 1.27 with time zones"
        )
    }

    fileprivate static func timeZonesUnsupported(_ zone: String) -> NilusError {
        NilusError(
            .workflow, .configurationInvalid,
            "cannot schedule the workflow in time zone '\(zone)': CronJobs of this cluster know none; Kubernetes 1.25 does"
        )
    }

    fileprivate static func tooManyCrons(_ count: Int) -> NilusError {
        NilusError(
            .workflow, .manifestInvalid,
            "a schedule has \(count) crons; at most \(WorkflowPlan.mostCrons) become CronJobs, so put some into one expression"
        )
    }
}

extension JSONValue {
    /// The object with an annotation more.
    fileprivate func annotated(_ name: String, _ value: String) -> JSONValue {
        guard var object = object, var metadata = object["metadata"]?.object else { return self }
        var annotations = metadata["annotations"]?.object ?? [:]
        annotations[name] = .string(value)
        metadata["annotations"] = .object(annotations)
        object["metadata"] = .object(metadata)
        return .object(object)
    }
}
