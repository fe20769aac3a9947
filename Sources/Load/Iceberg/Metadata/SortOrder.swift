package import JSON
import NilusCore

/// How rows are sorted within a file, when a table asks for it.
package struct SortOrder: Sendable, Equatable {
    /// The id of the order in the table.
    package let id: Int
    /// The order as it stands in the metadata.
    package let json: JSONObject

    /// No order; the specification reserves id 0 for it.
    package static let unsorted = SortOrder(id: 0, json: ["order-id": 0, "fields": []])

    private init(id: Int, json: JSONObject) {
        self.id = id
        self.json = json
    }

    init(_ members: MetadataMembers) throws(NilusError) {
        id = try members.int("order-id")
        json = members.object
    }

    /// Whether the table asks for no order.
    package var isUnsorted: Bool { json["fields"]?.array?.isEmpty ?? true }

    func withID(_ id: Int) -> SortOrder {
        var object = json
        object["order-id"] = .integer(id)
        return SortOrder(id: id, json: object)
    }
}
