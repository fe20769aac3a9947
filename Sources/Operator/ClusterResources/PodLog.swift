package import JSON

/// Which of the pods of a workflow is the one whose log is asked for.
package struct PodLog: Sendable {
    /// The node, where each has a pod of its own.
    package let node: String?
    /// Whether it is the pod before the newest: an attempt or a run earlier.
    ///
    /// Containers of jobs never start anew, so that Kubernetes has no previous log of one.
    package let isPrevious: Bool

    /// A question for a log.
    package init(node: String?, isPrevious: Bool) {
        self.node = node
        self.isPrevious = isPrevious
    }

    /// The labels of the pods that come into question.
    package func selector(workflow: String) -> String {
        "nilus.dataos.io/workflow=\(workflow)" + (node.map { ",nilus.dataos.io/node=\($0)" } ?? "")
    }

    /// The name of the pod; `nil` when there is none.
    package func pod(of pods: [JSONValue]) -> String? {
        let newestFirst = pods.compactMap(Age.init).sorted(by: >)
        return newestFirst.dropFirst(isPrevious ? 1 : 0).first?.name
    }

    /// What was looked for, for a message.
    package var title: String {
        (isPrevious ? "pod before the newest" : "pod") + (node.map { " of node '\($0)'" } ?? "")
    }
}

/// When a pod was made; of two of one second, which is as far as Kubernetes tells, the name decides.
private struct Age: Comparable {
    let creation: String
    let name: String

    init?(_ pod: JSONValue) {
        guard let name = pod["metadata"]?["name"]?.string else { return nil }
        self.name = name
        creation = pod["metadata"]?["creationTimestamp"]?.string ?? ""
    }

    static func < (left: Age, right: Age) -> Bool { (left.creation, left.name) < (right.creation, right.name) }
}
