package import NilusCore

/// What a file of manifests holds: workflows, and everything worth saying about them.
package struct ManifestReading: Sendable {
    /// The name of the file as places show it.
    package let file: String
    /// The workflows without errors, in file order; none where the YAML itself has faults.
    package let workflows: [Workflow]
    /// Errors, warnings and remarks, in file order.
    package let faults: [ManifestFault]

    init(file: String, workflows: [Workflow], faults: [ManifestFault]) {
        self.file = file
        self.workflows = workflows
        // Sorted stably: faults at one place stay in the order found.
        self.faults = faults.enumerated().sorted { left, right in
            (left.element.location, left.offset) < (right.element.location, right.offset)
        }.map(\.element)
    }

    /// All errors as one; `nil` when there is none.
    package var error: NilusError? { .manifestInvalid(faults) }

    /// The reading where the manifest is kept for others to read: a credential in it is an error there.
    package var forCluster: ManifestReading {
        guard faults.contains(where: \.showsCredential) else { return self }
        return ManifestReading(
            file: file, workflows: [],
            faults: faults.map { $0.showsCredential ? .error($0.message, at: $0.location) : $0 })
    }

    /// The workflows of a file that must hold at least one and no error.
    ///
    /// - Throws: `manifestInvalid` (terminal) with the first fault and the number of the others.
    package func runnableWorkflows() throws(NilusError) -> [Workflow] {
        if let error { throw error }
        guard !workflows.isEmpty else { throw .noWorkflow(in: file) }
        return workflows
    }
}
