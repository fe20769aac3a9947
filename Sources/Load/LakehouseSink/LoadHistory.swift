import Iceberg
import Loading
import NilusCore

/// What a table's history says about a load that is about to begin.
enum LoadHistory {
    /// The commit of this very load, when it was made before.
    ///
    /// - Throws: `runConflict` (terminal) when the run id belongs to another manifest.
    static func earlierCommit(
        of identity: LoadIdentity, in metadata: TableMetadata, at metadataLocation: String
    ) throws(NilusError) -> CommitReceipt? {
        let summaries = metadata.ancestors.map(\.summary) + expiredSummary(metadata)
        for summary in summaries where summary[LoadFacts.runID] == identity.runID {
            guard summary[LoadFacts.manifestDigest] == identity.manifestDigest else {
                throw .runIDTaken(identity, table: metadata.location)
            }
            // An older load does not tell its workflow; that of the same manifest is meant.
            guard summary[LoadFacts.workflow] ?? identity.workflow == identity.workflow,
                summary[LoadFacts.node] == identity.node, summary[LoadFacts.endpoint] == identity.endpoint
            else { continue }
            return receipt(summary, metadata, metadataLocation)
        }
        return nil
    }

    /// Refuses to mix data of different origins.
    ///
    /// - Throws: `tableConflict` (terminal).
    static func check(_ origin: DataOrigin, against metadata: TableMetadata, _ table: TableName) throws(NilusError) {
        guard metadata.hasRows else { return }
        if let isLive = origin.isLive, let before = metadata.recorded(LoadFacts.isLive)?.value, before != String(isLive)
        {
            throw .modesMixed(table, isLive: isLive)
        }
        if let account = origin.account, let before = metadata.recorded(LoadFacts.account)?.value, before != account {
            throw .accountsMixed(table, before: before, now: account)
        }
    }

    /// The facts that the table's properties keep of its last load, when that load's snapshot has expired.
    ///
    /// A snapshot that is still listed but no ancestor was rolled back: its load is undone and may be repeated.
    private static func expiredSummary(_ metadata: TableMetadata) -> [[String: String]] {
        guard let id = metadata.properties[LoadFacts.snapshotID].flatMap({ Int64($0) }),
            metadata.snapshot(withID: id) == nil
        else { return [] }
        return [metadata.properties]
    }

    private static func receipt(
        _ summary: [String: String], _ metadata: TableMetadata, _ location: String
    ) -> CommitReceipt {
        let figures = LoadFigures(summary)
        return CommitReceipt(
            snapshotID: summary[LoadFacts.snapshotID].flatMap { Int64($0) } ?? 0, metadataLocation: location,
            rowsAdded: figures.rowsAdded, effects: figures.effects, filesAdded: figures.filesAdded,
            bytesAdded: figures.bytesAdded, rowsInTable: metadata.liveRecordCount.map { Int($0) },
            schemaChanges: [],
            checkpoint: summary[LoadFacts.checkpoint].flatMap { $0 == LoadFacts.noCheckpoint ? nil : $0 })
    }
}

extension NilusError {
    fileprivate static func runIDTaken(_ identity: LoadIdentity, table: String) -> NilusError {
        NilusError(
            .load, .runConflict,
            "cannot run '\(identity.runID)' on table at '\(table)': a run of this id was committed there from another "
                + "manifest; give the run another id")
    }

    fileprivate static func modesMixed(_ table: TableName, isLive: Bool) -> NilusError {
        let (now, before) = isLive ? ("live", "test") : ("test", "live")
        return NilusError(
            .load, .tableConflict,
            "cannot load \(now)-mode rows into table '\(table)': it holds \(before)-mode rows; use another table")
    }

    fileprivate static func accountsMixed(_ table: TableName, before: String, now: String) -> NilusError {
        NilusError(
            .load, .tableConflict,
            "cannot load rows of account '\(now)' into table '\(table)': it holds rows of account '\(before)'; "
                + "use another table")
    }
}
