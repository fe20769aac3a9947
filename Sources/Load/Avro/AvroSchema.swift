package import JSON

/// The shape of a value in an Avro file, with the attributes that others attach to it.
///
/// Iceberg keeps its field ids as attributes (`field-id`, `element-id`, `logicalType`), so a schema
/// holds on to everything that Avro itself does not use.
///
/// - SeeAlso: Apache Avro 1.11 Specification, "Schema Declaration".
package struct AvroSchema: Sendable, Equatable {
    /// What kind of value a schema describes.
    package indirect enum Shape: Sendable, Equatable {
        case null, boolean, int, long, float, double, bytes, string
        case array(AvroSchema)
        /// A map with string keys.
        case map(AvroSchema)
        /// One of several schemas; a value names its branch.
        case union([AvroSchema])
        case fixed(name: String, size: Int)
        case enumeration(name: String, symbols: [String])
        case record(name: String, fields: [AvroField])
    }

    /// The kind of value.
    package let shape: Shape
    /// The members of the schema's JSON object that Avro does not need to encode a value, in order.
    package let attributes: JSONObject

    /// A schema of a shape, with attributes when others shall find them.
    package init(_ shape: Shape, attributes: JSONObject = [:]) {
        self.shape = shape
        self.attributes = attributes
    }

    /// A schema whose values may also be absent.
    package static func optional(_ schema: AvroSchema) -> AvroSchema {
        AvroSchema(.union([AvroSchema(.null), schema]))
    }
}

/// A named part of an Avro record.
package struct AvroField: Sendable, Equatable {
    /// The name of the field.
    package let name: String
    /// The schema of its values.
    package let schema: AvroSchema
    /// All other members of the field's JSON object, such as `default` and `field-id`, in order.
    package let attributes: JSONObject

    /// A field of a name and a schema, with attributes when others shall find them.
    package init(_ name: String, _ schema: AvroSchema, attributes: JSONObject = [:]) {
        self.name = name
        self.schema = schema
        self.attributes = attributes
    }
}

extension AvroSchema {
    /// The fields of a record; `nil` for other shapes.
    package var fields: [AvroField]? {
        if case .record(_, let fields) = shape { fields } else { nil }
    }

    /// The one schema beside `null` of an optional value, and the schema itself for all others.
    package var withoutNull: AvroSchema {
        guard case .union(let branches) = shape else { return self }
        let others = branches.filter { $0.shape != .null }
        return others.count == 1 ? others[0] : self
    }
}
