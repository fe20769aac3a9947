package import NilusCore

/// How the load of one endpoint into its table stands.
package struct EndpointStatus: Sendable {
    package let endpoint: String
    /// `full`, `sync` or `incremental`.
    package let mode: String
    package let strategy: String
    package let table: String
    package var outcome: Outcome = .pending
    package var startTime: Timestamp?
    package var completionTime: Timestamp?
    package var extract = ExtractFigures()
    package var rows = RowFigures()
    package var window: ReadWindow?
    package var commit: CommitFigures?

    package init(endpoint: String, mode: String, strategy: String, table: String) {
        self.endpoint = endpoint
        self.mode = mode
        self.strategy = strategy
        self.table = table
    }
}

/// What the extraction cost.
package struct ExtractFigures: Sendable, Hashable {
    package var requests = 0
    package var retries = 0
    package var throttled = 0
    package var pages = 0
    package var bytes = 0

    package init() {}
}

/// Where the rows went: received = written + dropped.
package struct RowFigures: Sendable, Hashable {
    package var received = 0
    package var written = 0
    /// By reason; see `DropReason`.
    package var dropped: [String: Int] = [:]
    /// Values kept in `_nilus_extra` because they did not fit their column, by column.
    package var misfits: [String: Int] = [:]
    /// Values kept in `_nilus_extra` because their field has no column.
    package var withoutColumn = 0

    package init() {}
}

/// The times of creation of which every row was read, `[start, end)`.
package struct ReadWindow: Sendable, Hashable {
    /// `nil` when it reaches back to the beginning.
    package let start: Timestamp?
    package let end: Timestamp

    package init(start: Timestamp?, end: Timestamp) {
        self.start = start
        self.end = end
    }
}

/// What became visible.
package struct CommitFigures: Sendable, Hashable {
    package let snapshotID: Int64
    package let metadataLocation: String
    package let rowsAdded: Int
    /// What became of other rows than those added.
    package let fates: RowFates
    package let filesAdded: Int
    package let bytesAdded: Int
    package let rowsInTable: Int?
    package let schemaChanges: [String]
    package let checkpoint: String?
    /// What finding the rows that went cost.
    package let search: SearchCost?
    /// Tables that became visible in the same step, this one among them.
    package let tablesTogether: Int

    package init(
        snapshotID: Int64, metadataLocation: String, rowsAdded: Int, fates: RowFates = RowFates(), filesAdded: Int,
        bytesAdded: Int, rowsInTable: Int?, schemaChanges: [String], checkpoint: String?,
        search: SearchCost? = nil, tablesTogether: Int = 1
    ) {
        self.snapshotID = snapshotID
        self.metadataLocation = metadataLocation
        self.rowsAdded = rowsAdded
        self.fates = fates
        self.filesAdded = filesAdded
        self.bytesAdded = bytesAdded
        self.rowsInTable = rowsInTable
        self.schemaChanges = schemaChanges
        self.checkpoint = checkpoint
        self.search = search
        self.tablesTogether = tablesTogether
    }
}

/// What became of rows that a table held, or that came and were not added.
package struct RowFates: Sendable, Hashable {
    /// Rows that went because a later version of them came.
    package var replaced = 0
    /// Rows that went because they lay in the interval that was loaded.
    package var deleted = 0
    /// Versions that are not the current one any more.
    package var closed = 0
    /// Rows that came and say what the current version says.
    package var unchanged = 0

    /// No fate.
    package init() {}
}

/// What a load read of its table to find the rows that it changes.
package struct SearchCost: Sendable, Hashable {
    package let filesInTable: Int
    package let filesOpened: Int
    package let filesScanned: Int
    package let bytesRead: Int

    package init(filesInTable: Int, filesOpened: Int, filesScanned: Int, bytesRead: Int) {
        self.filesInTable = filesInTable
        self.filesOpened = filesOpened
        self.filesScanned = filesScanned
        self.bytesRead = bytesRead
    }
}

/// The budget of the run and what it used.
package struct EnvelopeStatus: Sendable, Hashable {
    package let memoryBytes: Int
    package let cpuMillicores: Int
    /// What set the memory budget: `manifest`, `cgroup` or `default`.
    package let memorySource: String
    package let cpuSource: String
    /// Bounds derived from the budget.
    package let parallelEndpoints: Int
    package let rowGroupBytes: Int
    package var peakMemoryBytes = 0
    package var cpuSeconds = 0.0
    /// Most memory of the control group that limits it, page cache included, when there is a limit.
    package var groupPeakMemoryBytes: Int?
    /// Time that the CPU quota made the job wait, when there is a quota.
    package var throttledSeconds: Double?
    /// Periods of the quota in which the job had to wait, of those in which it wanted to run.
    package var throttledPeriods: Int?
    package var quotaPeriods: Int?

    package init(
        memoryBytes: Int, cpuMillicores: Int, memorySource: String, cpuSource: String, parallelEndpoints: Int,
        rowGroupBytes: Int
    ) {
        self.memoryBytes = memoryBytes
        self.cpuMillicores = cpuMillicores
        self.memorySource = memorySource
        self.cpuSource = cpuSource
        self.parallelEndpoints = parallelEndpoints
        self.rowGroupBytes = rowGroupBytes
    }
}
