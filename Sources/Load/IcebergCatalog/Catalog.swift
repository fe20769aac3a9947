package import Iceberg
package import Loading
import NilusCore

/// Who owns the pointer to the current metadata of each table, and swaps it atomically.
///
/// Everything a caller does with a table goes through five steps, whatever the kind of catalog: load it
/// (or stage it, when there is none), write files under its location, plan a ``TableChange``, commit it,
/// and on a lost race plan again on the state that won.
package protocol Catalog: Sendable {
    /// Whether there is a namespace of that name.
    ///
    /// - Throws: for this and all functions: `sinkRefused` (terminal) or `sinkUnavailable` (transient).
    func hasNamespace(_ namespace: [String]) async throws -> Bool

    /// Makes a namespace; does nothing when there is one.
    func createNamespace(_ namespace: [String]) async throws

    /// The tables of a namespace by name; none when there is no such namespace.
    func tables(in namespace: [String]) async throws -> [TableName]

    /// Loads a table's current state; `nil` when there is no such table.
    func load(_ table: TableName) async throws -> CatalogTable?

    /// Prepares a table that does not exist: its location and its field ids, as the catalog wants them.
    ///
    /// Nothing becomes visible before a change is committed to what is returned. The catalog may give fields
    /// and layouts other ids than asked for; what is returned counts.
    func stage(_ table: TableName, _ draft: TableDraft) async throws -> CatalogTable

    /// Makes a change to a table in one step, if all its requirements are met.
    ///
    /// - Throws: `commitConflict` (transient) when a requirement is not met or another writer was faster,
    ///   with a ``CommitConflict`` as its cause: the change was provably not made. `commitUnknown` when
    ///   it may have been made: load the table and look for the own snapshot.
    /// - Returns: the table after the change.
    func commit(_ change: TableChange, to table: CatalogTable) async throws -> CatalogTable

    /// The catalog as one that changes several tables in one step; `nil` where it does not.
    var transactions: (any TransactionalCatalog)? { get }

    /// What the catalog says now about reaching a table's files; asked again before credentials end.
    func storage(of table: CatalogTable) async throws -> TableStorage
}

extension Catalog {
    /// None: catalogs in a file change one table at a time.
    package var transactions: (any TransactionalCatalog)? { nil }

    /// Nothing but what it said with the table: catalogs that lend no credentials know no more.
    package func storage(of table: CatalogTable) async throws -> TableStorage { table.storage }
}

/// What a new table is wanted to be; the catalog gives it its place, and its fields their ids.
package struct TableDraft: Sendable {
    package let schema: IcebergSchema
    /// By the ids of `schema`.
    package let spec: PartitionSpec
    /// By the ids of `schema`.
    package let sortOrder: SortOrder
    package let properties: [TableProperty]

    /// A table that is unpartitioned and unsorted unless told otherwise.
    package init(
        schema: IcebergSchema, spec: PartitionSpec = .unpartitioned, sortOrder: SortOrder = .unsorted,
        properties: [TableProperty] = []
    ) {
        self.schema = schema
        self.spec = spec
        self.sortOrder = sortOrder
        self.properties = properties
    }
}

/// A table as a catalog knows it.
package struct CatalogTable: Sendable, Equatable {
    /// The name of the table.
    package let identifier: TableName
    /// Its state.
    package let metadata: TableMetadata
    /// The current metadata file; `nil` for a table that is staged and does not exist yet.
    package let metadataLocation: String?
    /// How its files are reached, as far as the catalog says.
    package let storage: TableStorage

    /// A table of a name, a state, the file that holds it, and the way to its files.
    package init(
        identifier: TableName, metadata: TableMetadata, metadataLocation: String?, storage: TableStorage = .unsaid
    ) {
        self.identifier = identifier
        self.metadata = metadata
        self.metadataLocation = metadataLocation
        self.storage = storage
    }

    /// Whether the table does not exist yet.
    package var isStaged: Bool { metadataLocation == nil }
}

/// The cause of a `commitConflict`: why the change was refused, and the state to plan it on again.
package struct CommitConflict: Error, Sendable, CustomStringConvertible {
    /// What was otherwise than required.
    package let reason: String
    /// The table as it is now; `nil` when it is gone, or could not be read.
    package let head: CatalogTable?

    /// A conflict with the state to go on from.
    package init(reason: String, head: CatalogTable?) {
        self.reason = reason
        self.head = head
    }

    /// The reason.
    package var description: String { reason }
}

/// The cause of a `sinkRefused`: the catalog does not know the namespace in which a table is to be made.
///
/// Of a namespace that was made a moment ago some catalogs say so for a while.
package struct NamespaceMissing: Error, Sendable {
    package init() {}
}

extension NilusError {
    static func commitConflict(_ table: TableName, _ reason: String, head: CatalogTable?) -> NilusError {
        NilusError(
            .load, .commitConflict,
            "cannot commit table '\(table)': \(reason); another writer was faster, plan the commit on the new state",
            context: head?.metadataLocation.map { [ContextItem("current-metadata", $0)] } ?? [],
            cause: CommitConflict(reason: reason, head: head))
    }

    static func commitUnknown(_ table: TableName, cause: (any Error)?) -> NilusError {
        NilusError(
            .load, .commitUnknown,
            "cannot tell whether table '\(table)' was committed: the catalog failed during the commit; "
                + "load the table and look for the snapshot before anything else",
            cause: cause)
    }
}
