package import JSON
import NilusCore

/// How a table's rows are divided among its files.
package struct PartitionSpec: Sendable, Equatable {
    /// The id of the specification in the table.
    package let id: Int
    /// The parts of a partition value, in order.
    package let fields: [PartitionField]
    /// The specification as it stands in the metadata.
    package let json: JSONObject

    /// No division at all.
    package static let unpartitioned = PartitionSpec(id: 0, fields: [], json: ["spec-id": 0, "fields": []])

    private init(id: Int, fields: [PartitionField], json: JSONObject) {
        self.id = id
        self.fields = fields
        self.json = json
    }

    /// A spec of the given fields, in order.
    package init(id: Int, fields: [PartitionField]) {
        let json: JSONObject = ["spec-id": .integer(id), "fields": .array(fields.map { .object($0.json) })]
        self.init(id: id, fields: fields, json: json)
    }

    init(_ members: MetadataMembers) throws(NilusError) {
        id = try members.int("spec-id")
        var fields: [PartitionField] = []
        for field in try members.list("fields") { fields.append(try PartitionField(field, at: fields.count)) }
        self.fields = fields
        json = members.object
    }

    /// Whether no file has a partition value.
    ///
    /// A spec of `void` fields alone divides nothing either, but its files have values, all null.
    package var isUnpartitioned: Bool { fields.isEmpty }

    func withID(_ id: Int) -> PartitionSpec {
        var object = json
        object["spec-id"] = .integer(id)
        return PartitionSpec(id: id, fields: fields, json: object)
    }
}

/// A part of a partition's value: a column and what is made of it.
package struct PartitionField: Sendable, Equatable, CustomStringConvertible {
    /// The column; `nil` when a later version of the format names several.
    package let sourceID: Int?
    /// The id of the part, unique in the table.
    package let fieldID: Int
    /// The name of the part.
    package let name: String
    /// What is made of the column's value.
    package let transform: PartitionTransform

    /// The id of the first partition field; version 1 tables left the ids to their position.
    package static let firstID = 1_000

    /// A field of a column.
    package init(sourceID: Int, fieldID: Int, name: String, transform: PartitionTransform) {
        self.sourceID = sourceID
        self.fieldID = fieldID
        self.name = name
        self.transform = transform
    }

    init(_ members: MetadataMembers, at position: Int) throws(NilusError) {
        sourceID = try members.int("source-id", ifAbsent: nil)
        fieldID = try members.int("field-id", ifAbsent: Self.firstID + position) ?? Self.firstID
        name = try members.text("name")
        transform = PartitionTransform(try members.text("transform"))
    }

    fileprivate var json: JSONObject {
        var object: JSONObject = [:]
        if let sourceID { object["source-id"] = .integer(sourceID) }
        object["field-id"] = .integer(fieldID)
        object["name"] = .string(name)
        object["transform"] = .string(transform.description)
        return object
    }

    /// The transform and the name, as in `month(created)`.
    package var description: String { "\(transform)(\(name))" }
}
