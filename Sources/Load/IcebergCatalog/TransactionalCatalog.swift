package import Iceberg

/// A catalog that can change several tables in one step.
package protocol TransactionalCatalog: Catalog {
    /// Makes changes to several tables in one step, if all requirements of all of them are met.
    ///
    /// - Returns: for each change, in the same order, the table after it, or what ``Catalog/commit(_:to:)`` throws.
    ///   After a `commitConflict` or a refusal of one no table was changed.
    func commit(_ changes: [TableCommitment]) async -> [Result<CatalogTable, any Error>]
}

/// A change and the table that it is planned on.
package struct TableCommitment: Sendable {
    package let change: TableChange
    package let table: CatalogTable

    /// A change to a table.
    package init(_ change: TableChange, to table: CatalogTable) {
        self.change = change
        self.table = table
    }
}
