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

    /// Whether a pod may still say how the run stands; one whose container cannot start says nothing.
    func mayReport(_ run: RunObject) -> Bool {
        pods(of: run).contains { !$0.isOver && RunVerdict.waiting($0) == nil }
    }

    func run(of job: JobObject) -> RunObject? {
        runs.first { $0.metadata.name == job.runName }
    }

    /// The Job of a run; `nil` when it is gone.
    func job(of run: RunObject) -> JobObject? {
        jobs.first { $0.runName == run.metadata.name }
    }
}
