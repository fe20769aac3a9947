import ClusterResources
import JSON
import NilusCore
import WorkflowManifest

/// The pod in which a job runs: hardened, within its envelope, with the secrets and depots it names.
struct PodTemplate {
    let workflow: ObjectMetadata
    let part: WorkflowPlan.Part
    let settings: OperatorSettings
    /// The ConfigMap that holds the manifest.
    let config: String
    /// The Secrets that each known depot needs, by the ConfigMap of the depot.
    let depotSecrets: [String: [String]]

    private static let configFolder = "/etc/dataos/config"
    private static let secretFolder = "/etc/dataos/secret"
    private static let workFolder = "/etc/dataos/work"
    private static let accountFolder = "/var/run/secrets/kubernetes.io/serviceaccount"
    /// Readable for the group, which is the pod's `fsGroup`.
    private static let readableByGroup: JSONValue = 0o440

    func document(labels: JSONObject) throws(NilusError) -> JSONValue {
        let secrets = try PodSecrets(
            part.nodes, namespace: workflow.namespace, depots: depots.map(Self.configName(ofDepot:)), depotSecrets)
        var spec: JSONObject = [
            "restartPolicy": "Never", "serviceAccountName": .string(settings.jobServiceAccount),
            "automountServiceAccountToken": false, "enableServiceLinks": false, "terminationGracePeriodSeconds": 60,
            "securityContext": Self.podSecurity,
        ]
        spec["containers"] = [container(secrets)]
        spec["volumes"] = .array(volumes(secrets))
        return ["metadata": ["labels": .object(labels)], "spec": .object(spec)]
    }

    private func container(_ secrets: PodSecrets) -> JSONValue {
        var container: JSONObject = [
            "name": "nilus", "image": .string(settings.image),
            "args": ["run", "--log-format", "json", "--progress", "none"],
        ]
        container["imagePullPolicy"] = settings.imagePullPolicy.map(JSONValue.string)
        container["env"] = .array(environment(secrets))
        container["resources"] = resources
        container["securityContext"] = Self.containerSecurity
        container["terminationMessagePath"] = "/dev/termination-log"
        container["terminationMessagePolicy"] = "File"
        container["volumeMounts"] = .array(mounts(secrets))
        return .object(container)
    }
}

extension PodTemplate {
    private static let podSecurity: JSONValue = {
        let user: JSONValue = .integer(OperatorSettings.jobUser)
        return [
            "runAsNonRoot": true, "runAsUser": user, "runAsGroup": user, "fsGroup": user,
            "fsGroupChangePolicy": "OnRootMismatch", "seccompProfile": ["type": "RuntimeDefault"],
        ]
    }()

    private static let containerSecurity: JSONValue = [
        "allowPrivilegeEscalation": false, "privileged": false, "readOnlyRootFilesystem": true,
        "runAsNonRoot": true, "capabilities": ["drop": ["ALL"]],
    ]

    /// The pod of a Job that never starts one; whoever resumes that Job by hand sees a version and does no harm.
    static func marker(image: String, labels: JSONObject) -> JSONValue {
        let amounts: JSONValue = ["cpu": "10m", "memory": "32Mi", "ephemeral-storage": "1Mi"]
        return [
            "metadata": ["labels": .object(labels)],
            "spec": [
                "restartPolicy": "Never", "automountServiceAccountToken": false, "enableServiceLinks": false,
                "securityContext": podSecurity,
                "containers": [
                    [
                        "name": "nilus", "image": .string(image), "args": ["version"],
                        "resources": ["requests": amounts, "limits": amounts], "securityContext": containerSecurity,
                    ]
                ],
            ],
        ]
    }

    /// The most that any node may use; requests are limits, so that the budget is there when it is needed.
    private var resources: JSONValue {
        let amounts = part.nodes.map(\.resources)
        let cpu = amounts.compactMap { $0.limits.cpuMillicores ?? $0.requests.cpuMillicores }.max()
        let memory = amounts.compactMap { $0.limits.memoryBytes ?? $0.requests.memoryBytes }.max()
        let limits: JSONValue = [
            "cpu": .string(cpu.map { "\($0)m" } ?? settings.defaultCPU),
            "memory": .string(memory.map { "\($0)" } ?? settings.defaultMemory),
            "ephemeral-storage": .string(settings.ephemeralStorage),
        ]
        return ["requests": limits, "limits": limits]
    }

    /// Variables of the platform, of secrets, and of the workflow, which may not replace the others.
    private func environment(_ secrets: PodSecrets) -> [JSONValue] {
        var variables: [JSONValue] = [
            ["name": "NILUS_WORKFLOW", "value": .string(workflow.name)],
            label("NILUS_JOB_NAME", "job-name"), label("NILUS_JOB_UID", "controller-uid"),
        ]
        let folders = [
            ("DATAOS_CONFIG_DIR", Self.configFolder), ("DATAOS_SECRET_DIR", Self.secretFolder),
            ("DATAOS_WORK_DIR", Self.workFolder), ("DATAOS_NAME", workflow.name),
            ("DATAOS_TYPE", "workflow"), ("DATAOS_WORKSPACE", workflow.namespace),
            ("DATAOS_RESOURCE_ID", "workflow:v1:\(workflow.name):\(workflow.namespace)"),
        ]
        variables += folders.map { ["name": .string($0.0), "value": .string($0.1)] }
        variables += secrets.variables
        let taken = Set(variables.compactMap { $0["name"]?.string })
        return variables + ownVariables.filter { !taken.contains($0["name"]?.string ?? "") }
    }

    /// Both names of the label are set on every pod of a Job, the short one in older clusters too.
    private func label(_ variable: String, _ label: String) -> JSONValue {
        [
            "name": .string(variable),
            "valueFrom": ["fieldRef": ["fieldPath": .string("metadata.labels['\(label)']")]],
        ]
    }

    /// The `envs` on which all nodes agree; where they differ, the manifest gives each node its own.
    private var ownVariables: [JSONValue] {
        var values: [String: String] = [:]
        var disputed: Set<String> = []
        var order: [String] = []
        for variable in part.nodes.flatMap(\.environment.variables) {
            let value = variable.value.expose()
            if let known = values[variable.name] {
                if known != value { disputed.insert(variable.name) }
            } else {
                values[variable.name] = value
                order.append(variable.name)
            }
        }
        let kept = order.filter { !disputed.contains($0) && !Self.isReserved($0) }
        // '$(' would make Kubernetes look for a variable.
        return kept.map {
            [
                "name": .string($0),
                "value": .string(
                    (values[$0] ?? "").split(separator: "$(", omittingEmptySubsequences: false).joined(separator: "$$(")
                ),
            ]
        }
    }

    /// Variables that decide what the platform says, which a workflow does not.
    private static func isReserved(_ name: String) -> Bool {
        let upper = name.uppercased()
        return ["DATAOS_", "NILUS_", "KUBERNETES_", "GLIBC_", "MALLOC_"].contains(where: upper.hasPrefix)
            || ["HOME", "PATH", "TMPDIR", "BASE_CONFIG_FILE_DIR", "DEPOT_SERVICE_URL", "HEIMDALL_URL"].contains(upper)
    }
}

extension PodTemplate {
    /// The depots that sinks write to.
    private var depots: [String] {
        var names: [String] = []
        for name in part.nodes.compactMap(\.sink.address.depotAddress?.depot) where !names.contains(name) {
            names.append(name)
        }
        return names
    }

    private func volumes(_ secrets: PodSecrets) -> [JSONValue] {
        let manifest: JSONValue = ["configMap": ["name": .string(config)]]
        let declared = depots.map { depot -> JSONValue in
            ["configMap": ["name": .string(Self.configName(ofDepot: depot)), "optional": true]]
        }
        var volumes: [JSONValue] = [
            [
                "name": "config",
                "projected": ["defaultMode": Self.readableByGroup, "sources": .array([manifest] + declared)],
            ],
            ["name": "work", "emptyDir": ["sizeLimit": "16Mi"]],
        ]
        if settings.jobsReport { volumes.append(account) }
        return volumes + secrets.volumes(mode: Self.readableByGroup)
    }

    /// What `automountServiceAccountToken` would mount, said out loud: one short-lived token for the API server.
    private var account: JSONValue {
        let namespace: JSONValue = [
            "downwardAPI": ["items": [["path": "namespace", "fieldRef": ["fieldPath": "metadata.namespace"]]]]
        ]
        return [
            "name": "account",
            "projected": [
                "defaultMode": Self.readableByGroup,
                "sources": [
                    ["serviceAccountToken": ["path": "token", "expirationSeconds": 3607]],
                    ["configMap": ["name": "kube-root-ca.crt", "items": [["key": "ca.crt", "path": "ca.crt"]]]],
                    namespace,
                ],
            ],
        ]
    }

    private func mounts(_ secrets: PodSecrets) -> [JSONValue] {
        var mounts = [
            mount("config", Self.configFolder, isReadOnly: true), mount("work", Self.workFolder),
        ]
        if settings.jobsReport { mounts.append(mount("account", Self.accountFolder, isReadOnly: true)) }
        return mounts
            + secrets.volumeNames.map { mount($0.volume, "\(Self.secretFolder)/\($0.secret)", isReadOnly: true) }
    }

    private func mount(_ volume: String, _ path: String, isReadOnly: Bool = false) -> JSONValue {
        var mount: JSONObject = ["name": .string(volume), "mountPath": .string(path)]
        if isReadOnly { mount["readOnly"] = true }
        return .object(mount)
    }

    /// The ConfigMap in which a depot's manifest is kept.
    static func configName(ofDepot depot: String) -> String { ResourceType.depot.objectName(depot) }
}
