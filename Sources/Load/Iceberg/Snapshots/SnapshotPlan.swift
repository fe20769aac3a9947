/// What a snapshot is to do to a table.
///
/// The plan does not depend on the table's state, so after a lost race it is carried out again on the
/// new state, under the same id.
package struct SnapshotPlan: Sendable {
    /// What happens to the rows that are there.
    package enum Operation: String, Sendable {
        /// They stay.
        case append
        /// All of them go, whichever files of whatever engine hold them, delete files too.
        case overwrite
    }

    /// The idempotency key: stays the same over all attempts to commit.
    package let id: Int64
    /// What happens to the rows that are there.
    package let operation: Operation
    /// New files, of data or of deletions.
    package let files: [DataFile]
    /// What the writer wants to find in the summary again, after the counters.
    package let facts: [TableProperty]

    /// A plan under an id that no other snapshot has.
    package init(id: Int64, operation: Operation, files: [DataFile], facts: [TableProperty]) {
        self.id = id
        self.operation = operation
        self.files = files
        self.facts = facts
    }
}
