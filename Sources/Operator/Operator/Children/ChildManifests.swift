import JSON
import KubernetesAPI
import NilusCore
import WorkflowManifest

/// The objects that an operator makes for one workflow, all of them owned by it.
struct ChildManifests {
    let workflow: WorkflowObject
    let settings: OperatorSettings
    let abilities: ClusterAbilities
    let depotSecrets: [String: [String]]

    private var metadata: ObjectMetadata { workflow.metadata }

    /// The ConfigMap of a manifest; its name tells the content, which never changes.
    func config(_ part: WorkflowPlan.Part) -> JSONValue {
        let text = String(decoding: part.manifest, as: UTF8.self)
        var labels = commonLabels
        labels[OperatorLabel.type] = "manifest"
        return [
            "apiVersion": "v1", "kind": "ConfigMap", "immutable": true,
            "metadata": named(Self.configName(metadata.name, part), labels),
            "data": ["config.yaml": .string(text)],
        ]
    }

    static func configName(_ workflow: String, _ part: WorkflowPlan.Part) -> String {
        ChildName.make(workflow, "m\(ChildName.digest(of: String(decoding: part.manifest, as: UTF8.self)))")
    }

    /// The Job of a part in a run group.
    func job(_ part: WorkflowPlan.Part, group: String) throws(NilusError) -> JSONValue {
        let labels = labels(part, group)
        return [
            "apiVersion": "batch/v1", "kind": "Job",
            "metadata": named(Self.jobName(metadata.name, part, group), labels),
            "spec": try jobSpec(part, labels),
        ]
    }

    static func jobName(_ workflow: String, _ part: WorkflowPlan.Part, _ group: String) -> String {
        ChildName.make(workflow, part.node.map { "\(group)-\($0)" } ?? group)
    }

    /// The CronJob of one cron expression of the schedule, which starts the whole dag.
    func cronJob(
        _ part: WorkflowPlan.Part, _ schedule: WorkflowSchedule, position: Int, isSuspended: Bool
    ) throws(NilusError) -> JSONValue {
        let labels = labels(part, "s")
        return cronJob(schedule, position, isSuspended, labels: labels, job: try jobSpec(part, labels))
    }

    /// The CronJob of one cron expression of the schedule where each node has a Job: its own Jobs are ticks.
    ///
    /// A tick is a suspended Job, so that no pod starts: for the CronJob it is the run under way, for the operator what
    /// asks for the Jobs of the nodes.
    func tickingCronJob(_ schedule: WorkflowSchedule, position: Int, isSuspended: Bool) -> JSONValue {
        var labels = commonLabels
        labels[OperatorLabel.group] = .string(RunGroup.tickMark(position: position))
        let spec: JSONValue = [
            "suspend": true, "backoffLimit": 0,
            "template": PodTemplate.marker(image: settings.image, labels: labels),
        ]
        return cronJob(schedule, position, isSuspended, labels: labels, job: spec)
    }

    private func cronJob(
        _ schedule: WorkflowSchedule, _ position: Int, _ isSuspended: Bool, labels: JSONObject, job: JSONValue
    ) -> JSONValue {
        var spec: JSONObject = [
            "schedule": .string(schedule.crons[position].value),
            // Two runs would write one table; whoever wants that says so.
            "concurrencyPolicy": .string(schedule.runsAtOnce.rawValue),
            "suspend": .boolean(isSuspended),
            "startingDeadlineSeconds": .integer(settings.startingDeadlineSeconds),
            "successfulJobsHistoryLimit": .integer(settings.keptSucceededJobs),
            "failedJobsHistoryLimit": .integer(settings.keptFailedJobs),
        ]
        if abilities.hasTimeZones { spec["timeZone"] = .string(schedule.timezone ?? "Etc/UTC") }
        spec["jobTemplate"] = ["metadata": ["labels": .object(labels)], "spec": job]
        return [
            "apiVersion": "batch/v1", "kind": "CronJob",
            "metadata": named(Self.cronJobName(metadata.name, position), labels), "spec": .object(spec),
        ]
    }

    static func cronJobName(_ workflow: String, _ position: Int) -> String {
        ChildName.make(workflow, position == 0 ? nil : "c\(position + 1)")
    }

    /// The `WorkflowRun` of a Job, to which the Job's pod reports.
    func run(of job: JobObject) -> JSONValue {
        var labels = commonLabels
        labels[OperatorLabel.job] = .string(job.metadata.name)
        labels[OperatorLabel.group] = job.group.map(JSONValue.string)
        labels[OperatorLabel.node] = job.node.map(JSONValue.string)
        return [
            "apiVersion": .string(KubernetesResource.workflowRun.apiVersion), "kind": "WorkflowRun",
            "metadata": named(job.runName, labels), "spec": ["workflowRef": ["name": .string(metadata.name)]],
        ]
    }
}

extension ChildManifests {
    private func jobSpec(_ part: WorkflowPlan.Part, _ labels: JSONObject) throws(NilusError) -> JSONValue {
        let template = PodTemplate(
            workflow: metadata, part: part, settings: settings, config: Self.configName(metadata.name, part),
            depotSecrets: depotSecrets)
        var spec: JSONObject = [
            "backoffLimit": .integer(part.retry?.count ?? settings.backoffLimit),
            "activeDeadlineSeconds": .integer(settings.activeDeadlineSeconds),
        ]
        if abilities.hasPodFailurePolicy {
            spec["podFailurePolicy"] = Self.podFailurePolicy
        }
        if abilities.hasPodReplacementPolicy { spec["podReplacementPolicy"] = "Failed" }
        spec["template"] = try template.document(labels: labels)
        return .object(spec)
    }

    /// A pod that is moved away does not count; an exit code after which nothing changes ends the Job at once.
    private static let podFailurePolicy: JSONValue = {
        let final = ExitCode.allCases.filter { $0 != .done && $0 != .tryAgain }.map(\.rawValue)
        // Killed by SIGILL, SIGTRAP, SIGABRT or SIGSEGV: a defect, which another pod has too.
        let crashes: [Int32] = [132, 133, 134, 139]
        return [
            "rules": [
                ["action": "Ignore", "onPodConditions": [["type": "DisruptionTarget", "status": "True"]]],
                [
                    "action": "FailJob",
                    "onExitCodes": [
                        "containerName": "nilus", "operator": "In",
                        "values": .array((final + crashes).sorted().map { .integer($0) }),
                    ],
                ],
            ]
        ]
    }()

    private func labels(_ part: WorkflowPlan.Part, _ group: String) -> JSONObject {
        var labels = commonLabels
        labels[OperatorLabel.group] = .string(group)
        labels[OperatorLabel.node] = part.node.map(JSONValue.string)
        labels[OperatorLabel.manifest] = .string(Self.configName(metadata.name, part))
        return labels
    }

    private var commonLabels: JSONObject {
        [
            "app.kubernetes.io/name": "nilus", "app.kubernetes.io/part-of": "nilus",
            "app.kubernetes.io/component": "job", OperatorLabel.managedBy: .string(OperatorLabel.manager),
            OperatorLabel.workflow: .string(metadata.name), OperatorLabel.workflowUID: .string(metadata.uid),
        ]
    }

    /// The metadata of a child: with the workflow as its owner, it goes when the workflow goes.
    private func named(_ name: String, _ labels: JSONObject) -> JSONValue {
        [
            "name": .string(name), "namespace": .string(metadata.namespace), "labels": .object(labels),
            "ownerReferences": [
                [
                    "apiVersion": .string(KubernetesResource.workflow.apiVersion), "kind": "Workflow",
                    "name": .string(metadata.name), "uid": .string(metadata.uid), "controller": true,
                ]
            ],
        ]
    }
}

extension WorkflowSchedule {
    /// What the schedule says of two runs at a time, or what holds when it says nothing.
    var runsAtOnce: ConcurrencyPolicy { concurrencyPolicy ?? .forbid }
}
