/// What tells a sink which rows are versions of one another.
package struct MergeKey: Sendable, Hashable {
    /// The columns whose values together identify a row; at least one.
    package let columns: [String]
    /// The column that holds when a row was created, which is the same for all versions of it.
    ///
    /// A sink looks for old versions only among rows of the same moments. `nil` when there is no such column.
    package let created: String?

    /// A key of columns of the load.
    package init(columns: [String], created: String? = nil) {
        self.columns = columns
        self.created = created
    }
}
