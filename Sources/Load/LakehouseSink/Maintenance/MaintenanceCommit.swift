import Iceberg
import IcebergCatalog
import NilusCore
import ObjectStorage

/// Commits a snapshot that changes no rows.
struct MaintenanceCommit {
    private let lakehouse: Lakehouse
    private let time: TimeSource

    /// Lost races in a row after which the table is left to the others.
    private static let mostAttempts = 10

    init(_ lakehouse: Lakehouse, _ time: TimeSource) {
        self.lakehouse = lakehouse
        self.time = time
    }

    /// Commits, on whatever was added in the meantime.
    ///
    /// - Throws: `commitConflict` (transient) when a file that is to go is gone, or others deleted rows since: the
    ///   new files may have these rows. `commitUnknown` when the outcome could not be learned.
    func commit(_ plan: SnapshotPlan, _ evolution: SchemaEvolution, to base: CatalogTable) async throws {
        var commit = TableCommit(plan, evolution: evolution, properties: [])
        var table = base
        for attempt in 0..<Self.mostAttempts {
            let change = try await commit.prepare(on: table, in: lakehouse.store, at: time.utc())
            let sending = CommitSending(change, snapshotID: plan.id, to: table, lakehouse.catalog, time)
            switch try await sending.send() {
            case .landed: return await delete(commit.outdatedLocations)
            case .refused(let head, let error):
                guard let head, try await !hasNewDeletes(head, since: base) else {
                    await delete(commit.writtenLocations)
                    throw error
                }
                table = head
                try await time.sleep(CommitPatience.pause(before: attempt + 1))
            }
        }
        await delete(commit.writtenLocations)
        throw NilusError(
            .load, .commitConflict,
            "cannot commit table '\(base.identifier)': other writers were faster \(Self.mostAttempts) times in a row; "
                + "run again")
    }

    private func hasNewDeletes(_ head: CatalogTable, since base: CatalogTable) async throws -> Bool {
        guard let added = head.metadata.snapshots(since: base.metadata) else { return true }
        let content = TableFiles(of: head, in: lakehouse.store)
        var isFound = false
        // A manifest that came since may only list again what was there, and one of two snapshots what the first added.
        for manifest in try await content.manifests()
        where manifest.content == .deletes && added.contains(manifest.addedSnapshotID) {
            try await content.forEachLiveEntry(of: manifest) { entry in
                isFound = isFound || (entry.snapshotID.map(added.contains) ?? true)
            }
        }
        return isFound
    }

    /// Removes manifests that no snapshot knows; what cannot be removed is an orphan.
    private func delete(_ locations: [String]) async {
        for location in locations { try? await lakehouse.store.delete(location) }
    }
}
