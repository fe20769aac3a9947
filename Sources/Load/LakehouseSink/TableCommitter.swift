import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import ObjectStorage
import Records

/// Makes the files of a load visible, on whatever state the table has by then.
struct TableCommitter {
    let request: LoadRequest
    let lakehouse: Lakehouse
    let time: TimeSource
    let evolution: SchemaEvolution
    let layout: TableLayout
    /// The last load of ours that the table knew when this one began.
    let openedAfter: String?

    /// Lost races in a row after which the catalog is left to the others.
    private static let mostAttempts = 10

    /// Commits.
    ///
    /// - Throws: `commitConflict` when another load of ours came between, or races were lost too often: nothing
    ///   is visible; `commitUnknown` when the outcome could not be learned.
    func commit(_ files: [DataFile], _ facts: CommitFacts, to table: CatalogTable) async throws -> CommitReceipt {
        let plan = plan(files, facts)
        var commit = TableCommit(plan, evolution: evolution, properties: plan.facts)
        var table = table
        for _ in 0..<Self.mostAttempts {
            do {
                let change = try await commit.prepare(on: table, in: lakehouse.store, at: time.utc())
                let committed = try await lakehouse.catalog.commit(change, to: table)
                await delete(commit.outdatedLocations)
                return receipt(committed, plan)
            } catch let error as NilusError where error.code == .commitConflict {
                guard let head = (error.cause as? CommitConflict)?.head, evolution.holds(on: head.metadata),
                    layout.holds(on: head.metadata), head.metadata.lastLoadID == openedAfter
                else {
                    await delete(commit.writtenLocations)
                    throw NilusError.overtaken(request.table, cause: error)
                }
                table = head
            } catch let error as NilusError where error.code == .commitUnknown {
                return try await lookBack(plan, error)
            }
        }
        await delete(commit.writtenLocations)
        throw NilusError.overtaken(request.table, cause: nil)
    }

    private func plan(_ files: [DataFile], _ facts: CommitFacts) -> SnapshotPlan {
        let id = IdentifierSource.system.snapshotID()
        return SnapshotPlan(
            id: id, operation: request.strategy == .replace ? .overwrite : .append, files: files,
            facts: LoadFacts.properties(of: request.identity, facts, origin: request.origin, snapshotID: id))
    }

    /// Looks for our own snapshot after a commit whose outcome is unknown.
    ///
    /// A catalog that was just in trouble is given time, and asked to the end also when the run is to stop. That
    /// the snapshot is not there proves nothing while the request may still be on its way.
    private func lookBack(_ plan: SnapshotPlan, _ error: NilusError) async throws -> CommitReceipt {
        let looking = Task { [lakehouse, request, time] () async throws -> CatalogTable? in
            for pause in Self.lookingBack {
                if let head = try? await lakehouse.catalog.load(request.table),
                    head.metadata.ancestors.contains(where: { $0.id == plan.id })
                {
                    return head
                }
                try await time.sleep(pause)
            }
            return try await lakehouse.catalog.load(request.table)
        }
        let head: CatalogTable?
        do { head = try await looking.value } catch let failure {
            // What went wrong with the commit matters more than what went wrong with the look.
            var told = error
            told.context.append(ContextItem("looking-back", "\(failure)"))
            throw told
        }
        guard let head, head.metadata.ancestors.contains(where: { $0.id == plan.id }) else { throw error }
        return receipt(head, plan)
    }

    /// The pauses between looks for our own snapshot.
    private static let lookingBack: [Duration] = [.milliseconds(500), .seconds(1), .seconds(2), .seconds(4)]

    private func receipt(_ table: CatalogTable, _ plan: SnapshotPlan) -> CommitReceipt {
        CommitReceipt(
            snapshotID: plan.id, metadataLocation: table.metadataLocation ?? "",
            rowsAdded: plan.files.reduce(0) { $0 + Int($1.recordCount) }, filesAdded: plan.files.count,
            bytesAdded: plan.files.reduce(0) { $0 + Int($1.sizeBytes) },
            rowsInTable: table.metadata.recordCount.map { Int($0) },
            schemaChanges: table.metadata.snapshots.count == 1
                ? [] : evolution.added.map { "\($0.name) \($0.type)" },
            checkpoint: table.metadata.checkpoint)
    }

    /// Removes manifests that no snapshot knows; what cannot be removed is left to maintenance.
    private func delete(_ locations: [String]) async {
        for location in locations { try? await lakehouse.store.delete(location) }
    }
}

extension NilusError {
    fileprivate static func overtaken(_ table: TableName, cause: (any Error)?) -> NilusError {
        NilusError(
            .load, .commitConflict,
            "cannot commit table '\(table)': another run committed to it while this one was loading; run again",
            cause: cause)
    }
}
