package import NilusCore

/// Everything there is to tell about one run of one workflow.
package struct WorkflowRun: Sendable {
    package let workflow: WorkflowReference
    package let runID: String
    package let loadID: String
    /// Rises with every announced change, so that of two states the newer one is known.
    package var revision = 0
    package var outcome: Outcome = .pending
    package var startTime: Timestamp?
    package var completionTime: Timestamp?
    /// The process exit code, once the run has ended.
    package var exitCode: ExitCode?
    package var nodes: [NodeStatus]
    /// `nil` for a run that ended before it had a budget.
    package var envelope: EnvelopeStatus?
    /// What a person should look at although the run goes on.
    package var warnings: [String] = []

    package init(
        workflow: WorkflowReference, runID: String, loadID: String, nodes: [NodeStatus], envelope: EnvelopeStatus?
    ) {
        self.workflow = workflow
        self.runID = runID
        self.loadID = loadID
        self.nodes = nodes
        self.envelope = envelope
    }

    /// Rows that the run made visible, those of an earlier process with the same run id among them.
    package var rowsCommitted: Int {
        nodes.flatMap(\.endpoints).compactMap(\.commit?.rowsAdded).reduce(0, +)
    }

    /// Rows that this process made visible.
    package var rowsCommittedNow: Int {
        nodes.flatMap(\.endpoints).filter { $0.outcome.reason != SuccessReason.alreadyCommitted.rawValue }
            .compactMap(\.commit?.rowsAdded).reduce(0, +)
    }

    /// Adds warnings, each once.
    ///
    /// - Returns: those that were not known.
    package mutating func warn(_ new: [String]) -> [String] {
        let known = warnings.count
        for warning in new where !warnings.contains(warning) { warnings.append(warning) }
        return Array(warnings[known...])
    }
}

/// Which workflow a run belongs to.
package struct WorkflowReference: Sendable, Hashable {
    package let name: String
    package let version: String?
    package let workspace: String?
    /// The manifest as the user named it, and SHA-256 of its bytes, empty when they could not be read.
    package let file: String
    package let digest: String

    package init(name: String, version: String?, workspace: String?, file: String, digest: String) {
        self.name = name
        self.version = version
        self.workspace = workspace
        self.file = file
        self.digest = digest
    }
}

/// How a node of the workflow stands.
package struct NodeStatus: Sendable {
    package let name: String
    package var outcome: Outcome = .pending
    package var attempts = 0
    /// What asking whose data this is cost the last attempt.
    package var identification = ExtractFigures()
    package var startTime: Timestamp?
    package var completionTime: Timestamp?
    package var endpoints: [EndpointStatus]

    package init(name: String, endpoints: [EndpointStatus]) {
        self.name = name
        self.endpoints = endpoints
    }

    /// Requests of the last attempt: that for the account of the key and those of the endpoints.
    package var requests: Int { endpoints.reduce(identification.requests) { $0 + $1.extract.requests } }
}
