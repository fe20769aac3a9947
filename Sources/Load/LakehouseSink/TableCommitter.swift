import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import ObjectStorage
import Records

/// Makes the files of a load visible, on whatever state the table has by then.
///
/// Only a provable refusal is planned anew and only then are files deleted. While an outcome is unknown
/// the table is looked at, and the same change is sent again only where it can land once: it demands the
/// state it was planned on, which it changes itself.
struct TableCommitter {
    let request: LoadRequest
    let lakehouse: Lakehouse
    let time: TimeSource
    let evolution: SchemaEvolution
    let layout: TableLayout
    /// The last load of ours that the table knew when this one began.
    let openedAfter: String?
    /// What the load changes in the table; `nil` when it only adds its files.
    let planner: (any ChangePlanner)?

    /// Lost races in a row after which the catalog is left to the others.
    private static let mostAttempts = 10

    /// Commits.
    ///
    /// - Throws: `commitConflict` when another load of ours came between, or races were lost too often: nothing
    ///   is visible; `commitUnknown` when the outcome could not be learned.
    func commit(_ files: [DataFile], _ facts: CommitFacts, to table: CatalogTable) async throws -> CommitOutcome {
        try await planner?.plan(on: table)
        let id = IdentifierSource.system.snapshotID()
        let facts = LoadFacts.properties(of: request, facts, snapshotID: id)
        var commit = TableCommit(plan(id, files, facts), evolution: evolution, properties: facts)
        var table = table
        for attempt in 0..<Self.mostAttempts {
            let change = try await commit.prepare(on: table, in: lakehouse.store, at: time.utc())
            let sending = CommitSending(change, snapshotID: id, to: table, lakehouse.catalog, time)
            switch try await sending.send() {
            case .landed(let committed):
                await delete(commit.outdatedLocations)
                return .committed(receipt(committed, commit.plan))
            case .refused(let head, let error):
                let decision = try CommitDecision(after: head, for: request.identity) {
                    evolution.holds(on: $0.metadata) && layout.holds(on: $0.metadata)
                        && $0.metadata.lastLoadID == openedAfter
                }
                switch decision {
                case .planAnew(let head):
                    try await planner?.planAnew(from: table, on: head)
                    if let changes = planner?.changes {
                        commit.replaceFiles(
                            with: changes.files, removing: changes.removing, facts: facts + changes.figures.facts)
                    }
                    table = head
                    try await time.sleep(CommitPatience.pause(before: attempt + 1))
                case .alreadyDone(let receipt) where receipt.snapshotID == id:
                    // It landed after all, and somebody expired the snapshot before it was looked for.
                    await delete(commit.outdatedLocations)
                    return .committed(receipt)
                case .alreadyDone(let receipt):
                    await delete(commit.writtenLocations)
                    return .alreadyCommitted(receipt)
                case .giveUp where error.code == .commitUnknown:
                    // Perhaps it landed, too: nothing may be removed.
                    throw error
                case .giveUp:
                    await delete(commit.writtenLocations)
                    throw NilusError.overtaken(request.table, cause: error)
                }
            }
        }
        await delete(commit.writtenLocations)
        throw NilusError.outraced(request.table, attempts: Self.mostAttempts)
    }

    private func plan(_ id: Int64, _ files: [DataFile], _ facts: [TableProperty]) -> SnapshotPlan {
        let changes = planner?.changes ?? PlannedChanges(files: files)
        return SnapshotPlan(
            id: id, operation: request.strategy.operation, files: changes.files, removing: changes.removing,
            facts: facts + changes.figures.facts)
    }

    private func receipt(_ table: CatalogTable, _ plan: SnapshotPlan) -> CommitReceipt {
        let figures = LoadFigures(of: plan.files, planner?.changes.effects ?? RowEffects())
        return CommitReceipt(
            snapshotID: plan.id, metadataLocation: table.metadataLocation ?? "",
            rowsAdded: figures.rowsAdded, effects: figures.effects, filesAdded: figures.filesAdded,
            bytesAdded: figures.bytesAdded,
            rowsInTable: table.metadata.liveRecordCount.map { Int($0) },
            schemaChanges: table.metadata.snapshots.count == 1
                ? [] : evolution.added.map { "\($0.name) \($0.type)" },
            checkpoint: table.metadata.checkpoint, search: planner?.changes.search)
    }

    /// Removes manifests that no snapshot knows; what cannot be removed is left to maintenance.
    private func delete(_ locations: [String]) async {
        for location in locations { try? await lakehouse.store.delete(location) }
    }
}

extension IncrementalStrategy {
    fileprivate var operation: SnapshotPlan.Operation {
        switch self {
        case .replace: .overwrite
        case .append: .append
        case .merge, .deleteInsert, .scd2: .merge
        }
    }
}

extension NilusError {
    fileprivate static func overtaken(_ table: TableName, cause: (any Error)?) -> NilusError {
        NilusError(
            .load, .commitConflict,
            "cannot commit table '\(table)': another run committed to it while this one was loading; run again",
            cause: cause)
    }

    fileprivate static func outraced(_ table: TableName, attempts: Int) -> NilusError {
        NilusError(
            .load, .commitConflict,
            "cannot commit table '\(table)': other writers were faster \(attempts) times in a row; run again")
    }
}
