/// A kind of resource that an API server keeps, and where it is found there.
package struct KubernetesResource: Sendable, Hashable {
    /// Empty for the core group.
    package let group: String
    package let version: String
    /// The name in paths: lower case, plural.
    package let plural: String
    package let kind: String

    /// A kind by its names.
    package init(group: String, version: String, plural: String, kind: String) {
        self.group = group
        self.version = version
        self.plural = plural
        self.kind = kind
    }

    /// The `apiVersion` of its objects.
    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// The path of one object, or of the collection when no name is given; without a namespace that of all namespaces.
    package func path(namespace: String?, name: String? = nil, subresource: String? = nil) -> String {
        var path = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
        if let namespace { path += "/namespaces/\(URLText.encoded(namespace))" }
        path += "/\(plural)"
        if let name { path += "/\(URLText.encoded(name))" }
        if let subresource { path += "/\(subresource)" }
        return path
    }
}

extension KubernetesResource {
    private static let ownGroup = "nilus.dataos.io"

    package static let workflow = KubernetesResource(
        group: ownGroup, version: "v1", plural: "workflows", kind: "Workflow")
    package static let workflowRun = KubernetesResource(
        group: ownGroup, version: "v1", plural: "workflowruns", kind: "WorkflowRun")
    package static let job = KubernetesResource(group: "batch", version: "v1", plural: "jobs", kind: "Job")
    package static let cronJob = KubernetesResource(
        group: "batch", version: "v1", plural: "cronjobs", kind: "CronJob")
    package static let lease = KubernetesResource(
        group: "coordination.k8s.io", version: "v1", plural: "leases", kind: "Lease")
    package static let pod = KubernetesResource(group: "", version: "v1", plural: "pods", kind: "Pod")
    package static let configMap = KubernetesResource(
        group: "", version: "v1", plural: "configmaps", kind: "ConfigMap")
    package static let secret = KubernetesResource(group: "", version: "v1", plural: "secrets", kind: "Secret")
    package static let event = KubernetesResource(
        group: "events.k8s.io", version: "v1", plural: "events", kind: "Event")
}

/// Text in URLs.
enum URLText {
    /// Percent-encodes everything but RFC 3986's unreserved characters.
    static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return result
    }
}
