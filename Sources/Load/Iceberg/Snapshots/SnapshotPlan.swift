/// What a snapshot is to do to a table.
///
/// The plan does not depend on the table's state, so after a lost race it is carried out again on the
/// new state, under the same id. Only what a ``Operation/merge`` or a ``Operation/rewrite`` removes was
/// found in a certain state; whoever plans those looks again when the state has changed.
package struct SnapshotPlan: Sendable {
    /// What happens to the rows that are there.
    package enum Operation: String, Sendable {
        /// They stay.
        case append
        /// All of them go, whichever files of whatever engine hold them, delete files too.
        case overwrite
        /// Those go that the new delete files name or that the removed files hold; the others stay.
        case merge
        /// They stay, in other files: what the removed files hold is in the new ones.
        case rewrite
    }

    /// The idempotency key: stays the same over all attempts to commit.
    package let id: Int64
    /// What happens to the rows that are there.
    package let operation: Operation
    /// New files, of data or of deletions.
    package var files: [DataFile]
    /// The paths of files that go, of data or of deletions; for `merge` and `rewrite` only.
    package var removing: Set<String>
    /// What the writer wants to find in the summary again, after the counters.
    package var facts: [TableProperty]

    /// A plan under an id that no other snapshot has.
    package init(
        id: Int64, operation: Operation, files: [DataFile], removing: Set<String> = [], facts: [TableProperty]
    ) {
        self.id = id
        self.operation = operation
        self.files = files
        self.removing = removing
        self.facts = facts
    }

    /// The word for all this in the snapshot's summary, by which readers of changes decide what to look at.
    ///
    /// - SeeAlso: Iceberg Table Spec, "Snapshots", values of `operation`.
    var summaryWord: String {
        switch operation {
        case .append: "append"
        case .overwrite: "overwrite"
        case .rewrite: "replace"
        case .merge where removing.isEmpty && files.allSatisfy { $0.content == .data }: "append"
        case .merge where files.contains { $0.content == .data }: "overwrite"
        case .merge: "delete"
        }
    }

    /// Which files of the table go.
    var removal: FileRemoval {
        switch operation {
        case .append: .none
        case .overwrite: .all
        case .merge, .rewrite: removing.isEmpty ? .none : .named(removing)
        }
    }
}

/// Which files a snapshot takes out of a table.
enum FileRemoval {
    case none
    case all
    case named(Set<String>)

    func takes(_ path: String) -> Bool {
        switch self {
        case .none: false
        case .all: true
        case .named(let paths): paths.contains(path)
        }
    }
}
