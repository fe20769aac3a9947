package import NilusCore

/// Where a node writes: an address, the table, and options.
package struct SinkSection: Sendable {
    /// The catalog or depot.
    package let address: ManifestAddress
    /// The table from `dest-table` or the address; without levels only in a section whose fault is
    /// reported.
    package let destination: DestinationTable
    /// What else the manifest says about the sink.
    package let options: SinkOptions
    /// Where the key `sink` stands.
    package let location: SourceLocation
}
