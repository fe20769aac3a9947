import KubernetesAPI
import KubernetesStatus
import NilusCore
import Schedules

/// What a pod knows of itself by the downward API: its Job, and the workflow it serves.
///
/// The pod template hands over the labels that Kubernetes gives every pod of a Job. The name alone would not do as a run
/// id: a Job that is deleted and applied again has the same one.
struct PodIdentity: Sendable {
    /// The labels `batch.kubernetes.io/job-name` and `batch.kubernetes.io/controller-uid`, in older clusters without
    /// their prefix.
    static let jobNameVariable = "NILUS_JOB_NAME"
    static let jobUIDVariable = "NILUS_JOB_UID"
    /// Another folder than the usual one with the credentials of the service account, for a pod that mounts them there.
    static let accountFolderVariable = "NILUS_SERVICE_ACCOUNT_DIR"
    /// The `Workflow` resource of which an operator made the Job.
    static let workflowVariable = "NILUS_WORKFLOW"

    let job: OwnerJob?
    let workflow: String?

    init(_ environment: EnvironmentVariables) {
        if let name = environment[Self.jobNameVariable], let uid = environment[Self.jobUIDVariable] {
            job = OwnerJob(name: name, uid: uid)
        } else {
            job = nil
        }
        workflow = environment[Self.workflowVariable]
    }

    /// The run id, the same for every pod that Kubernetes starts for one Job.
    var runID: String? { job.map { "\($0.name)-\($0.uid)" } }

    /// The moment at which the run was due, when it was scheduled.
    var scheduledTime: Timestamp? { job.flatMap { ScheduledJobName.moment(in: $0.name) } }

    /// The reporter to the pod's own cluster.
    ///
    /// - Returns: `nil` for a pod that is not told its Job or has no token: then nobody asked for a report.
    func reporter(
        environment: EnvironmentVariables, time: TimeSource, note: @escaping @Sendable (String) -> Void
    ) -> ClusterReporter? {
        guard let job, let connection = ClusterConnection.ofPod(environment) else { return nil }
        let client: KubernetesClient
        do throws(NilusError) {
            client = try KubernetesClient(connection, patience: RequestPatience(total: .seconds(10)), time: time)
        } catch {
            note(error.line)
            return nil
        }
        return ClusterReporter(
            client, place: ReportPlace(namespace: connection.namespace, job: job, workflow: workflow), time: time,
            note: note)
    }
}

extension ClusterConnection {
    /// The connection of this pod to its cluster; `nil` outside of one.
    static func ofPod(_ environment: EnvironmentVariables) -> ClusterConnection? {
        inPod(
            environment: environment,
            folder: environment[PodIdentity.accountFolderVariable] ?? serviceAccountFolder)
    }
}
