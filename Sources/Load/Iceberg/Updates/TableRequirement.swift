package import JSON

/// What must be true of a table for a change to be made; this is what makes a commit a compare-and-swap.
///
/// - SeeAlso: Iceberg REST Open API, schema `TableRequirement`.
package enum TableRequirement: Sendable, Equatable {
    /// The table does not exist.
    case create
    case tableUUID(String)
    /// A branch or tag is at a snapshot, or does not exist.
    case reference(String, snapshotID: Int64?)
    case lastAssignedFieldID(Int)
    case currentSchemaID(Int)
    case lastAssignedPartitionID(Int)
    case defaultSpecID(Int)
    case defaultSortOrderID(Int)

    /// Says what is otherwise than required, or returns `nil` when the requirement is met.
    ///
    /// - Returns: a clause such as `branch 'main' is at snapshot 12 instead of 10`.
    package func violation(by table: TableMetadata?) -> String? {
        guard let table else { return self == .create ? nil : "the table does not exist" }
        switch self {
        case .create: return "the table exists"
        case .tableUUID(let uuid): return Self.compare("the table is", table.uuid ?? "one without uuid", uuid)
        case .reference(let name, let snapshotID):
            let found = table.references[name]?.snapshotID
            return Self.compare("branch '\(name)' is", Self.place(found), Self.place(snapshotID))
        case .lastAssignedFieldID(let id): return Self.compare("the last field id is", table.lastColumnID, id)
        case .currentSchemaID(let id): return Self.compare("the current schema is", table.currentSchema.id, id)
        case .lastAssignedPartitionID(let id):
            return Self.compare("the last partition field id is", table.lastPartitionID, id)
        case .defaultSpecID(let id): return Self.compare("the partition spec is", table.defaultSpec.id, id)
        case .defaultSortOrderID(let id): return Self.compare("the sort order is", table.defaultSortOrder.id, id)
        }
    }

    private static func place(_ snapshotID: Int64?) -> String {
        snapshotID.map { "at snapshot \($0)" } ?? "empty"
    }

    private static func compare<Value: Equatable>(_ subject: String, _ found: Value, _ required: Value) -> String? {
        found == required ? nil : "\(subject) \(found) instead of \(required)"
    }

    /// The requirement as a REST catalog takes it.
    package var json: JSONValue {
        switch self {
        case .create: ["type": "assert-create"]
        case .tableUUID(let uuid): ["type": "assert-table-uuid", "uuid": .string(uuid)]
        case .reference(let name, let snapshotID):
            [
                "type": "assert-ref-snapshot-id", "ref": .string(name),
                "snapshot-id": snapshotID.map { .integer($0) } ?? .null,
            ]
        case .lastAssignedFieldID(let id):
            ["type": "assert-last-assigned-field-id", "last-assigned-field-id": .integer(id)]
        case .currentSchemaID(let id): ["type": "assert-current-schema-id", "current-schema-id": .integer(id)]
        case .lastAssignedPartitionID(let id):
            ["type": "assert-last-assigned-partition-id", "last-assigned-partition-id": .integer(id)]
        case .defaultSpecID(let id): ["type": "assert-default-spec-id", "default-spec-id": .integer(id)]
        case .defaultSortOrderID(let id):
            ["type": "assert-default-sort-order-id", "default-sort-order-id": .integer(id)]
        }
    }
}
