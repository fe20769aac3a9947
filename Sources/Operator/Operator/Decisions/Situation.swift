/// Everything that the cluster holds of one workflow at a moment.
struct Situation: Sendable {
    let workflow: WorkflowObject
    /// The Jobs that run something.
    private(set) var jobs: [JobObject] = []
    /// The Jobs that only say that a run is due.
    private(set) var ticks: [JobObject] = []
    var cronJobs: [CronJobObject] = []
    var pods: [PodObject] = []
    var runs: [RunObject] = []
    var configs: [ConfigObject] = []
    /// The Secrets that each depot of the namespace needs, by the ConfigMap of the depot.
    var depotSecrets: [String: [String]] = [:]

    /// A workflow of which nothing else is known yet.
    init(workflow: WorkflowObject) { self.workflow = workflow }

    /// Takes over all Jobs of the workflow.
    mutating func take(jobs all: [JobObject]) {
        jobs = all.filter { !$0.isTick }
        ticks = all.filter(\.isTick)
    }

    /// The pods of a Job.
    func pods(of job: JobObject) -> [PodObject] {
        pods.filter { $0.metadata.controllerUID == job.metadata.uid }
    }

    /// The pods of a run, which may outlive its Job.
    func pods(of run: RunObject) -> [PodObject] {
        pods.filter { pod in pod.jobUID.map { run.metadata.name.hasSuffix("-\($0)") } ?? false }
    }

    /// Whether a pod may still say how the run stands.
    func mayReport(_ run: RunObject) -> Bool { pods(of: run).contains(where: \.mayReport) }

    /// Whether a pod of any run may still say how that one stands, and with it the workflow.
    var mayReport: Bool { pods.contains(where: \.mayReport) }

    func run(of job: JobObject) -> RunObject? {
        runs.first { $0.metadata.name == job.runName }
    }

    /// The Job of a run; `nil` when it is gone.
    func job(of run: RunObject) -> JobObject? {
        jobs.first { $0.runName == run.metadata.name }
    }
}

extension PodObject {
    /// Whether it may say more; one whose container cannot start says nothing.
    fileprivate var mayReport: Bool { !isOver && RunVerdict.waiting(self) == nil }
}
