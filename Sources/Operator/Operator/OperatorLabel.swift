/// The labels and annotations by which an operator finds what it made, and what others tell it.
package enum OperatorLabel {
    /// Has the value ``manager`` on everything that the operator makes.
    package static let managedBy = "app.kubernetes.io/managed-by"
    package static let manager = "nilus-operator"
    /// The name of the workflow.
    package static let workflow = "nilus.dataos.io/workflow"
    /// The uid of the workflow: one that is deleted and applied again has the same name.
    package static let workflowUID = "nilus.dataos.io/workflow-uid"
    /// The run group: `g` and the generation, `r` and the digest of a request, or of scheduled runs `s` or, where each
    /// node has a Job, ``RunGroup/tickPrefix`` and the minute.
    package static let group = "nilus.dataos.io/group"
    /// The node, where each has a pod of its own.
    package static let node = "nilus.dataos.io/node"
    /// The ConfigMap with the manifest.
    package static let manifest = "nilus.dataos.io/manifest"
    /// What a ConfigMap holds: `manifest` or `depot`.
    package static let type = "nilus.dataos.io/type"
    /// The Job of a run.
    package static let job = "nilus.dataos.io/job"

    /// An annotation of a child: the digest of what it was made from.
    package static let digest = "nilus.dataos.io/digest"
    /// An annotation of a workflow: a text that asks, when it changes, for a run now.
    package static let runRequest = "nilus.dataos.io/run-request"
    /// An annotation of a depot's ConfigMap: the Secrets that the depot needs, with commas between.
    package static let secrets = "nilus.dataos.io/secrets"
}
