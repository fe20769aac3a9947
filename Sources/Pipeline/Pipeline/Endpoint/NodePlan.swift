import Extraction
import Loading
import NilusCore
import Normalization
import WorkflowManifest

/// The loads of one node, as its manifest section asks for them.
struct NodePlan: Sendable {
    let node: WorkflowNode
    let loads: [EndpointLoad]
    /// Names that were changed, for the user.
    let remarks: [String]

    init(_ node: WorkflowNode, endpoints: (SourceTable) -> [Endpoint], naming: ColumnNaming) {
        self.node = node
        var loads: [EndpointLoad] = []
        var remarks: [String] = []
        for table in node.source.tables {
            for endpoint in endpoints(table) {
                let levels = node.sink.destination.levels(forEndpoint: endpoint.name)
                let names = levels.map(naming.name)
                if names != levels {
                    let (asked, given) = (levels.joined(separator: "."), names.joined(separator: "."))
                    remarks.append("table '\(asked)' is named '\(given)'")
                }
                loads.append(
                    Self.load(
                        of: endpoint, table, node,
                        into: TableName(namespace: Array(names.dropLast()), name: names.last ?? "")))
            }
        }
        self.loads = loads
        self.remarks = remarks
    }

    private static func load(
        of endpoint: Endpoint, _ table: SourceTable, _ node: WorkflowNode, into name: TableName
    ) -> EndpointLoad {
        let options = node.source.options
        let mode = mode(table.mode)
        return EndpointLoad(
            endpoint: endpoint, mode: mode,
            strategy: strategy(node.sink.options.incrementalStrategy?.value, mode),
            isFullRefresh: node.sink.options.fullRefresh?.value ?? false, primaryKey: node.primaryKey, table: name,
            interval: Window(
                lower: options.intervalStart.map { firstSecond(notBefore: $0.value) },
                upper: options.intervalEnd.map { firstSecond(notBefore: $0.value) }),
            pageSize: min(options.pageSize?.value ?? largestPage, largestPage), pageLimit: options.yieldLimit?.value)
    }

    /// More objects than this no source puts on a page.
    private static let largestPage = 100

    private static func mode(_ mode: SourceTable.Mode) -> ReadMode {
        switch mode {
        case .full: .full
        case .sync: .sync
        case .syncIncremental: .incremental
        }
    }

    /// The strategy asked for, else the one that keeps every row once in this mode.
    private static func strategy(_ option: StrategyOption?, _ mode: ReadMode) -> IncrementalStrategy {
        switch option {
        case .replace: .replace
        case .append: .append
        case .merge: .merge
        case .deleteInsert: .deleteInsert
        case .scd2: .scd2
        case nil: mode == .incremental ? .merge : .replace
        }
    }

    /// Creation times are whole seconds: from which on they lie at or after a moment.
    private static func firstSecond(notBefore moment: Timestamp) -> Int64 {
        moment.microseconds == moment.seconds * 1_000_000 ? moment.seconds : moment.seconds + 1
    }
}
