/// The type of a column, as every table format can hold it.
package enum FieldType: Sendable, Hashable {
    case boolean
    /// 32-bit integer; only in tables that others created.
    case int
    /// 64-bit integer.
    case long
    /// 32-bit float; only in tables that others created.
    case float
    case double
    /// Exact decimal; at most 38 digits, `scale` of them after the point.
    case decimal(precision: Int, scale: Int)
    /// Days since 1970-01-01; only in tables that others created.
    case date
    /// Microseconds without a zone; only in tables that others created.
    case timestamp
    /// Microseconds since the epoch in UTC.
    case timestampWithZone
    case text
    /// JSON text as received. Stored as text; its bounds mean nothing and are not kept.
    case json
}

extension FieldType {
    /// How values of a type lie in a ``Column``.
    package enum Storage: Sendable, Hashable {
        /// Booleans (0, 1), integers, dates and timestamps.
        case integers
        case doubles
        /// Unscaled decimals.
        case decimals
        case text
    }

    package var storage: Storage {
        switch self {
        case .boolean, .int, .long, .date, .timestamp, .timestampWithZone: .integers
        case .float, .double: .doubles
        case .decimal: .decimals
        case .text, .json: .text
        }
    }
}

extension FieldType: CustomStringConvertible {
    /// The name in Iceberg's words; JSON text is a `string` there.
    package var description: String {
        switch self {
        case .boolean: "boolean"
        case .int: "int"
        case .long: "long"
        case .float: "float"
        case .double: "double"
        case .decimal(let precision, let scale): "decimal(\(precision), \(scale))"
        case .date: "date"
        case .timestamp: "timestamp"
        case .timestampWithZone: "timestamptz"
        case .text, .json: "string"
        }
    }
}
