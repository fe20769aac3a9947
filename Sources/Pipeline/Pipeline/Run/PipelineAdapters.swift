package import Extraction
package import Loading
package import Secrets
package import WorkflowManifest

/// How the pipeline gets its source and sink; filled in by the executable, or by a test with doubles.
package struct PipelineAdapters: Sendable {
    /// The endpoints that an item of `source-table` means; none when there is no such endpoint.
    package let endpoints: @Sendable (SourceTable) -> [Endpoint]
    /// Opens a source, with remarks for the user.
    package let openSource: @Sendable (SourceSection, SecretStore) throws -> (source: any Source, remarks: [String])
    package let openSink: @Sendable (SinkSection, SecretStore, Envelope) async throws -> any Sink

    package init(
        endpoints: @escaping @Sendable (SourceTable) -> [Endpoint],
        openSource: @escaping @Sendable (SourceSection, SecretStore) throws -> (source: any Source, remarks: [String]),
        openSink: @escaping @Sendable (SinkSection, SecretStore, Envelope) async throws -> any Sink
    ) {
        self.endpoints = endpoints
        self.openSource = openSource
        self.openSink = openSink
    }
}
