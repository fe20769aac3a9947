package import NilusCore
package import Records

/// Where tables are: opens them, one load at a time.
package protocol Sink: Sendable {
    /// Finds or prepares the table; nothing becomes visible before the load commits.
    ///
    /// - Throws: `tableConflict` (terminal) when the table holds data of another origin, `runConflict`
    ///   (terminal) when the run id is known with another manifest, `schemaConflict` (terminal) when a
    ///   required column of the table has no counterpart, and the sink's own refusals.
    func open(_ request: LoadRequest) async throws -> TableOpening

    /// The sink as one whose loads into some tables become visible in one step; `nil` where it cannot do that.
    ///
    /// `places`: each load holds one of them while it works, and gives it to another while it waits to commit.
    func joining(_ tables: Set<TableName>, places: Turnstile) -> (any JointSink)?
}

extension Sink {
    /// None: each load becomes visible by itself.
    package func joining(_ tables: Set<TableName>, places: Turnstile) -> (any JointSink)? { nil }
}

/// A sink whose loads become visible in one step: a load's commit waits for those of all others.
package protocol JointSink: Sink {
    /// The load into a table has ended or will not begin: nobody waits for it any more.
    func leave(_ table: TableName)
}

/// What a sink answers when a table is opened.
package enum TableOpening {
    /// This very load was committed before; there is nothing to do.
    case alreadyCommitted(CommitReceipt)
    case ready(any TableLoad)
}

/// One load into one table, used by one task from opening to commit or abandonment.
package protocol TableLoad: AnyObject {
    /// The columns that can be filled, with the types of the table: its own, then those this load adds.
    var schema: RecordSchema { get }
    /// The names of table columns that no further field fills: this program cannot write their type and they stay
    /// null in new rows, or they are filled under another name, which they had before.
    var unfillableColumns: Set<String> { get }
    /// What an earlier load of ours left as its durable position; `nil` when there is none.
    var checkpoint: String? { get }
    /// The account under which row ids of this table are computed; `nil` before the first load.
    var rowIDAccount: String? { get }
    /// Whether the table holds rows now.
    var hasRows: Bool { get }
    /// What is worth telling about the table, such as a renamed column; shown to the user as warnings.
    var remarks: [String] { get }

    /// Encodes and stores the rows of a batch; the batch may have more columns than `schema`, at its end.
    func write(_ batch: ColumnBatch) async throws

    /// Makes everything written visible in one step.
    ///
    /// - Throws: `commitConflict` (transient) when another writer was faster and the work cannot be
    ///   repeated on its result; `commitUnknown` when the outcome could not be learned.
    func commit(_ facts: CommitFacts) async throws -> CommitOutcome

    /// Removes what was written and never became visible.
    func abandon() async
}

/// How a commit ended that did not fail.
package enum CommitOutcome: Sendable, Hashable {
    case committed(CommitReceipt)
    /// Another process committed this very load in the meantime; nothing of this one is visible.
    case alreadyCommitted(CommitReceipt)

    /// What was committed, by whomever.
    package var receipt: CommitReceipt {
        switch self {
        case .committed(let receipt), .alreadyCommitted(let receipt): receipt
        }
    }
}

/// What a load wants to be remembered with its rows.
package struct CommitFacts: Sendable {
    package let checkpoint: CheckpointChange
    /// Rows that the pipeline wrote; the sink refuses to commit another number.
    package let rowCount: Int
    /// The account under which this load computed row ids.
    package let rowIDAccount: String
    /// What the rows stand for; needed for `delete+insert` and `scd2`.
    package let scope: LoadScope?

    package init(checkpoint: CheckpointChange, rowCount: Int, rowIDAccount: String, scope: LoadScope? = nil) {
        self.checkpoint = checkpoint
        self.rowCount = rowCount
        self.rowIDAccount = rowIDAccount
        self.scope = scope
    }
}

/// What a load does to the durable position of its table.
package enum CheckpointChange: Sendable, Hashable {
    /// The earlier position still holds.
    case keep
    case set(String)
    /// No position holds any more: the table is no longer complete up to one.
    case clear
}

/// What a commit did, as the status tells it.
package struct CommitReceipt: Sendable, Hashable {
    package let snapshotID: Int64
    /// The metadata file that is current after the commit.
    package let metadataLocation: String
    package let rowsAdded: Int
    /// What became of rows that the table held, or that came and were not added.
    package let effects: RowEffects
    package let filesAdded: Int
    package let bytesAdded: Int
    /// Rows in the table after the commit, as far as the snapshot tells.
    package let rowsInTable: Int?
    /// Columns added to the table, as `name type`.
    package let schemaChanges: [String]
    package let checkpoint: String?
    /// What finding the rows that go cost; `nil` when none were looked for.
    package let search: SearchFigures?
    /// Tables that became visible in the same step, this one among them.
    package var tablesTogether = 1
    /// What the user should know of the commit, and of what was done to the table after it.
    package var remarks: [String] = []

    package init(
        snapshotID: Int64, metadataLocation: String, rowsAdded: Int, effects: RowEffects = RowEffects(),
        filesAdded: Int,
        bytesAdded: Int, rowsInTable: Int?, schemaChanges: [String], checkpoint: String?,
        search: SearchFigures? = nil
    ) {
        self.snapshotID = snapshotID
        self.metadataLocation = metadataLocation
        self.rowsAdded = rowsAdded
        self.effects = effects
        self.filesAdded = filesAdded
        self.bytesAdded = bytesAdded
        self.rowsInTable = rowsInTable
        self.schemaChanges = schemaChanges
        self.checkpoint = checkpoint
        self.search = search
    }
}
