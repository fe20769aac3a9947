import JSON
import KubernetesAPI
import NilusCore

// How the last run of a workflow stands: where each node has a run of its own, all of them are one run of the workflow.

extension Reconciliation {
    /// What began last: one run, or the runs of all nodes that have begun, newest first.
    var lastRuns: [RunObject] {
        guard let newest = newestFirst(situation.runs).first else { return [] }
        guard newest.node != nil, let group = newest.group else { return [newest] }
        return newestFirst(situation.runs.filter { $0.group == group && $0.node != nil })
    }

    /// The run that stands for the last one: of its nodes the one that is worst off, which is also why others never began.
    var lastRun: RunObject? { lastRuns.worst }

    /// The last run, when it has ended and the workflow's status does not say how.
    ///
    /// A pod of whichever run writes the same fields, and would take them back.
    func lastRunToTell(_ plan: WorkflowPlan?) -> RunObject? {
        let runs = lastRuns
        guard let worst = runs.worst, runs.allSatisfy({ $0.hasEnded && !isActive($0) }), !situation.mayReport,
            !isUnderWay(worst.group, plan)
        else { return nil }
        let told = workflow.status["lastRun"]
        let isTold = runs.contains { run in
            run.phase == worst.phase && told?["name"]?.string == run.metadata.name
                && told?["phase"]?.string == run.phase
        }
        return !isTold || workflow.operatorTellsLastRun ? worst : nil
    }

    /// Whether another node of a group begins or may still begin; none does without a plan.
    private func isUnderWay(_ group: String?, _ plan: WorkflowPlan?) -> Bool {
        guard let plan, let group, presentGroups.contains(group) else { return false }
        return !isSettled(group, plan)
    }
}

extension [RunObject] {
    /// The first of those that are worst off.
    fileprivate var worst: RunObject? {
        let most = map(\.severity).max()
        return first { $0.severity == most }
    }
}

extension RunObject {
    /// How bad its phase is: a failure, then what may be made up for, then what is not known yet.
    fileprivate var severity: Int {
        switch phase {
        case "Failed": 4
        case "Interrupted": 3
        case "Succeeded": 0
        case "Skipped": 1
        default: 2
        }
    }

    /// How the run ended, as the workflow's condition.
    func condition(_ workflow: WorkflowObject, now: Timestamp) -> JSONValue {
        let verdict = phase == "Succeeded" ? "True" : "False"
        let present = workflow.condition("Succeeded")
        let since = present?["status"]?.string == verdict ? present?["lastTransitionTime"]?.string : nil
        return [
            "type": "Succeeded", "status": .string(verdict),
            "reason": .string(reason ?? phase),
            "message": .string(
                MessageText.cut(summary["message"]?.string ?? phase, toBytes: MessageText.conditionBytes)),
            "lastTransitionTime": .string(since ?? (completionTime ?? now).description),
        ]
    }
}
