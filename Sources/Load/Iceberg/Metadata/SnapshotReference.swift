package import JSON
import NilusCore

/// A branch or a tag: a name for a snapshot.
package struct SnapshotReference: Sendable, Equatable {
    /// The branch that readers see unless they ask for another.
    package static let main = "main"

    /// The snapshot that has the name.
    package let snapshotID: Int64
    /// `branch` or `tag`.
    package let kind: String
    /// The reference as it stands in the metadata, retention settings included.
    package let json: JSONObject

    /// A number among its retention settings, such as `max-snapshot-age-ms`.
    package func number(_ name: String) -> Int64? { json[name]?.integer }

    init(_ members: MetadataMembers) throws(NilusError) {
        snapshotID = try members.long("snapshot-id")
        kind = try members.text("type")
        json = members.object
    }

    /// A branch at a snapshot, with the retention settings of `earlier` when there is one.
    package init(branchAt snapshotID: Int64, keeping earlier: SnapshotReference? = nil) {
        self.snapshotID = snapshotID
        kind = "branch"
        var object = earlier?.json ?? [:]
        object["snapshot-id"] = .integer(snapshotID)
        object["type"] = "branch"
        json = object
    }
}
