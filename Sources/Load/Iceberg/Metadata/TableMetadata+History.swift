/// A fact that an earlier load of ours left with a table.
package struct RecordedFact: Sendable, Equatable {
    /// What was recorded.
    package let value: String
    /// The snapshot whose summary holds the fact; `nil` when only the table's properties hold it.
    package let snapshot: Snapshot?
}

extension TableMetadata {
    /// The current snapshot and its ancestors, newest first, as far as they have not expired.
    ///
    /// Walks parents, not the list of snapshots: that also holds those of other branches and those
    /// that a rollback left behind.
    package var ancestors: [Snapshot] { ancestors(of: currentSnapshot?.id) }

    /// A snapshot and its ancestors, newest first, as far as they have not expired; none of `nil`.
    package func ancestors(of id: Int64?) -> [Snapshot] {
        let byID = Dictionary(snapshots.map { ($0.id, $0) }) { $1 }
        var found: [Snapshot] = []
        var seen: Set<Int64> = []
        var next = id.flatMap { byID[$0] }
        while let snapshot = next, seen.insert(snapshot.id).inserted {
            found.append(snapshot)
            next = snapshot.parentID.flatMap { byID[$0] }
        }
        return found
    }

    /// The newest ancestor whose summary holds `value` under `name`.
    package func ancestor(recording name: String, value: String) -> Snapshot? {
        ancestors.first { $0.summary[name] == value }
    }

    /// What the newest ancestor with such a summary entry says, else what the table's properties say.
    ///
    /// Another engine's compaction adds snapshots without our entries, and expiry removes those that
    /// have them; the properties outlive both.
    package func recorded(_ name: String) -> RecordedFact? {
        if let snapshot = ancestors.first(where: { $0.summary[name] != nil }), let value = snapshot.summary[name] {
            return RecordedFact(value: value, snapshot: snapshot)
        }
        return properties[name].map { RecordedFact(value: $0, snapshot: nil) }
    }

    /// Rows that readers see, as far as the current snapshot tells; `nil` when it does not, or when rows are
    /// deleted by their values.
    package var liveRecordCount: Int64? {
        guard let currentSnapshot else { return 0 }
        guard let records = recordCount, currentSnapshot.count("total-equality-deletes") ?? 0 == 0 else { return nil }
        return max(0, records &- (currentSnapshot.count("total-position-deletes") ?? 0))
    }

    /// Rows in the files of the table, as far as the current snapshot tells; deleted rows still count as rows.
    package var recordCount: Int64? {
        guard let currentSnapshot else { return 0 }
        return currentSnapshot.count("total-records")
    }
}
