package import Extraction
package import Loading

/// The load of one endpoint into one table, as the manifest asks for it.
package struct EndpointLoad: Sendable {
    package let endpoint: Endpoint
    package let mode: ReadMode
    /// What the manifest says; see ``effectiveStrategy``.
    package let strategy: IncrementalStrategy
    package let isFullRefresh: Bool
    /// The fields that identify an object, for merging.
    package let primaryKey: [String]
    package let table: TableName
    /// `interval-start` and `interval-end` as seconds.
    package let interval: Window
    package let pageSize: Int
    package let pageLimit: Int?

    package init(
        endpoint: Endpoint, mode: ReadMode, strategy: IncrementalStrategy, isFullRefresh: Bool = false,
        primaryKey: [String]? = nil, table: TableName, interval: Window = .everything, pageSize: Int = 100,
        pageLimit: Int? = nil
    ) {
        self.endpoint = endpoint
        self.mode = mode
        self.strategy = strategy
        self.isFullRefresh = isFullRefresh
        self.primaryKey = primaryKey ?? [endpoint.primaryKey]
        self.table = table
        self.interval = interval
        self.pageSize = pageSize
        self.pageLimit = pageLimit
    }

    /// What this load does to the table: a full refresh reads everything again, which `append` would then hold twice.
    package var effectiveStrategy: IncrementalStrategy {
        isFullRefresh && strategy == .append ? .replace : strategy
    }

    /// Whether rows are versions with times of their own.
    package var keepsHistory: Bool { strategy == .scd2 }
}
