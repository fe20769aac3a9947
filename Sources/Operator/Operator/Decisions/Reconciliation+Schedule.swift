import JSON
import KubernetesAPI
import NilusCore
import Schedules
import WorkflowManifest

// CronJobs keep the time of a schedule; the operator only tells when the next run is due.

/// When the next run is due, and how its zone writes that.
struct NextRun: Equatable {
    let moment: Timestamp
    /// With the offset of the zone of the schedule.
    let text: String
}

extension Reconciliation {
    /// Keeps one CronJob for each cron expression, and none that is not asked for.
    ///
    /// - Returns: when the next run is due; `nil` when none is to come.
    func keepSchedule(_ plan: WorkflowPlan, _ decision: inout Decision) throws(NilusError) -> NextRun? {
        guard let schedule = plan.schedule else {
            delete(situation.cronJobs, &decision)
            return nil
        }
        try check(schedule, plan)
        if let end = schedule.endOn, !schedule.isOver(at: now) { decision.wake(at: end) }
        let isHeld = plan.isSuspended || schedule.isOver(at: now)
        // A CronJob knows its own Jobs alone, and would begin a run beside one that somebody asked for.
        let isWaiting = !plan.isPerNode && schedule.runsAtOnce != .allow && isRequestUnderWay(plan)
        var kept: Set<String> = []
        for position in schedule.crons.indices {
            let cronJob = try cronJob(plan, schedule, position, isHeld || isWaiting, &decision)
            kept.insert(applyCronJob(cronJob, &decision))
        }
        delete(situation.cronJobs.filter { !kept.contains($0.metadata.name) }, &decision)
        guard !isHeld, let next = schedule.nextRun(after: now) else { return nil }
        // Then it is another moment that comes next, whether or not a run began.
        decision.wake(at: next.moment)
        return next
    }

    private func check(_ schedule: WorkflowSchedule, _ plan: WorkflowPlan) throws(NilusError) {
        guard abilities.hasCronJobs else { throw .schedulesUnsupported() }
        if plan.isPerNode, !abilities.hasSuspendedJobs { throw .ticksUnsupported() }
        if let zone = schedule.timezone, zone != "UTC", !abilities.hasTimeZones { throw .timeZonesUnsupported(zone) }
        guard schedule.crons.count <= WorkflowPlan.mostCrons else { throw .tooManyCrons(schedule.crons.count) }
    }

    private func cronJob(
        _ plan: WorkflowPlan, _ schedule: WorkflowSchedule, _ position: Int, _ isHeld: Bool,
        _ decision: inout Decision
    ) throws(NilusError) -> JSONValue {
        guard !plan.isPerNode, let part = plan.parts.first else {
            return children.tickingCronJob(schedule, position: position, isSuspended: isHeld)
        }
        createConfig(part, &decision)
        return try children.cronJob(part, schedule, position: position, isSuspended: isHeld)
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

extension WorkflowSchedule {
    /// Whether no run begins any more.
    func isOver(at now: Timestamp) -> Bool { endOn.map { $0 <= now } ?? false }

    /// The next run of any cron expression; `nil` when none comes before the end, or none can be told: of `@every`, and
    /// of a zone that the database does not have.
    fileprivate func nextRun(after now: Timestamp) -> NextRun? {
        guard let zone = timezone.map(TimeZoneRules.init(named:)) ?? .utc else { return nil }
        let moments = crons.compactMap { (try? CronExpression($0.value))?.next(after: now, in: zone) }
        guard let first = moments.min(), endOn.map({ first < $0 }) ?? true else { return nil }
        return NextRun(moment: first, text: zone.text(of: first))
    }
}

extension NilusError {
    fileprivate static func schedulesUnsupported() -> NilusError {
        NilusError(
            .workflow, .configurationInvalid,
            "cannot schedule the workflow: this cluster has no 'batch/v1' CronJobs; Kubernetes 1.21 has them, 1.27 with time zones"
        )
    }

    fileprivate static func ticksUnsupported() -> NilusError {
        NilusError(
            .workflow, .configurationInvalid,
            "cannot schedule a workflow with 'execution: pod-per-node': Jobs of this cluster cannot be suspended; "
                + "Kubernetes 1.22 has that; write 'execution: single-pod'")
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
