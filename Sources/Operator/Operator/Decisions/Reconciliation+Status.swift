import JSON
import KubernetesAPI
import NilusCore

// What the operator declares in the status of a Workflow. The job owns 'lastRun', 'lastSuccessfulTime' and the condition
// Succeeded while its pod lives; the operator takes the first and the last over when the pod is gone without a word.

extension Reconciliation {
    /// Declares the status, if it is not there already.
    func report(_ state: ReadyState, _ next: NextRun?, _ plan: WorkflowPlan?, _ decision: inout Decision) {
        var status = ownStatus(state, next)
        let takeover = lastRunToTell(plan)
        let told = takeover.map { (lastRun: $0.summary, condition: $0.condition(workflow, now: now)) } ?? lastRunToKeep
        if let told {
            status["lastRun"] = told.lastRun
            status["conditions"] = .array((status["conditions"]?.array ?? []) + [told.condition])
        }
        guard !isDeclared(status, tellsLastRun: told != nil) else { return }
        let declaration: JSONValue = [
            "apiVersion": .string(KubernetesResource.workflow.apiVersion), "kind": "Workflow",
            "metadata": ["name": .string(workflow.metadata.name), "namespace": .string(workflow.metadata.namespace)],
            "status": .object(status),
        ]
        decision.report = .applyStatus(workflow.reference, declaration, force: takeover != nil)
    }

    /// What the operator told of the last run, for as long as no job tells of the next one: a server of 1.20 makes null of
    /// an object that nobody declares any more, and then refuses that.
    private var lastRunToKeep: (lastRun: JSONValue, condition: JSONValue)? {
        guard workflow.operatorTellsLastRun, !workflow.othersTellLastRun, let lastRun = workflow.status["lastRun"],
            let condition = workflow.condition("Succeeded")
        else { return nil }
        return (lastRun, condition)
    }

    private func ownStatus(_ state: ReadyState, _ next: NextRun?) -> JSONObject {
        let active = newestFirst(situation.runs.filter(isActive))
        var status: JSONObject = ["observedGeneration": .integer(workflow.metadata.generation)]
        if case .stalled = state { status["state"] = "error" } else { status["state"] = "active" }
        status["runtime"] = .string(runtime(next))
        status["conditions"] = .array(conditions(state))
        status["active"] = .array(active.prefix(100).map { .string($0.metadata.name) })
        status["lastScheduleTime"] = situation.cronJobs.compactMap(\.lastScheduleTime).max().map {
            .string($0.description)
        }
        status["nextScheduleTime"] = next.map { .string($0.moment.description) }
        let ended = newestFirst(situation.runs.filter(\.hasEnded)).prefix(settings.keptRuns)
        status["history"] = .array(ended.map(\.summary))
        return status
    }

    func isActive(_ run: RunObject) -> Bool { situation.job(of: run)?.isActive ?? false }

    /// The word of DataOS for how the runs stand; of one that is scheduled, between its runs, when the next is due.
    private func runtime(_ next: NextRun?) -> String {
        if situation.jobs.contains(where: \.isActive) || !liveTicks.isEmpty { return "running" }
        if let next { return "next:\(next.text)" }
        switch lastRun?.phase {
        case "Succeeded"?: return "succeeded"
        case "Failed"?, "Interrupted"?: return "failed"
        default: return "pending"
        }
    }

    /// Ready always; Reconciling and Stalled only while they are true (kstatus).
    private func conditions(_ state: ReadyState) -> [JSONValue] {
        let stuck = situation.pods.lazy.compactMap(RunVerdict.waiting).first
        switch state {
        case .ready where stuck != nil:
            return [condition("Ready", false, stuck?.reason ?? "", stuck?.message ?? "")]
        case .ready: return [condition("Ready", true, state.reason, state.message)]
        case .waiting:
            return [
                condition("Ready", false, state.reason, state.message),
                condition("Reconciling", true, state.reason, state.message),
            ]
        case .stalled:
            return [
                condition("Ready", false, state.reason, state.message),
                condition("Stalled", true, state.reason, state.message),
            ]
        }
    }

    /// A condition whose time of transition moves only when its verdict does.
    private func condition(_ type: String, _ isTrue: Bool, _ reason: String, _ message: String) -> JSONValue {
        let verdict = isTrue ? "True" : "False"
        let present = workflow.condition(type)
        let since = present?["status"]?.string == verdict ? present?["lastTransitionTime"]?.string : nil
        return [
            "type": .string(type), "status": .string(verdict), "reason": .string(reason),
            "message": .string(MessageText.cut(message, toBytes: MessageText.conditionBytes)),
            "lastTransitionTime": .string(since ?? now.description),
            "observedGeneration": .integer(workflow.metadata.generation),
        ]
    }

    /// Whether everything that is to be declared is what the API server shows already.
    private func isDeclared(_ status: JSONObject, tellsLastRun: Bool) -> Bool {
        guard tellsLastRun == workflow.operatorTellsLastRun else { return false }
        for member in status.members where member.name != "conditions" {
            let shown = workflow.status[member.name]
            // An empty list may be shown or left out.
            if member.value.array?.isEmpty == true, shown == nil { continue }
            // The job may have told more of the run, and still owns that.
            let isShown = member.name == "lastRun" ? shown?.holds(member.value) : shown?.isSame(as: member.value)
            guard isShown ?? false else { return false }
        }
        let isOutdated = ["lastScheduleTime", "nextScheduleTime"].contains { name in
            status[name] == nil && workflow.status[name] != nil
        }
        if isOutdated { return false }
        let wanted = status["conditions"]?.array ?? []
        let types = wanted.compactMap { $0["type"]?.string }
        let leftOver = ["Reconciling", "Stalled"].contains { !types.contains($0) && workflow.condition($0) != nil }
        return !leftOver
            && wanted.allSatisfy { condition in
                workflow.condition(condition["type"]?.string ?? "")?.isSame(as: condition) ?? false
            }
    }
}

extension JSONValue {
    /// Whether an object has all members of another, and perhaps more.
    fileprivate func holds(_ other: JSONValue) -> Bool {
        (other.object?.members ?? []).allSatisfy { member in self[member.name]?.isSame(as: member.value) ?? false }
    }

    /// Whether two values are the same, whatever the order of members: the API server sorts them.
    func isSame(as other: JSONValue) -> Bool {
        switch (self, other) {
        case (.object(let left), .object(let right)):
            left.members.count == right.members.count
                && left.members.allSatisfy { member in right[member.name].map(member.value.isSame) ?? false }
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
        default: self == other
        }
    }
}
