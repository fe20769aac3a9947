import Iceberg
import Loading

/// What a load leaves with its table, in the snapshot summary and in the table's properties.
///
/// Both are set in the commit that adds the rows, so they are true exactly when the rows are there.
enum LoadFacts {
    static let runID = "nilus.run-id"
    static let workflow = "nilus.workflow"
    static let node = "nilus.node"
    static let endpoint = "nilus.endpoint"
    static let loadID = "nilus.load-id"
    static let manifestDigest = "nilus.manifest-sha256"
    static let snapshotID = "nilus.snapshot-id"
    static let checkpoint = "nilus.checkpoint"
    static let account = "nilus.account"
    static let isLive = "nilus.livemode"
    static let rowIDAccount = "nilus.row-id-account"

    /// The columns by which rows are looked up, with commas between them.
    static let primaryKey = "nilus.primary-key"
    /// What a snapshot without new rows was made for.
    static let maintenance = "nilus.maintenance"

    /// Says that no checkpoint holds any more: unlike an absent entry it hides the one of an ancestor.
    static let noCheckpoint = "none"

    /// The facts of a load, in the order in which people read them.
    static func properties(
        of request: LoadRequest, _ facts: CommitFacts, snapshotID: Int64
    ) -> [TableProperty] {
        let (identity, origin) = (request.identity, request.origin)
        var properties = [
            TableProperty(Self.loadID, identity.loadID), TableProperty(Self.runID, identity.runID),
            TableProperty(Self.workflow, identity.workflow), TableProperty(Self.node, identity.node),
            TableProperty(Self.endpoint, identity.endpoint),
            TableProperty(Self.manifestDigest, identity.manifestDigest),
            TableProperty(Self.snapshotID, String(snapshotID)),
            TableProperty(Self.rowIDAccount, facts.rowIDAccount),
        ]
        switch facts.checkpoint {
        case .keep: break
        case .set(let text): properties.append(TableProperty(Self.checkpoint, text))
        case .clear: properties.append(TableProperty(Self.checkpoint, noCheckpoint))
        }
        if let key = request.key {
            properties.append(TableProperty(Self.primaryKey, key.columns.joined(separator: ",")))
        }
        if let account = origin.account { properties.append(TableProperty(Self.account, account)) }
        if let isLive = origin.isLive { properties.append(TableProperty(Self.isLive, String(isLive))) }
        return properties
    }
}

extension TableMetadata {
    /// The durable position that an earlier load left, unless a later one cleared it.
    var checkpoint: String? {
        guard let text = recorded(LoadFacts.checkpoint)?.value, text != LoadFacts.noCheckpoint else { return nil }
        return text
    }

    /// Whether the table holds rows, or cannot tell.
    var hasRows: Bool { recordCount != 0 }

    /// The columns by which the last load looked rows up, by the names that they have now.
    var keyColumns: [String] {
        let names = (recorded(LoadFacts.primaryKey)?.value ?? "").split(separator: ",").map(String.init)
        let renamed = renamedColumns(of: names)
        return names.map { renamed[$0]?.name ?? $0 }
    }

    /// The id of the last load of ours.
    var lastLoadID: String? { recorded(LoadFacts.loadID)?.value }
}
