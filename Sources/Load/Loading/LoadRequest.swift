package import Records

/// What a run does to the rows that a table already holds.
package enum IncrementalStrategy: String, Sendable, CaseIterable {
    /// The new rows take the place of all old ones, in one step.
    case replace
    /// The new rows are added.
    case append
    /// The new rows are added and take the place of old rows with the same key; of several new rows with
    /// one key the one that was written last stays.
    case merge
    /// The new rows are added and take the place of all old rows that were created in the interval that the load
    /// read; rows without a creation time stay.
    case deleteInsert = "delete+insert"
    /// Every version of a row stays: a row that changed is added as the current version of its key, and the version
    /// before gets an end.
    case scd2
}

/// Everything a sink must know to open a table for one load.
package struct LoadRequest: Sendable {
    package let table: TableName
    package let strategy: IncrementalStrategy
    /// What identifies a row: needed to merge, and useful to later merges otherwise.
    package let key: MergeKey?
    /// The columns the source declares; a table that exists keeps the types it has.
    package let columns: RecordSchema
    /// Where versions of rows keep their time: needed for `scd2`, and to know tables that it filled otherwise.
    package let history: HistoryColumns?
    /// Who loads, so that a repeated run is recognised.
    package let identity: LoadIdentity
    /// Whose data it is, so that data of different origins never mix.
    package let origin: DataOrigin

    package init(
        table: TableName, strategy: IncrementalStrategy, key: MergeKey? = nil, columns: RecordSchema,
        history: HistoryColumns? = nil, identity: LoadIdentity, origin: DataOrigin
    ) {
        self.table = table
        self.strategy = strategy
        self.key = key
        self.columns = columns
        self.history = history
        self.identity = identity
        self.origin = origin
    }
}

/// The names under which a load is known in the table's snapshots.
package struct LoadIdentity: Sendable, Hashable {
    /// One execution of a workflow; the idempotency key.
    package let runID: String
    /// The workflow, its node, and the endpoint that it loads.
    package let workflow: String
    package let node: String
    package let endpoint: String
    /// SHA-256 of the manifest, or of all that one process runs, so that a run id is not used for anything else.
    package let manifestDigest: String
    /// Microseconds since the epoch, digits only; the value of `_nilus_load_id`.
    package let loadID: String

    package init(
        runID: String, workflow: String, node: String, endpoint: String, manifestDigest: String, loadID: String
    ) {
        self.runID = runID
        self.workflow = workflow
        self.node = node
        self.endpoint = endpoint
        self.manifestDigest = manifestDigest
        self.loadID = loadID
    }
}

/// Where rows come from, as far as it is known.
package struct DataOrigin: Sendable, Hashable {
    /// The account that owns the data.
    package let account: String?
    /// Whether it is live data or test data.
    package let isLive: Bool?

    package init(account: String?, isLive: Bool?) {
        self.account = account
        self.isLive = isLive
    }
}
