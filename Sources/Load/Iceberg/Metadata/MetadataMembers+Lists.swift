import JSON
import NilusCore

/// The lists of a metadata file, each with the entry that is current.
extension MetadataMembers {
    func schemas(isFirst: Bool) throws(NilusError) -> ([IcebergSchema], IcebergSchema) {
        var schemas: [IcebergSchema] = []
        if isFirst, self["schemas"] == nil {
            schemas = [try IcebergSchema(try member("schema"))]
        } else {
            for schema in try list("schemas") { schemas.append(try IcebergSchema(schema)) }
        }
        let isAlone = isFirst && self["current-schema-id"] == nil
        let current = isAlone ? schemas.last?.id : try int("current-schema-id")
        guard let schema = schemas.first(where: { $0.id == current }) else {
            throw fault("current-schema-id", expected: "the id of one of the schemas")
        }
        return (schemas, schema)
    }

    func partitionSpecs(isFirst: Bool) throws(NilusError) -> ([PartitionSpec], PartitionSpec) {
        var specs: [PartitionSpec] = []
        if isFirst, self["partition-specs"] == nil {
            let spec: JSONObject = ["spec-id": 0, "fields": self["partition-spec"] ?? []]
            specs = [try PartitionSpec(MetadataMembers(spec, file: file, path: "partition-spec."))]
        } else {
            for spec in try list("partition-specs") { specs.append(try PartitionSpec(spec)) }
        }
        let isAlone = isFirst && self["default-spec-id"] == nil
        let current = isAlone ? specs.last?.id : try int("default-spec-id")
        guard let spec = specs.first(where: { $0.id == current }) else {
            throw fault("default-spec-id", expected: "the id of one of the partition specs")
        }
        return (specs, spec)
    }

    func lastPartitionID(of specs: [PartitionSpec], isFirst: Bool) throws(NilusError) -> Int {
        guard isFirst, self["last-partition-id"] == nil else { return try int("last-partition-id") }
        return specs.flatMap(\.fields).map(\.fieldID).max() ?? TableMetadata.partitionIDBeforeFirst
    }

    func sortOrders(isFirst: Bool) throws(NilusError) -> ([SortOrder], SortOrder) {
        if isFirst, self["sort-orders"] == nil { return ([.unsorted], .unsorted) }
        var orders: [SortOrder] = []
        for order in try list("sort-orders") { orders.append(try SortOrder(order)) }
        let current = try int("default-sort-order-id")
        guard let order = orders.first(where: { $0.id == current }) else {
            throw fault("default-sort-order-id", expected: "the id of one of the sort orders")
        }
        return (orders, order)
    }

    func snapshots() throws(NilusError) -> [Snapshot] {
        var snapshots: [Snapshot] = []
        for snapshot in try list("snapshots", ifAbsent: []) { snapshots.append(try Snapshot(snapshot)) }
        return snapshots
    }

    /// The branches and tags; `main` is where `current-snapshot-id` is, when no list of them says more.
    func references(among snapshots: [Snapshot]) throws(NilusError) -> [String: SnapshotReference] {
        let known = Set(snapshots.map(\.id))
        var references: [String: SnapshotReference] = [:]
        if self["refs"] != nil {
            let refs = try member("refs")
            for name in refs.object.members.map(\.name) {
                let reference = try SnapshotReference(try refs.member(name))
                guard known.contains(reference.snapshotID) else {
                    throw refs.fault(name, expected: "the id of one of the snapshots")
                }
                references[name] = reference
            }
        }
        // Writers say −1 for "none".
        let current = try long("current-snapshot-id", ifAbsent: -1) ?? -1
        guard current != -1, references[SnapshotReference.main] == nil else { return references }
        guard known.contains(current) else {
            throw fault("current-snapshot-id", expected: "the id of one of the snapshots")
        }
        references[SnapshotReference.main] = SnapshotReference(branchAt: current)
        return references
    }
}
