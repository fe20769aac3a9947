package import Logging
package import NilusCore
package import Normalization
package import RunStatus
package import Secrets
package import WorkflowManifest

/// Everything that one run of one workflow is given.
package struct RunSetup: Sendable {
    package let workflow: Workflow
    package let reference: WorkflowReference
    package let runID: String
    /// SHA-256 of all that this process runs, so that a run id is not used for anything else.
    package let digest: String
    package let envelope: Envelope
    package let adapters: PipelineAdapters
    package let secrets: SecretStore
    package let naming: ColumnNaming
    package let isDryRun: Bool
    package let time: TimeSource
    package let logger: Logger
    /// Told of the run at its start and at every change of a phase.
    package let observe: @Sendable (WorkflowRun) -> Void

    package init(
        workflow: Workflow, reference: WorkflowReference, runID: String, digest: String, envelope: Envelope,
        adapters: PipelineAdapters, secrets: SecretStore, naming: ColumnNaming, isDryRun: Bool, time: TimeSource,
        logger: Logger, observe: @escaping @Sendable (WorkflowRun) -> Void
    ) {
        self.workflow = workflow
        self.reference = reference
        self.runID = runID
        self.digest = digest
        self.envelope = envelope
        self.adapters = adapters
        self.secrets = secrets
        self.naming = naming
        self.isDryRun = isDryRun
        self.time = time
        self.logger = logger
        self.observe = observe
    }
}
