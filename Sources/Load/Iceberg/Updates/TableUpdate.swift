/// One change to the metadata of a table, as the REST catalog specification names them.
///
/// A catalog service applies these itself; for the others ``TableMetadata/applying(_:at:previousLocation:)`` does.
///
/// - SeeAlso: Iceberg REST Open API, schema `TableUpdate`.
package enum TableUpdate: Sendable, Equatable {
    case assignUUID(String)
    case upgradeFormatVersion(Int)
    /// Adds a schema; its id is given anew, unless a schema with the same columns is there already.
    case addSchema(IcebergSchema, lastColumnID: Int)
    /// Makes a schema current; ``lastAdded`` names the one added last in the same change.
    case setCurrentSchema(Int)
    case addPartitionSpec(PartitionSpec)
    case setDefaultPartitionSpec(Int)
    case addSortOrder(SortOrder)
    case setDefaultSortOrder(Int)
    case addSnapshot(Snapshot)
    case setReference(String, SnapshotReference)
    case removeSnapshots([Int64])
    case removeReference(String)
    case setProperties([TableProperty])
    case removeProperties([String])
    case setLocation(String)

    /// Stands for the id of the schema, partition spec or sort order added last in the same change.
    package static let lastAdded = -1
}

/// A setting of a table or an entry of a snapshot's summary.
package struct TableProperty: Sendable, Hashable {
    /// The name of the setting.
    package let name: String
    /// Its value; numbers are text too.
    package let value: String

    /// A setting of a name and a value.
    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// A change to a table: what must be true of it now, and what to do then.
package struct TableChange: Sendable, Equatable {
    /// What must be true of the table.
    package var requirements: [TableRequirement]
    /// What to do then, in order.
    package var updates: [TableUpdate]

    /// A change of requirements and updates.
    package init(requirements: [TableRequirement], updates: [TableUpdate]) {
        self.requirements = requirements
        self.updates = updates
    }
}
