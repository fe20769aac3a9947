package import JSON
import NilusCore

/// How rows are sorted within a file, when a table asks for it.
package struct SortOrder: Sendable, Equatable {
    /// The id of the order in the table.
    package let id: Int
    /// What decides, the first first.
    package let fields: [SortField]
    /// The order as it stands in the metadata.
    package let json: JSONObject

    /// No order; the specification reserves id 0 for it.
    package static let unsorted = SortOrder(id: 0, fields: [])

    private init(id: Int, fields: [SortField], json: JSONObject) {
        self.id = id
        self.fields = fields
        self.json = json
    }

    /// An order by the given fields; id 0 is that of no order.
    package init(id: Int, fields: [SortField]) {
        self.init(
            id: id, fields: fields,
            json: ["order-id": .integer(id), "fields": .array(fields.map { .object($0.json) })])
    }

    init(_ members: MetadataMembers) throws(NilusError) {
        id = try members.int("order-id")
        var fields: [SortField] = []
        for field in try members.list("fields", ifAbsent: []) { fields.append(try SortField(field)) }
        self.fields = fields
        json = members.object
    }

    /// Whether the table asks for no order.
    package var isUnsorted: Bool { fields.isEmpty }

    func withID(_ id: Int) -> SortOrder {
        var object = json
        object["order-id"] = .integer(id)
        return SortOrder(id: id, fields: fields, json: object)
    }
}

/// A part of a sort order.
package struct SortField: Sendable, Equatable, CustomStringConvertible {
    /// The column; `nil` when a later version of the format names several.
    package let sourceID: Int?
    /// What is made of the column's value before it is compared.
    package let transform: PartitionTransform
    /// Whether the greatest value comes first.
    package let isDescending: Bool
    /// Whether rows without a value come first.
    package let hasNullsFirst: Bool

    /// A field that compares a column's values, the least first; rows without a value lead.
    package init(ascending sourceID: Int) {
        self.sourceID = sourceID
        transform = .identity
        isDescending = false
        hasNullsFirst = true
    }

    init(_ members: MetadataMembers) throws(NilusError) {
        sourceID = try members.int("source-id", ifAbsent: nil)
        transform = PartitionTransform(try members.text("transform"))
        isDescending = try members.choice("direction", "desc", orElse: "asc")
        hasNullsFirst = try members.choice("null-order", "nulls-first", orElse: "nulls-last")
    }

    fileprivate var json: JSONObject {
        var object: JSONObject = ["transform": .string(transform.description)]
        if let sourceID { object["source-id"] = .integer(sourceID) }
        object["direction"] = isDescending ? "desc" : "asc"
        object["null-order"] = hasNullsFirst ? "nulls-first" : "nulls-last"
        return object
    }

    /// The transform and the column's id, as in `identity(2) desc`.
    package var description: String {
        "\(transform)(\(sourceID.map { String($0) } ?? "?"))\(isDescending ? " desc" : "")"
    }
}

extension MetadataMembers {
    /// Whether a member is the first of two words; anything else is a fault.
    fileprivate func choice(_ name: String, _ yes: String, orElse no: String) throws(NilusError) -> Bool {
        let text = try text(name)
        guard text == yes || text == no else { throw fault(name, expected: "'\(yes)' or '\(no)'") }
        return text == yes
    }
}
