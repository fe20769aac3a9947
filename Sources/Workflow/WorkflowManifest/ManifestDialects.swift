/// What the adapters know about the sections of a manifest that this room does not.
///
/// The checks run while the manifest is read, so that the adapters' faults stand among the others in
/// file order. They are called for sections with faults too, as far as those could be read: an address
/// that is not `isComplete`, no tables, or a destination without levels has been reported already.
package struct ManifestDialects: Sendable {
    /// Schemes that a source address may have.
    package var sourceSchemes: [String]
    /// Schemes that a sink address may have.
    package var sinkSchemes: [String]
    /// Finds faults in a source section of the node with the given header.
    package var checkSource: @Sendable (SourceSection, NodeHeader) -> [ManifestFault]
    /// Finds faults in a sink section of the node with the given header.
    package var checkSink: @Sendable (SinkSection, NodeHeader) -> [ManifestFault]

    /// Dialects that know the schemes of this program and check nothing beyond, unless told otherwise.
    package init(
        sourceSchemes: [String] = ["stripe"],
        sinkSchemes: [String] = ["dataos", "iceberg+sqlite", "iceberg+rest"],
        checkSource: @escaping @Sendable (SourceSection, NodeHeader) -> [ManifestFault] = { _, _ in [] },
        checkSink: @escaping @Sendable (SinkSection, NodeHeader) -> [ManifestFault] = { _, _ in [] }
    ) {
        self.sourceSchemes = sourceSchemes
        self.sinkSchemes = sinkSchemes
        self.checkSource = checkSource
        self.checkSink = checkSink
    }
}
