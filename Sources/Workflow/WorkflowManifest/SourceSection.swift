package import NilusCore

/// Where a node reads: an address, the tables wanted, and options.
package struct SourceSection: Sendable {
    /// The service and the key for it.
    package let address: ManifestAddress
    /// What `source-table` names, in its order; empty only in a section whose fault is reported.
    package let tables: [SourceTable]
    /// What else the manifest says about the source.
    package let options: SourceOptions
    /// Where the key `source` stands.
    package let location: SourceLocation

    /// Whether more than one endpoint may be meant.
    package var hasManyTables: Bool { tables.count > 1 || tables.contains(where: \.isAll) }
}
