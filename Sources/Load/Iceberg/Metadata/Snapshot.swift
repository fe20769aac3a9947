package import JSON
import NilusCore

/// One immutable version of a table's rows.
package struct Snapshot: Sendable, Equatable {
    /// The id, unique in the table.
    package let id: Int64
    /// The snapshot that this one changed; `nil` for the first.
    package let parentID: Int64?
    /// Rises by one with each snapshot; 0 for those of version 1 tables.
    package let sequenceNumber: Int64
    /// Milliseconds since the epoch.
    package let timestampMilliseconds: Int64
    /// The file that lists the manifest files; `nil` in version 1 tables that list them inline.
    package let manifestList: String?
    /// What the snapshot did: `operation`, counters, and what its writer added.
    package let summary: [String: String]
    /// The schema that was current when the snapshot was made.
    package let schemaID: Int?
    /// The snapshot as it stands in the metadata.
    package let json: JSONObject

    init(_ members: MetadataMembers) throws(NilusError) {
        id = try members.long("snapshot-id")
        parentID = try members.long("parent-snapshot-id", ifAbsent: nil)
        sequenceNumber = try members.long("sequence-number", ifAbsent: 0) ?? 0
        timestampMilliseconds = try members.long("timestamp-ms")
        manifestList = members["manifest-list"]?.string
        summary = try members.texts("summary")
        schemaID = try members.int("schema-id", ifAbsent: nil)
        json = members.object
        guard manifestList != nil || members["manifests"]?.array != nil else {
            throw members.fault("manifest-list", expected: "a location")
        }
    }

    /// A new snapshot.
    init(
        id: Int64, parentID: Int64?, sequenceNumber: Int64, timestampMilliseconds: Int64, manifestList: String,
        summary: [(name: String, value: String)], schemaID: Int
    ) {
        self.id = id
        self.parentID = parentID
        self.sequenceNumber = sequenceNumber
        self.timestampMilliseconds = timestampMilliseconds
        self.manifestList = manifestList
        self.summary = Dictionary(summary.map { ($0.name, $0.value) }) { $1 }
        self.schemaID = schemaID
        var facts: JSONObject = [:]
        for (name, value) in summary { facts[name] = .string(value) }
        var object: JSONObject = ["sequence-number": .integer(sequenceNumber), "snapshot-id": .integer(id)]
        if let parentID { object["parent-snapshot-id"] = .integer(parentID) }
        object["timestamp-ms"] = .integer(timestampMilliseconds)
        object["summary"] = .object(facts)
        object["manifest-list"] = .string(manifestList)
        object["schema-id"] = .integer(schemaID)
        json = object
    }

    /// A number of the summary, such as `total-records`.
    package func count(_ name: String) -> Int64? {
        summary[name].flatMap { Int64($0) }
    }
}
