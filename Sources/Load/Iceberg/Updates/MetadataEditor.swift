import JSON
import NilusCore

/// Changes a metadata document, update by update.
///
/// Works on the JSON, so that members nobody here knows stay where they are; the result is read again
/// as strictly as a file is.
struct MetadataEditor {
    var document: JSONObject
    /// The moment of the change in milliseconds; never before the last one.
    let moment: Int64
    var lastAddedSchemaID: Int?
    var lastAddedSpecID: Int?
    var lastAddedOrderID: Int?
    /// The snapshots added by this change and their timestamps.
    var addedSnapshots: [Int64: Int64] = [:]
    /// The snapshot that was current before the change.
    let earlierSnapshotID: Int64?

    /// Begins a change of a table.
    init(_ base: TableMetadata, at time: Timestamp) {
        document = base.document
        moment = max(time.milliseconds, base.lastUpdatedMilliseconds)
        earlierSnapshotID = base.currentSnapshot?.id
        guard document["refs"] == nil || document["refs"] == .null, let main = base.currentSnapshot else { return }
        document["refs"] = ["main": .object(SnapshotReference(branchAt: main.id).json)]
    }

    /// Begins a new table.
    init(at time: Timestamp) {
        moment = time.milliseconds
        earlierSnapshotID = nil
        document = [
            "format-version": 2, "table-uuid": nil, "location": nil, "last-sequence-number": 0,
            "last-updated-ms": .integer(moment), "last-column-id": 0, "current-schema-id": nil, "schemas": [],
            "default-spec-id": nil, "partition-specs": [],
            "last-partition-id": .integer(TableMetadata.partitionIDBeforeFirst), "default-sort-order-id": nil,
            "sort-orders": [], "properties": [:], "current-snapshot-id": -1, "refs": [:], "snapshots": [],
            "statistics": [], "partition-statistics": [], "snapshot-log": [], "metadata-log": [],
        ]
    }

    mutating func apply(_ update: TableUpdate) throws(NilusError) {
        switch update {
        case .assignUUID(let uuid): try assign(uuid: uuid)
        case .upgradeFormatVersion(let version): try upgrade(to: version)
        case .addSchema(let schema, let lastColumnID): try add(schema, lastColumnID: lastColumnID)
        case .setCurrentSchema(let id):
            try setCurrent("current-schema-id", id, lastAdded: lastAddedSchemaID, in: "schemas", by: "schema-id")
        case .addPartitionSpec(let spec): try add(spec)
        case .setDefaultPartitionSpec(let id):
            try setCurrent("default-spec-id", id, lastAdded: lastAddedSpecID, in: "partition-specs", by: "spec-id")
        case .addSortOrder(let order): try add(order)
        case .setDefaultSortOrder(let id):
            try setCurrent(
                "default-sort-order-id", id, lastAdded: lastAddedOrderID, in: "sort-orders", by: "order-id")
        case .addSnapshot(let snapshot): try add(snapshot)
        case .setReference(let name, let reference): try set(name, reference)
        case .removeSnapshots(let ids): remove(Set(ids))
        case .removeReference(let name): removeReference(name)
        case .setProperties(let properties):
            change("properties") { object in
                for property in properties { object[property.name] = .string(property.value) }
            }
        case .removeProperties(let names):
            change("properties") { object in
                for name in names { object[name] = nil }
            }
        case .setLocation(let location): document["location"] = .string(location)
        }
    }

    /// Edits a member that is an object, which comes to be when it is absent.
    mutating func change(_ name: String, _ edit: (inout JSONObject) -> Void) {
        var object = document[name]?.object ?? [:]
        edit(&object)
        document[name] = .object(object)
    }

    /// The objects of a list.
    func objects(_ name: String) -> [JSONObject] {
        (document[name]?.array ?? []).compactMap(\.object)
    }

    mutating func append(_ object: JSONObject, to name: String) {
        document[name] = .array((document[name]?.array ?? []) + [.object(object)])
    }

    /// Gives a metadata member at least this value.
    mutating func raise(_ name: String, to value: Int64) {
        document[name] = .integer(max(document[name]?.integer ?? value, value))
    }

    private mutating func assign(uuid: String) throws(NilusError) {
        let known = document["table-uuid"]?.string
        guard known == nil || known == uuid else {
            throw .updateInvalid("the table has another uuid already")
        }
        document["table-uuid"] = .string(uuid)
    }

    private mutating func setCurrent(
        _ member: String, _ id: Int, lastAdded: Int?, in list: String, by key: String
    ) throws(NilusError) {
        let chosen = id == TableUpdate.lastAdded ? lastAdded : id
        guard let chosen, objects(list).contains(where: { $0[key]?.integer == Int64(chosen) }) else {
            throw .updateInvalid("\(member) \(id) names none of the \(list)")
        }
        document[member] = .integer(chosen)
    }
}

extension Timestamp {
    /// Milliseconds since the epoch, rounded towards the past.
    var milliseconds: Int64 { microseconds.flooredQuotient(by: 1_000) }
}

extension NilusError {
    /// A change to a table that cannot be made, which is our own mistake.
    static func updateInvalid(_ found: String) -> NilusError {
        .defect(.load, "a table update holds: \(found)")
    }
}
