import KubernetesAPI
import NilusCore
import RunStatus

/// Where in a cluster the runs of a process are reported: the pod's namespace, its Job, and the Workflow it serves.
package struct ReportPlace: Sendable {
    /// The namespace of the pod.
    package let namespace: String
    /// The Job whose pod this is; owns a `WorkflowRun` that the job itself creates.
    package let job: OwnerJob?
    /// The `Workflow` resource that an operator runs; `nil` where there is no operator.
    package let workflow: String?

    /// The field manager of everything that a job declares.
    package static let fieldManager = "nilus-job"

    /// A place from its parts.
    package init(namespace: String, job: OwnerJob?, workflow: String?) {
        self.namespace = namespace
        self.job = job
        self.workflow = workflow
    }

    /// The `WorkflowRun` of a run; the first of a process bears the run id, which is all there is as a rule.
    func runReference(_ run: WorkflowRun, isFirst: Bool) -> ObjectReference {
        let name = isFirst ? run.runID : "\(run.runID).\(run.workflow.name)"
        return ObjectReference(.workflowRun, namespace: namespace, name: ResourceText.name(name))
    }
}

/// A Job by name and uid.
package struct OwnerJob: Sendable, Equatable {
    package let name: String
    package let uid: String

    /// A Job by name and uid.
    package init(name: String, uid: String) {
        self.name = name
        self.uid = uid
    }
}

/// Text in the forms that Kubernetes accepts.
enum ResourceText {
    /// Longest name of a resource, and longest value of a label.
    private static let longestName = 253
    private static let longestLabel = 63

    /// The text as a name: what is not `a`–`z`, a digit, `-` or `.` becomes `-`.
    static func name(_ text: String) -> String {
        ended(text.lowercased(), limit: longestName) { isNameByte($0) }
    }

    /// The text as the value of a label, perhaps empty.
    static func label(_ text: String) -> String {
        ended(text, limit: longestLabel) { isNameByte($0) || $0 == UInt8(ascii: "_") || (0x41...0x5A).contains($0) }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x2E
    }

    private static func ended(_ text: String, limit: Int, _ isAllowed: (UInt8) -> Bool) -> String {
        var bytes = text.utf8.map { isAllowed($0) ? $0 : UInt8(ascii: "-") }.prefix(limit)[...]
        let isEnd = { (byte: UInt8) in byte != 0x2D && byte != 0x2E && byte != UInt8(ascii: "_") }
        bytes = bytes.drop { !isEnd($0) }
        while let last = bytes.last, !isEnd(last) { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
