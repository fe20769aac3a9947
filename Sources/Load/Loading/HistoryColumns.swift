/// The columns of a table that keeps all versions of its rows.
package struct HistoryColumns: Sendable, Hashable {
    /// Since when a version holds, filled by whoever makes the rows; without a value it holds from the beginning.
    package let validFrom: String
    /// Until when a version held, filled by the sink; without a value it is the current one.
    package let validTo: String
    /// Further columns that say nothing about the object: a difference in them makes no new version.
    package let incidental: Set<String>

    /// Columns of the load.
    package init(validFrom: String, validTo: String, incidental: Set<String>) {
        self.validFrom = validFrom
        self.validTo = validTo
        self.incidental = incidental
    }
}
