package import NilusCore

/// One workflow of a manifest, checked as a whole: every rule that needs only the manifest holds.
package struct Workflow: Sendable {
    /// The form in which a workflow was written.
    package enum Shape: String, Sendable, CaseIterable {
        /// `type: workflow` with a `dag`.
        case workflow
        /// `type: nilus` with one source and one sink.
        case nilus
        /// `source` and `sink` alone, as a stack writes them into its container.
        case stackSpec
    }

    /// The name: lower-case letters, digits and `-`, at most 48 characters.
    package let name: String
    /// The version of the resource's form, for example `v1`; empty for a bare stackSpec.
    package let version: String
    /// The form in which it was written.
    package let shape: Shape
    /// A title for people.
    package let title: String?
    /// A description for people.
    package let description: String?
    /// Tags for people.
    package let tags: [String]
    /// Who owns it.
    package let owner: String?
    /// The layer of the platform it belongs to.
    package let layer: String?
    /// The workspace it is applied to.
    package let workspace: String?
    /// When it runs; `nil` means once.
    package let schedule: WorkflowSchedule?
    /// The nodes, each after all that it depends on, otherwise in file order.
    package let nodes: [WorkflowNode]
    /// Warnings about this workflow, in file order.
    package let warnings: [ManifestFault]
    /// Where its document begins.
    package let location: SourceLocation
}
