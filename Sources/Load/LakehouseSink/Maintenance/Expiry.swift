import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import ObjectStorage

/// What an expiry did.
package struct ExpiryReport: Sendable, Hashable {
    package var snapshotsExpired = 0
    package var snapshotsKept = 0
    package var filesDeleted = 0
}

/// Removes old snapshots and the files that only they needed.
struct Expiry {
    let lakehouse: Lakehouse
    let time: TimeSource

    /// - Throws: `sinkRefused` (terminal) when the table's `gc.enabled` is false, as its files may be another
    ///   table's too; `commitConflict` (transient) when others changed the table in the meantime.
    func run(_ retention: Retention, on table: CatalogTable) async throws -> ExpiryReport {
        guard table.metadata.properties["gc.enabled"] != "false" else { throw NilusError.collectionOff(table) }
        let expired = retention.expired(of: table.metadata, now: time.utc())
        let ids = Set(expired.map(\.id))
        let kept = table.metadata.snapshots.filter { !ids.contains($0.id) }
        guard !expired.isEmpty else { return ExpiryReport(snapshotsKept: kept.count) }
        // Read before the commit: what cannot be read must not be half removed.
        let needed = try await ReachableFiles(kept, of: table, in: lakehouse.store)
        let unneeded = try await ReachableFiles(
            expired, of: table, in: lakehouse.store, besides: needed, withRemoved: true)
        _ = try await lakehouse.catalog.commit(
            TableChange(
                requirements: requirements(table.metadata),
                updates: [.removeSnapshots(expired.map(\.id).sorted())]), to: table)
        let locations =
            unneeded.files.subtracting(needed.files).sorted() + unneeded.manifests.keys.sorted()
            + unneeded.manifestLists.subtracting(needed.manifestLists).sorted()
        // Data first: a manifest that is left still tells of what it lists. What stays is an orphan.
        var deleted = 0
        for location in locations where (try? await lakehouse.store.delete(location)) != nil { deleted += 1 }
        return ExpiryReport(snapshotsExpired: expired.count, snapshotsKept: kept.count, filesDeleted: deleted)
    }

    /// That each branch and tag is where it was: one that was set back may need what goes.
    private func requirements(_ table: TableMetadata) -> [TableRequirement] {
        let others = table.references.filter { $0.key != SnapshotReference.main }.sorted { $0.key < $1.key }
        return (table.uuid.map { [.tableUUID($0)] } ?? [])
            + [.reference(SnapshotReference.main, snapshotID: table.currentSnapshot?.id)]
            + others.map { .reference($0.key, snapshotID: $0.value.snapshotID) }
    }
}

extension NilusError {
    fileprivate static func collectionOff(_ table: CatalogTable) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot expire snapshots of table '\(table.identifier)': its property 'gc.enabled' is false, so its files "
                + "may be needed elsewhere; set it to true when they are not")
    }
}
