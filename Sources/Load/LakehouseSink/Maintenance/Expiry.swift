import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import ObjectStorage

/// Which snapshots are to be kept.
struct ExpiryRule: Sendable, Hashable {
    /// Snapshots that are older go.
    let age: Duration
    /// The newest snapshots of `main` that stay, whatever their age; at least one.
    let keepLast: Int

    /// Five days and one snapshot, as the table format's own defaults are.
    ///
    /// - SeeAlso: Iceberg documentation, "Table behavior properties", `history.expire.max-snapshot-age-ms`.
    init(age: Duration = .seconds(5 * 86_400), keepLast: Int = 1) {
        self.age = age
        self.keepLast = max(1, keepLast)
    }

    /// What is asked for, else what the table says of its branch `main` or of itself, else the defaults.
    ///
    /// - SeeAlso: Iceberg Table Spec, "Snapshot Retention Policy".
    init(of table: TableMetadata, age: Duration? = nil, keepLast: Int? = nil) {
        func said(_ name: String) -> Int64? {
            let ofTable = table.properties["history.expire.\(name)"].flatMap { Int64($0) }
            let number = table.references[SnapshotReference.main]?.number(name) ?? ofTable
            return number.flatMap { $0 < 0 ? nil : $0 }
        }
        let standard = ExpiryRule()
        self.init(
            age: age ?? said("max-snapshot-age-ms").map { .milliseconds($0) } ?? standard.age,
            keepLast: keepLast ?? said("min-snapshots-to-keep").map { Int(clamping: $0) } ?? standard.keepLast)
    }

    /// The snapshots that go: old ones that no branch or tag names and that are not among the newest of `main`.
    ///
    /// A branch keeps its ancestors as long as they are young enough, as `main` does.
    func expired(of table: TableMetadata, now: Timestamp) -> [Snapshot] {
        let oldest = now.microseconds / 1_000 - age.milliseconds
        let named = Set(table.references.values.map(\.snapshotID))
        let newest = Set(table.ancestors.prefix(keepLast).map(\.id))
        return table.snapshots.filter {
            $0.timestampMilliseconds < oldest && !named.contains($0.id) && !newest.contains($0.id)
        }
    }
}

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
    func run(_ rule: ExpiryRule, on table: CatalogTable) async throws -> ExpiryReport {
        guard table.metadata.properties["gc.enabled"] != "false" else { throw NilusError.collectionOff(table) }
        let expired = rule.expired(of: table.metadata, now: time.utc())
        let ids = Set(expired.map(\.id))
        let kept = table.metadata.snapshots.filter { !ids.contains($0.id) }
        guard !expired.isEmpty else { return ExpiryReport(snapshotsKept: kept.count) }
        // Read before the commit: what cannot be read must not be half removed.
        let needed = try await ReachableFiles(kept, of: table, in: lakehouse.store)
        let unneeded = try await ReachableFiles(
            expired, of: table, in: lakehouse.store, besides: needed, withRemoved: true)
        _ = try await lakehouse.catalog.commit(
            TableChange(
                requirements: (table.metadata.uuid.map { [.tableUUID($0)] } ?? [])
                    + [.reference(SnapshotReference.main, snapshotID: table.metadata.currentSnapshot?.id)],
                updates: [.removeSnapshots(expired.map(\.id).sorted())]), to: table)
        let locations =
            unneeded.files.subtracting(needed.files).sorted() + unneeded.manifests.keys.sorted()
            + unneeded.manifestLists.subtracting(needed.manifestLists).sorted()
        // Data first: a manifest that is left still tells of what it lists. What stays is an orphan.
        var deleted = 0
        for location in locations where (try? await lakehouse.store.delete(location)) != nil { deleted += 1 }
        return ExpiryReport(snapshotsExpired: expired.count, snapshotsKept: kept.count, filesDeleted: deleted)
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
