import KubernetesAPI
import NilusCore
import WorkflowManifest

// A schedule of nodes that have a Job each. The CronJob makes ticks: Jobs that start no pod. A tick is there for as long
// as the nodes of its run are, so that the CronJob counts one run under way: it leaves the next out (Forbid), makes both
// (Allow), or deletes the tick (Replace), whereupon the operator stops its nodes. When all nodes have ended the operator
// deletes the tick.

extension Reconciliation {
    /// The ticks whose run has not ended.
    var liveTicks: [JobObject] { situation.ticks.filter { $0.isActive && !$0.metadata.isDeleting } }

    /// Starts the nodes of the runs that are due, and ends runs whose time is over.
    ///
    /// - Returns: `nil` when nothing is waited for.
    func startDue(_ plan: WorkflowPlan, _ decision: inout Decision) throws(NilusError) -> ReadyState? {
        if let stopping = stopReplaced(&decision) { return stopping }
        guard plan.isPerNode, let schedule = plan.schedule else {
            endTicks(&decision)
            return nil
        }
        var state: ReadyState?
        var hasStarted = false
        for tick in liveTicks {
            let group = RunGroup.ofTick(tick)
            if !hasBegun(group) {
                if plan.isSuspended || isMissed(tick, &decision) { continue }
                if hasStarted || isBusy(besides: group) || isRequestUnderWay(plan), schedule.runsAtOnce != .allow {
                    state = .waiting("RunActive", "a run that is due begins when the one under way has ended")
                    continue
                }
                hasStarted = true
            }
            let progress = try startGroup(group, plan, replacesOlder: false, &decision)
            if isSettled(group, plan) { end(tick, &decision) } else if case .waiting = progress { state = progress }
        }
        return state
    }

    /// Stops the nodes of a run whose tick is gone: the CronJob replaced it, or there is no schedule any more.
    private func stopReplaced(_ decision: inout Decision) -> ReadyState? {
        let present = Set(situation.ticks.filter { !$0.metadata.isDeleting }.map(RunGroup.ofTick))
        let left = situation.jobs.filter { job in
            job.isActive && job.group.map { RunGroup.isOfTick($0) && !present.contains($0) } ?? false
        }
        return left.isEmpty ? nil : replace(left, &decision)
    }

    /// Without nodes of their own to start, ticks of before end with the Jobs that have begun.
    private func endTicks(_ decision: inout Decision) {
        for tick in liveTicks {
            let group = RunGroup.ofTick(tick)
            if !situation.jobs.contains(where: { $0.isActive && $0.group == group }) { end(tick, &decision) }
        }
    }

    private func end(_ tick: JobObject, _ decision: inout Decision) {
        decision.actions.append(.delete(tick.reference, uid: tick.metadata.uid, .background))
    }

    /// Leaves a run out that could not begin in time, and says so; else looks again when that would be so.
    private func isMissed(_ tick: JobObject, _ decision: inout Decision) -> Bool {
        guard let due = tick.dueTime,
            let deadline = Timestamp(seconds: due.seconds + Int64(settings.startingDeadlineSeconds))
        else { return false }
        guard deadline <= now else {
            decision.wake(at: deadline)
            return false
        }
        end(tick, &decision)
        decision.actions.append(
            .tell(
                Notice(
                    isWarning: true, reason: "Missed",
                    message: "the run that was due at \(due) could not begin within "
                        + "\(settings.startingDeadlineSeconds) s and is left out",
                    subject: tick.metadata.name)))
        return true
    }
}
