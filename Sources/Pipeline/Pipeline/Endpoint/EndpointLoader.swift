import Extraction
import Loading
import Logging
import NilusCore
import Normalization
import Records
import RunStatus

/// Carries one load out: opens the table, reads, normalizes, writes, reconciles, commits.
struct EndpointLoader {
    let load: EndpointLoad
    let source: any Source
    let sink: any Sink
    let identity: SourceIdentity
    let loadIdentity: LoadIdentity
    let naming: ColumnNaming
    let record: EndpointRecord
    let time: TimeSource
    let logger: Logger

    /// Time between two log lines about a load that goes on.
    private static let progressInterval = Duration.seconds(10)

    /// - Throws: what the stages throw; nothing of the load is visible then, unless the error says so.
    func run() async throws {
        let request = LoadRequest(
            table: load.table, strategy: load.effectiveStrategy, key: mergeKey,
            columns: TableColumns.declared(by: load.endpoint, naming: naming, keepsHistory: load.keepsHistory),
            history: Self.historyColumns, identity: loadIdentity,
            origin: DataOrigin(account: identity.account, isLive: identity.isLive))
        switch try await sink.open(request) {
        case .alreadyCommitted(let receipt):
            finish(.alreadyCommitted(receipt))
        case .ready(let table):
            do {
                try await fill(table)
            } catch {
                await table.abandon()
                throw error
            }
        }
    }

    private func fill(_ table: any TableLoad) async throws {
        let plan = try ReadPlan(load, table: TableFacts(checkpoint: table.checkpoint, hasRows: table.hasRows))
        record.warn(table.remarks + plan.warnings)
        guard !plan.window.isEmpty else {
            let message = "nothing to read: the table is complete up to the interval's end"
            record.finish(.succeeded(.completed, message), nil)
            await table.abandon()
            return
        }
        let account = table.rowIDAccount ?? identity.account ?? ""
        let (result, report) = try await read(plan, into: table, account: account)
        if result.isComplete { record.cover(plan.window, cut: result.cut) }
        let outcome = try await table.commit(
            CommitFacts(
                checkpoint: plan.progress.change(cut: result.cut), rowCount: report.rows, rowIDAccount: account,
                scope: scope(of: result, plan)))
        finish(outcome)
        if case .committed(let receipt) = outcome { tell(report, receipt) }
    }

    /// Reads everything into the table; what that needs in memory is gone before the commit, which may wait.
    private func read(
        _ plan: ReadPlan, into table: any TableLoad, account: String
    ) async throws -> (ReadResult, NormalizeReport) {
        var normalizer = try Normalizer(
            load.endpoint, table: table.schema, unfillable: table.unfillableColumns, naming: naming,
            loadID: loadIdentity.loadID, account: account, keepsHistory: load.keepsHistory)
        let result = try await read(plan, through: &normalizer, into: table)
        try reconcile(normalizer.report)
        return (result, normalizer.report)
    }

    private func finish(_ outcome: CommitOutcome) {
        record.warn(outcome.receipt.remarks.map { "table '\(load.table)': \($0)" })
        switch outcome {
        case .committed(let receipt): record.finish(.succeeded(.completed), receipt)
        case .alreadyCommitted(let receipt):
            record.finish(.succeeded(.alreadyCommitted, "run '\(loadIdentity.runID)' is committed"), receipt)
            let metadata: Logger.Metadata = ["run": "\(loadIdentity.runID)", "snapshot": "\(receipt.snapshotID)"]
            logger.info("already committed", metadata: record.logMetadata.merging(metadata) { _, new in new })
        }
    }

    /// The columns by which rows are merged, under the names that they have in the table.
    private var mergeKey: MergeKey {
        // Objects that share a key of the user's choice were created at different times.
        let isTimeOfKey = load.primaryKey.contains(load.endpoint.primaryKey) || load.effectiveStrategy == .deleteInsert
        return MergeKey(
            columns: load.primaryKey.map(naming.name),
            created: isTimeOfKey ? naming.name(load.endpoint.createdField) : nil)
    }

    private static let historyColumns = HistoryColumns(
        validFrom: SystemColumns.validFrom.name, validTo: SystemColumns.validTo.name,
        incidental: [SystemColumns.loadID.name, SystemColumns.rowID.name])

    /// What the rows stand for: all objects of the window, and when nothing bounds it, all objects there are.
    private func scope(of result: ReadResult, _ plan: ReadPlan) -> LoadScope {
        LoadScope(
            lower: plan.window.lower, upper: result.cut, moment: result.moment, isComplete: result.isComplete,
            closesAbsent: result.isComplete && load.mode != .incremental && load.interval == .everything)
    }

    private func read(
        _ plan: ReadPlan, through normalizer: inout Normalizer, into table: any TableLoad
    ) async throws -> ReadResult {
        let request = ReadRequest(
            endpoint: load.endpoint, window: plan.window, pageSize: load.pageSize, pageLimit: load.pageLimit)
        var logged = time.monotonic()
        return try await source.read(request, meter: record.meter) { page in
            let batch = normalizer.normalize(page)
            try await table.write(batch)
            record.progress(normalizer.report)
            if time.monotonic() - logged >= Self.progressInterval {
                logged = time.monotonic()
                logger.info("endpoint under way", metadata: record.logMetadata)
            }
        }
    }

    private func tell(_ report: NormalizeReport, _ receipt: CommitReceipt) {
        var metadata = record.logMetadata
        metadata["snapshot"] = "\(receipt.snapshotID)"
        metadata["files"] = "\(receipt.filesAdded)"
        let effects = receipt.effects
        let counts = [
            ("replaced", effects.replaced), ("deleted", effects.deleted), ("closed", effects.closed),
            ("unchanged", effects.unchanged),
        ]
        for (name, count) in counts where count > 0 { metadata[name] = "\(count)" }
        logger.info("table committed", metadata: metadata)
        if !report.newColumns.isEmpty {
            metadata["columns"] = .array(report.newColumns.map { "\($0)" })
            logger.warning("columns added for fields that nobody declared", metadata: metadata)
        }
        if !report.misfits.isEmpty {
            metadata["columns"] = .array(report.misfits.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" })
            logger.warning("values that did not fit their column are in _nilus_extra", metadata: metadata)
        }
        if report.withoutColumn > 0 {
            metadata["columns"] = nil
            metadata["values"] = "\(report.withoutColumn)"
            logger.warning("values of fields that have no column are in _nilus_extra", metadata: metadata)
        }
    }

    /// Refuses to commit when rows got lost between the stages: received = written + dropped.
    private func reconcile(_ report: NormalizeReport) throws(NilusError) {
        let counters = record.meter.current
        guard counters.rowsReceived == report.rows + counters.totalDropped else {
            throw .defect(
                .normalize,
                "endpoint '\(load.endpoint.name)' gave \(counters.rowsReceived) rows, of which \(report.rows) were "
                    + "written and \(counters.totalDropped) dropped")
        }
        record.progress(report)
    }
}
