/// A named, typed part of a record.
package struct Field: Sendable, Hashable {
    package let name: String
    package let type: FieldType
    /// Whether a record without a value is refused; our own columns are all optional but for the row id.
    package let isRequired: Bool

    package init(_ name: String, _ type: FieldType, isRequired: Bool = false) {
        self.name = name
        self.type = type
        self.isRequired = isRequired
    }
}

/// The declared shape of a record: its fields in column order.
package struct RecordSchema: Sendable, Hashable {
    package private(set) var fields: [Field]

    /// - Precondition: no two fields share a name.
    package init(_ fields: [Field]) {
        self.fields = fields
    }

    package var names: [String] { fields.map(\.name) }

    /// The field with exactly this name.
    package func field(named name: String) -> Field? {
        fields.first { $0.name == name }
    }

    /// Adds a field after the existing ones; existing batches stay valid, as they have no value for it.
    package mutating func append(_ field: Field) {
        fields.append(field)
    }
}
