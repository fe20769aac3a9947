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
    /// Whether tables of one name in the two sections are one table.
    package let sharePlace: @Sendable (SinkSection, SinkSection) -> Bool

    package init(
        endpoints: @escaping @Sendable (SourceTable) -> [Endpoint],
        openSource: @escaping @Sendable (SourceSection, SecretStore) throws -> (source: any Source, remarks: [String]),
        openSink: @escaping @Sendable (SinkSection, SecretStore, Envelope) async throws -> any Sink,
        sharePlace: @escaping @Sendable (SinkSection, SinkSection) -> Bool
    ) {
        self.endpoints = endpoints
        self.openSource = openSource
        self.openSink = openSink
        self.sharePlace = sharePlace
    }
}
