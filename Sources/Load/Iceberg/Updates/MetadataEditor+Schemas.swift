import JSON
import NilusCore

/// Schemas, partition specs and sort orders: an equal one is used again, another gets the next id.
extension MetadataEditor {
    mutating func add(_ schema: IcebergSchema, lastColumnID: Int) throws(NilusError) {
        var known: [IcebergSchema] = []
        for object in objects("schemas") { known.append(try IcebergSchema(MetadataMembers(object, file: "update"))) }
        raise("last-column-id", to: Int64(max(lastColumnID, schema.highestFieldID)))
        if let same = known.first(where: { $0.hasSameColumns(as: schema) }) {
            lastAddedSchemaID = same.id
            return
        }
        let added = schema.withID((known.map(\.id).max() ?? -1) + 1)
        append(added.json, to: "schemas")
        lastAddedSchemaID = added.id
    }

    mutating func add(_ spec: PartitionSpec) throws(NilusError) {
        var known: [PartitionSpec] = []
        for object in objects("partition-specs") {
            known.append(try PartitionSpec(MetadataMembers(object, file: "update")))
        }
        let highestFieldID = spec.fields.map(\.fieldID).max() ?? TableMetadata.partitionIDBeforeFirst
        raise("last-partition-id", to: Int64(highestFieldID))
        if let same = known.first(where: { $0.fields == spec.fields }) {
            lastAddedSpecID = same.id
            return
        }
        let added = spec.withID((known.map(\.id).max() ?? -1) + 1)
        append(added.json, to: "partition-specs")
        lastAddedSpecID = added.id
    }

    mutating func add(_ order: SortOrder) throws(NilusError) {
        let known = objects("sort-orders")
        if let same = known.first(where: { $0["fields"] == order.json["fields"] })?["order-id"]?.integer {
            lastAddedOrderID = Int(exactly: same)
            return
        }
        // The specification reserves id 0 for "unsorted".
        let highest = known.compactMap { $0["order-id"]?.integer }.max() ?? 0
        let added = order.isUnsorted ? SortOrder.unsorted : order.withID(Int(highest) + 1)
        append(added.json, to: "sort-orders")
        lastAddedOrderID = added.id
    }

    /// Gives a version 1 document the members that version 2 demands.
    mutating func upgrade(to version: Int) throws(NilusError) {
        let current = document["format-version"]?.integer ?? 0
        if current == Int64(version) { return }
        guard current == 1, version == 2 else {
            throw .updateInvalid("an upgrade from format version \(current) to \(version)")
        }
        let old = try TableMetadata(document, file: "update")
        document["format-version"] = 2
        document["last-sequence-number"] = 0
        document["schemas"] = .array(old.schemas.map { .object($0.withID($0.id).json) })
        document["current-schema-id"] = .integer(old.currentSchema.id)
        document["partition-specs"] = .array(old.partitionSpecs.map { .object($0.numberedJSON) })
        document["default-spec-id"] = .integer(old.defaultSpec.id)
        document["last-partition-id"] = .integer(old.lastPartitionID)
        document["sort-orders"] = .array(old.sortOrders.map { .object($0.json) })
        document["default-sort-order-id"] = .integer(old.defaultSortOrder.id)
        document["schema"] = nil
        document["partition-spec"] = nil
        let snapshots = objects("snapshots").map { snapshot -> JSONValue in
            var object = snapshot
            object["sequence-number"] = object["sequence-number"] ?? 0
            return .object(object)
        }
        document["snapshots"] = .array(snapshots)
    }
}

extension PartitionSpec {
    /// The JSON form with the field ids that version 1 left to the position.
    fileprivate var numberedJSON: JSONObject {
        var object = json
        let items = zip(json["fields"]?.array ?? [], fields).map { item, field -> JSONValue in
            guard var members = item.object else { return item }
            members["field-id"] = .integer(field.fieldID)
            return .object(members)
        }
        object["fields"] = .array(items)
        return object
    }
}
