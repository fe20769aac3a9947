package import JSON

extension TableUpdate {
    /// The update as a REST catalog takes it.
    package var json: JSONValue {
        var object: JSONObject = ["action": .string(action)]
        for member in members.members { object[member.name] = member.value }
        return .object(object)
    }

    private var action: String {
        switch self {
        case .assignUUID: "assign-uuid"
        case .upgradeFormatVersion: "upgrade-format-version"
        case .addSchema: "add-schema"
        case .setCurrentSchema: "set-current-schema"
        case .addPartitionSpec: "add-spec"
        case .setDefaultPartitionSpec: "set-default-spec"
        case .addSortOrder: "add-sort-order"
        case .setDefaultSortOrder: "set-default-sort-order"
        case .addSnapshot: "add-snapshot"
        case .setReference: "set-snapshot-ref"
        case .removeSnapshots: "remove-snapshots"
        case .removeReference: "remove-snapshot-ref"
        case .setProperties: "set-properties"
        case .removeProperties: "remove-properties"
        case .setLocation: "set-location"
        }
    }

    private var members: JSONObject {
        switch self {
        case .assignUUID(let uuid): return ["uuid": .string(uuid)]
        case .upgradeFormatVersion(let version): return ["format-version": .integer(version)]
        case .addSchema(let schema, let lastColumnID):
            return ["schema": .object(schema.json), "last-column-id": .integer(lastColumnID)]
        case .setCurrentSchema(let id): return ["schema-id": .integer(id)]
        case .addPartitionSpec(let spec): return ["spec": .object(spec.json)]
        case .setDefaultPartitionSpec(let id): return ["spec-id": .integer(id)]
        case .addSortOrder(let order): return ["sort-order": .object(order.json)]
        case .setDefaultSortOrder(let id): return ["sort-order-id": .integer(id)]
        case .addSnapshot(let snapshot): return ["snapshot": .object(snapshot.json)]
        case .setReference(let name, let reference):
            var object: JSONObject = ["ref-name": .string(name)]
            for member in reference.json.members { object[member.name] = member.value }
            return object
        case .removeSnapshots(let ids): return ["snapshot-ids": .array(ids.map { .integer($0) })]
        case .removeReference(let name): return ["ref-name": .string(name)]
        case .setProperties(let properties):
            return ["updates": .object(JSONObject(properties))]
        case .removeProperties(let names): return ["removals": .array(names.map(JSONValue.string))]
        case .setLocation(let location): return ["location": .string(location)]
        }
    }
}

extension JSONObject {
    /// A map of strings; the last value of a name counts.
    init(_ properties: [TableProperty]) {
        self = [:]
        for property in properties { self[property.name] = .string(property.value) }
    }
}
