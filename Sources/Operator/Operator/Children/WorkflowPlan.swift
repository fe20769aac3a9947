import JSON
import NilusCore
package import WorkflowManifest

/// What is to run for a workflow, read from its spec; nothing in it depends on the cluster.
struct WorkflowPlan: Sendable {
    /// One Job of a run: the whole dag, or one node of it.
    struct Part: Sendable {
        /// `nil` for the whole dag.
        let node: String?
        /// The nodes whose Jobs must succeed first.
        let dependencies: [String]
        let nodes: [WorkflowNode]
        /// What the node says of trying again, which then is its Job's to do; `nil` where the pod does it, or nothing is
        /// said.
        let retry: RetryRule?
        /// The manifest that the job reads: the very file a user could have written.
        let manifest: [UInt8]
    }

    /// In an order in which each stands after those it depends on.
    let parts: [Part]
    let schedule: WorkflowSchedule?
    let isSuspended: Bool
    /// Whether each node has a Job of its own.
    var isPerNode: Bool { parts.contains { $0.node != nil } }
    /// How many crons of one schedule become CronJobs at most.
    static let mostCrons = 10

    /// Reads a workflow.
    ///
    /// - Throws: `manifestInvalid` (terminal) with everything that is wrong.
    init(_ workflow: WorkflowObject, read: ReadManifest) throws(NilusError) {
        let body = Self.body(workflow.spec)
        let manifest = Self.manifest(workflow.metadata, body)
        // The manifest is copied into a ConfigMap, and its variables into pods.
        let reading = read(manifest, workflow.metadata.name).forCluster
        guard let first = try reading.runnableWorkflows().first else {
            throw .defect(.workflow, "a manifest without faults holds no workflow")
        }
        schedule = first.schedule
        isSuspended =
            workflow.spec["suspend"]?.boolean == true || workflow.spec["schedule"]?["suspend"]?.boolean == true
        guard workflow.spec["execution"]?.string == "pod-per-node", first.nodes.count > 1 else {
            parts = [Part(node: nil, dependencies: [], nodes: first.nodes, retry: nil, manifest: manifest)]
            return
        }
        parts = first.nodes.map { node in
            Part(
                node: node.name, dependencies: node.dependencies, nodes: [node], retry: node.retry,
                manifest: Self.manifest(workflow.metadata, Self.only(node.name, of: body)))
        }
    }

    /// The spec without what only the operator reads.
    private static func body(_ spec: JSONValue) -> JSONObject {
        var body = spec.object ?? [:]
        body["execution"] = nil
        body["suspend"] = nil
        if var schedule = body["schedule"]?.object {
            schedule["suspend"] = nil
            body["schedule"] = .object(schedule)
        }
        return body
    }

    /// The body with one node that waits for nobody, and tries only once: its Job counts the attempts.
    private static func only(_ name: String, of body: JSONObject) -> JSONObject {
        var body = body
        let nodes = body["dag"]?.array ?? []
        body["dag"] = .array(
            nodes.filter { $0["name"]?.string == name }.map { node in
                var node = node.object ?? [:]
                node["dependencies"] = nil
                node["depends"] = nil
                node["retry"] = nil
                return .object(node)
            })
        return body
    }

    /// The workflow resource of DataOS; JSON is YAML, and keeps the written form of every number.
    private static func manifest(_ metadata: ObjectMetadata, _ body: JSONObject) -> [UInt8] {
        let resource: JSONValue = [
            "name": .string(metadata.name), "version": "v1", "type": "workflow",
            "workspace": .string(metadata.namespace), "workflow": .object(body),
        ]
        return resource.prettyBytes
    }
}

/// Reads the bytes of a manifest, with what source and sink know; the text is the name to show.
package typealias ReadManifest = @Sendable ([UInt8], String) -> ManifestReading
