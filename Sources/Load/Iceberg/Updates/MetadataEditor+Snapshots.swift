import JSON
import NilusCore

/// Snapshots, references and the two logs.
extension MetadataEditor {
    mutating func add(_ snapshot: Snapshot) throws(NilusError) {
        guard !objects("snapshots").contains(where: { $0["snapshot-id"]?.integer == snapshot.id }) else {
            throw .updateInvalid("snapshot \(snapshot.id), which the table has already")
        }
        let last = document["last-sequence-number"]?.integer ?? 0
        guard snapshot.sequenceNumber > last else {
            throw .updateInvalid("sequence number \(snapshot.sequenceNumber), which is not above \(last)")
        }
        append(snapshot.json, to: "snapshots")
        document["last-sequence-number"] = .integer(snapshot.sequenceNumber)
        addedSnapshots[snapshot.id] = snapshot.timestampMilliseconds
    }

    mutating func set(_ name: String, _ reference: SnapshotReference) throws(NilusError) {
        guard objects("snapshots").contains(where: { $0["snapshot-id"]?.integer == reference.snapshotID }) else {
            throw .updateInvalid("reference '\(name)' to snapshot \(reference.snapshotID), which is not there")
        }
        change("refs") { $0[name] = .object(reference.json) }
        if name == SnapshotReference.main { document["current-snapshot-id"] = .integer(reference.snapshotID) }
    }

    mutating func removeReference(_ name: String) {
        change("refs") { $0[name] = nil }
        if name == SnapshotReference.main { document["current-snapshot-id"] = -1 }
    }

    /// Removes snapshots with the references and statistics that name them.
    ///
    /// A reader of `snapshot-log` takes it for unbroken, so an entry before a removed one goes too.
    mutating func remove(_ ids: Set<Int64>) {
        func names(_ object: JSONObject) -> Bool {
            object["snapshot-id"]?.integer.map(ids.contains) ?? false
        }
        for list in ["snapshots", "statistics", "partition-statistics"] where document[list]?.array != nil {
            document[list] = .array(objects(list).filter { !names($0) }.map(JSONValue.object))
        }
        for member in document["refs"]?.object?.members ?? [] where member.value.object.map(names) ?? false {
            removeReference(member.name)
        }
        let log = objects("snapshot-log")
        let kept = log.suffix(from: log.lastIndex(where: names).map { $0 + 1 } ?? 0)
        document["snapshot-log"] = .array(kept.map(JSONValue.object))
    }

    /// Closes the change: brings the logs and the time up to date and reads the result strictly.
    consuming func finish(previous: (table: TableMetadata, location: String)?) throws(NilusError) -> TableMetadata {
        logSnapshot()
        let updated = addedSnapshots.values.reduce(moment, max)
        document["last-updated-ms"] = .integer(updated)
        if let previous { logMetadata(of: previous.table, at: previous.location) }
        let result = try TableMetadata(document, file: "the next version of the table")
        guard result.formatVersion >= 2 else { throw .updateInvalid("a table of format version 1") }
        return result
    }

    private mutating func logSnapshot() {
        guard let current = document["current-snapshot-id"]?.integer, current != -1, current != earlierSnapshotID else {
            return
        }
        append(
            ["snapshot-id": .integer(current), "timestamp-ms": .integer(addedSnapshots[current] ?? moment)],
            to: "snapshot-log")
    }

    private mutating func logMetadata(of table: TableMetadata, at location: String) {
        append(
            ["metadata-file": .string(location), "timestamp-ms": .integer(table.lastUpdatedMilliseconds)],
            to: "metadata-log")
        let log = document["metadata-log"]?.array ?? []
        document["metadata-log"] = .array(log.suffix(maximumLoggedVersions))
    }

    /// - SeeAlso: Iceberg documentation, "Table behavior properties": at least 1, 100 by default.
    private var maximumLoggedVersions: Int {
        let text = document["properties"]?["write.metadata.previous-versions-max"]?.string
        return max(1, text.flatMap { Int($0) } ?? 100)
    }
}
