import JSON
import KubernetesAPI
import NilusCore
import Synchronization

/// Which workflow: its namespace and name.
struct WorkflowKey: Hashable, Sendable {
    let namespace: String
    let name: String
}

/// What the operator knows of the cluster: the outlines of all objects that concern workflows.
///
/// Filled by one follower for each kind; read when a workflow is reconciled.
final class ClusterMirror: Sendable {
    /// The kinds that are followed.
    enum Kind: CaseIterable, Sendable {
        case workflows, jobs, cronJobs, pods, runs, configs
    }

    private struct Objects {
        var workflows: [WorkflowKey: WorkflowObject] = [:]
        var jobs: [WorkflowKey: [String: JobObject]] = [:]
        var cronJobs: [WorkflowKey: [String: CronJobObject]] = [:]
        var pods: [WorkflowKey: [String: PodObject]] = [:]
        var runs: [WorkflowKey: [String: RunObject]] = [:]
        var configs: [WorkflowKey: [String: ConfigObject]] = [:]
        /// By namespace, then by depot: the Secrets it needs.
        var depots: [String: [String: [String]]] = [:]
        var synced: Set<Kind> = []
    }

    private let objects = Mutex(Objects())

    /// Whether every kind was listed once, so that what is missing here is missing in the cluster.
    func isComplete(_ kinds: Set<Kind>) -> Bool { objects.withLock { $0.synced.isSuperset(of: kinds) } }

    func markSynced(_ kind: Kind) { objects.withLock { objects in _ = objects.synced.insert(kind) } }

    /// Takes over a state of an object, or its end.
    ///
    /// - Returns: the workflow that it concerns; `nil` for an object of nobody's.
    func take(_ kind: Kind, _ object: JSONValue, isDeleted: Bool) -> WorkflowKey? {
        objects.withLock { objects in
            switch kind {
            case .workflows:
                guard let workflow = WorkflowObject(object) else { return nil }
                let key = WorkflowKey(namespace: workflow.metadata.namespace, name: workflow.metadata.name)
                objects.workflows[key] = isDeleted ? nil : workflow
                return key
            case .jobs: return Self.put(JobObject(object), \.metadata, in: &objects.jobs, isDeleted)
            case .cronJobs: return Self.put(CronJobObject(object), \.metadata, in: &objects.cronJobs, isDeleted)
            case .pods: return Self.put(PodObject(object), \.metadata, in: &objects.pods, isDeleted)
            case .runs: return Self.put(RunObject(object), \.metadata, in: &objects.runs, isDeleted)
            case .configs:
                if Self.isDepot(object) { return Self.putDepot(object, in: &objects.depots, isDeleted) }
                return Self.put(ConfigObject(object), \.metadata, in: &objects.configs, isDeleted)
            }
        }
    }

    private static func put<Object>(
        _ object: Object?, _ metadata: KeyPath<Object, ObjectMetadata>,
        in objects: inout [WorkflowKey: [String: Object]], _ isDeleted: Bool
    ) -> WorkflowKey? {
        guard let object, let workflow = object[keyPath: metadata].labels[OperatorLabel.workflow] else { return nil }
        let key = WorkflowKey(namespace: object[keyPath: metadata].namespace, name: workflow)
        objects[key, default: [:]][object[keyPath: metadata].name] = isDeleted ? nil : object
        if objects[key]?.isEmpty == true { objects[key] = nil }
        return key
    }

    private static func isDepot(_ object: JSONValue) -> Bool {
        object["metadata"]?["labels"]?[OperatorLabel.type]?.string == "depot"
    }

    /// A depot concerns the workflows of its namespace when they next begin a run; none in particular.
    private static func putDepot(
        _ object: JSONValue, in depots: inout [String: [String: [String]]], _ isDeleted: Bool
    ) -> WorkflowKey? {
        guard let metadata = ObjectMetadata(object) else { return nil }
        let secrets = (metadata.annotations[OperatorLabel.secrets] ?? "").split(separator: ",").map(String.init)
        depots[metadata.namespace, default: [:]][metadata.name] = isDeleted ? nil : secrets
        return nil
    }
}

extension ClusterMirror {
    /// Names of objects of a kind that a new list no longer holds are forgotten.
    ///
    /// - Returns: the workflows that this concerns.
    func keepOnly(_ kind: Kind, _ present: Set<ObjectKey>) -> Set<WorkflowKey> {
        objects.withLock { objects in
            switch kind {
            case .workflows:
                let gone = objects.workflows.keys.filter {
                    !present.contains(ObjectKey(namespace: $0.namespace, name: $0.name))
                }
                for key in gone { objects.workflows[key] = nil }
                return Set(gone)
            case .jobs: return Self.prune(&objects.jobs, present)
            case .cronJobs: return Self.prune(&objects.cronJobs, present)
            case .pods: return Self.prune(&objects.pods, present)
            case .runs: return Self.prune(&objects.runs, present)
            case .configs:
                for (namespace, depots) in objects.depots {
                    objects.depots[namespace] = depots.filter { depot, _ in
                        present.contains(ObjectKey(namespace: namespace, name: depot))
                    }
                }
                return Self.prune(&objects.configs, present)
            }
        }
    }

    private static func prune<Object>(
        _ objects: inout [WorkflowKey: [String: Object]], _ present: Set<ObjectKey>
    ) -> Set<WorkflowKey> {
        var concerned: Set<WorkflowKey> = []
        for (key, named) in objects {
            let kept = named.filter { present.contains(ObjectKey(namespace: key.namespace, name: $0.key)) }
            guard kept.count < named.count else { continue }
            concerned.insert(key)
            objects[key] = kept.isEmpty ? nil : kept
        }
        return concerned
    }

    /// Everything there is of a workflow; `nil` when there is no such workflow.
    ///
    /// What belongs to an earlier workflow of the same name is left out: Kubernetes collects it.
    func situation(of key: WorkflowKey) -> Situation? {
        objects.withLock { objects in
            guard let workflow = objects.workflows[key] else { return nil }
            let uid = workflow.metadata.uid
            func own<Object>(_ named: [String: Object]?, _ metadata: KeyPath<Object, ObjectMetadata>) -> [Object] {
                (named ?? [:]).values.filter { $0[keyPath: metadata].labels[OperatorLabel.workflowUID] == uid }
                    .sorted { $0[keyPath: metadata].name < $1[keyPath: metadata].name }
            }
            var situation = Situation(workflow: workflow)
            situation.take(jobs: own(objects.jobs[key], \.metadata))
            situation.cronJobs = own(objects.cronJobs[key], \.metadata)
            situation.pods = own(objects.pods[key], \.metadata)
            situation.runs = own(objects.runs[key], \.metadata)
            situation.configs = own(objects.configs[key], \.metadata)
            for (config, secrets) in objects.depots[key.namespace] ?? [:] { situation.depotSecrets[config] = secrets }
            return situation
        }
    }

    /// How many objects of each kind are known.
    var counts: [(kind: String, count: Int)] {
        objects.withLock { objects in
            var counts = [(kind: "workflows", count: objects.workflows.count)]
            counts.append((kind: "jobs", count: Self.count(objects.jobs)))
            counts.append((kind: "cronjobs", count: Self.count(objects.cronJobs)))
            counts.append((kind: "pods", count: Self.count(objects.pods)))
            counts.append((kind: "workflowruns", count: Self.count(objects.runs)))
            return counts
        }
    }

    private static func count<Object>(_ objects: [WorkflowKey: [String: Object]]) -> Int {
        objects.values.reduce(0) { $0 + $1.count }
    }
}

/// An object of a known kind by its place.
struct ObjectKey: Hashable, Sendable {
    let namespace: String
    let name: String

    init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    init?(_ object: JSONValue) {
        guard let name = object["metadata"]?["name"]?.string else { return nil }
        self.init(namespace: object["metadata"]?["namespace"]?.string ?? "", name: name)
    }
}
