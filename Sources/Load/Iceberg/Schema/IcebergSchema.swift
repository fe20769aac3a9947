package import JSON
import NilusCore
package import Records

/// One version of a table's columns.
package struct IcebergSchema: Sendable, Equatable {
    /// The id, unique in what holds it.
    package let id: Int
    /// The columns, in order.
    package let fields: [IcebergField]
    /// The columns that another engine declared to identify a row.
    package let identifierFieldIDs: [Int]
    /// The schema as it stands in the metadata, with members that we do not know.
    package let json: JSONObject

    /// A schema of its own, such as that of a new table.
    package init(id: Int, fields: [IcebergField], identifierFieldIDs: [Int] = []) {
        self.init(id: id, fields: fields, identifierFieldIDs: identifierFieldIDs, extending: ["type": "struct"])
    }

    /// A schema with further fields or another id, and otherwise with the members of `json`.
    init(id: Int, fields: [IcebergField], identifierFieldIDs: [Int], extending json: JSONObject) {
        self.id = id
        self.fields = fields
        self.identifierFieldIDs = identifierFieldIDs
        var object = json
        object["schema-id"] = .integer(id)
        object["fields"] = .array(fields.map { .object($0.json) })
        if !identifierFieldIDs.isEmpty {
            object["identifier-field-ids"] = .array(identifierFieldIDs.map { .integer($0) })
        }
        self.json = object
    }

    init(_ members: MetadataMembers) throws(NilusError) {
        id = try members.int("schema-id", ifAbsent: 0) ?? 0
        var fields: [IcebergField] = []
        for field in try members.list("fields") { fields.append(try IcebergField(field)) }
        self.fields = fields
        identifierFieldIDs = (members["identifier-field-ids"]?.array ?? []).compactMap { $0.integer.map(Int.init) }
        json = members.object
    }

    /// The first schema of a new table, with field ids from 1 in column order.
    ///
    /// Every column is optional, the row id too, and no identifier fields are declared. A required
    /// column makes other engines refuse appends from ordinary data frames; an identifier column
    /// must be required and promises one row a key, which a table filled by `append` does not keep.
    package init(creating columns: RecordSchema) {
        self.init(
            id: 0, fields: columns.fields.enumerated().map { IcebergField(id: $0 + 1, name: $1.name, type: $1.type) })
    }

    /// The highest id of a column or of a part of one.
    package var highestFieldID: Int { fields.map(\.highestID).max() ?? 0 }

    /// The type of a column, or of a part of a column that is a struct; `nil` when there is none of that id.
    func type(ofFieldWithID id: Int) -> IcebergType? {
        if let field = fields.first(where: { $0.id == id }) { return field.type }
        return fields.lazy.compactMap { $0.json["type"]?.type(ofNestedFieldWithID: id) }.first
    }

    /// Whether the columns are the same, whatever the id of the schema.
    func hasSameColumns(as other: IcebergSchema) -> Bool {
        fields == other.fields && Set(identifierFieldIDs) == Set(other.identifierFieldIDs)
    }

    /// The same columns under another id.
    func withID(_ id: Int) -> IcebergSchema {
        IcebergSchema(id: id, fields: fields, identifierFieldIDs: identifierFieldIDs, extending: json)
    }
}

/// A column of a table.
package struct IcebergField: Sendable, Equatable {
    /// The id, unique in what holds it.
    package let id: Int
    /// The name of the column.
    package let name: String
    /// Whether each row must have a value.
    package let isRequired: Bool
    /// What values it holds.
    package let type: IcebergType
    /// The field as it stands in the metadata, with `doc` and members that we do not know.
    package let json: JSONObject

    /// An optional column.
    package init(id: Int, name: String, type: FieldType) {
        self.id = id
        self.name = name
        isRequired = false
        self.type = .column(type)
        json = [
            "id": .integer(id), "name": .string(name), "required": false, "type": IcebergType.column(type).json,
        ]
    }

    init(_ members: MetadataMembers) throws(NilusError) {
        id = try members.int("id")
        name = try members.text("name")
        guard let isRequired = members["required"]?.boolean else {
            throw members.fault("required", expected: "true or false")
        }
        self.isRequired = isRequired
        guard let type = members["type"] else { throw members.fault("type", expected: "a type") }
        self.type = IcebergType(json: type)
        json = members.object
    }

    /// Compares what the column is; JSON text and text are both strings in a table.
    package static func == (left: IcebergField, right: IcebergField) -> Bool {
        left.json == right.json
    }

    var highestID: Int { max(id, json["type"]?.highestNestedID ?? 0) }
}
