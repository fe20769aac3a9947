/// One extractable collection of a source: its name, and the fields each object may have.
package struct Endpoint: Sendable, Hashable {
    /// The canonical name, singular snake_case, such as `invoice_item`.
    package let name: String
    /// Declared fields in column order.
    package let fields: [DeclaredField]
    /// The field that identifies an object.
    package let primaryKey: String
    /// The field that holds the creation time in whole seconds.
    package let createdField: String

    package init(name: String, fields: [DeclaredField], primaryKey: String, createdField: String) {
        self.name = name
        self.fields = fields
        self.primaryKey = primaryKey
        self.createdField = createdField
    }
}

/// A field as the source's documentation declares it.
package struct DeclaredField: Sendable, Hashable {
    package let name: String
    package let kind: ValueKind

    package init(_ name: String, _ kind: ValueKind) {
        self.name = name
        self.kind = kind
    }
}

/// What a declared value is, before any table format is in view.
package enum ValueKind: String, Sendable, Hashable {
    case text
    case integer
    case real
    case boolean
    /// Whole seconds since the epoch.
    case timestamp
    /// A decimal number in a string.
    case decimal
    /// An object, array, map or union, kept as the JSON text received.
    case json
}
