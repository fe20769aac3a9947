/// A value as an Avro schema describes it; the schema gives the names, the value only the positions.
package indirect enum AvroValue: Sendable, Hashable {
    case null
    case boolean(Bool)
    case int(Int32)
    case long(Int64)
    case float(Float)
    case double(Double)
    /// A value of type `bytes` or `fixed`.
    case bytes([UInt8])
    case string(String)
    case array([AvroValue])
    case map([AvroEntry])
    /// The values of a record's fields, in schema order.
    case record([AvroValue])
    /// The position of a symbol in its enumeration.
    case enumeration(Int)
    /// The position of a branch in its union, and the value in it.
    case union(branch: Int, AvroValue)
}

/// A key and its value in an Avro map.
package struct AvroEntry: Sendable, Hashable {
    /// The key, unique in the map.
    package let key: String
    /// The value under the key.
    package let value: AvroValue

    /// An entry of a key and a value.
    package init(_ key: String, _ value: AvroValue) {
        self.key = key
        self.value = value
    }
}

extension AvroValue {
    /// The value inside a union, and the value itself when it is none.
    package var unwrapped: AvroValue {
        if case .union(_, let value) = self { value } else { self }
    }

    /// A value of `AvroSchema.optional`: branch 0 when absent, else branch 1.
    package static func optional(_ value: AvroValue?) -> AvroValue {
        value.map { .union(branch: 1, $0) } ?? .union(branch: 0, .null)
    }

    /// The number of an `int` or `long`, inside a union or not.
    package var integer: Int64? {
        switch unwrapped {
        case .int(let value): Int64(value)
        case .long(let value): value
        default: nil
        }
    }

    /// The text of a `string`, inside a union or not.
    package var string: String? {
        if case .string(let text) = unwrapped { text } else { nil }
    }

    /// The content of `bytes` or `fixed`, inside a union or not.
    package var bytes: [UInt8]? {
        if case .bytes(let bytes) = unwrapped { bytes } else { nil }
    }

    /// The truth of a `boolean`, inside a union or not.
    package var boolean: Bool? {
        if case .boolean(let value) = unwrapped { value } else { nil }
    }

    /// The items of an `array`, inside a union or not.
    package var items: [AvroValue]? {
        if case .array(let items) = unwrapped { items } else { nil }
    }

    /// The values of a `record`, inside a union or not.
    package var fieldValues: [AvroValue]? {
        if case .record(let values) = unwrapped { values } else { nil }
    }
}
