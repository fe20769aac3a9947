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
        var plan: WorkflowPlan?
        var next: NextRun?
        let state: ReadyState
        do throws(NilusError) {
            let found = try WorkflowPlan(workflow, read: read)
            plan = found
            next = try keepSchedule(found, &decision)
            state = try start(found, &decision)
            tidyConfigs(found, &decision)
        } catch {
            state = .stalled(reason: error.code.reason, message: error.line)
            decision.actions.append(
                .tell(Notice(isWarning: true, reason: error.code.reason, message: error.line, subject: error.line)))
        }
        followRuns(&decision)
        tidyJobs(&decision)
        tidyRuns(&decision)
        report(state, next, plan, &decision)
        return decision
    }

    /// Says that the API server will not have what the workflow asks for.
    func refused(_ error: NilusError) -> Decision {
        var decision = Decision()
        decision.actions.append(
            .tell(Notice(isWarning: true, reason: error.code.reason, message: error.line, subject: error.line)))
        // What was refused was made of a plan, so that there is one.
        let plan = try? WorkflowPlan(workflow, read: read)
        report(.stalled(reason: error.code.reason, message: error.line), nil, plan, &decision)
        return decision
    }

    /// Brings about the runs that are due.
    private func start(_ plan: WorkflowPlan, _ decision: inout Decision) throws(NilusError) -> ReadyState {
        let due = try startDue(plan, &decision)
        if let requested = try startRequested(plan, &decision) { return requested }
        if let due { return due }
        if let schedule = plan.schedule {
            if schedule.isOver(at: now) { return .ready("ScheduleEnded", "no run begins after 'endOn'") }
            return plan.isSuspended ? .suspended : .ready("Scheduled", "runs begin on time")
        }
        if plan.isSuspended { return .suspended }
        return try startGroup(
            RunGroup.generation(workflow.metadata.generation), plan, replacesOlder: true, &decision)
    }
}

extension ReadyState {
    fileprivate static let suspended = ReadyState.ready("Suspended", "new runs are held back")
}
