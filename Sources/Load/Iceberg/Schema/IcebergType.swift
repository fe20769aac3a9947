package import JSON
package import Records

/// The type of a table column.
package enum IcebergType: Sendable, Equatable {
    /// A type that our rows can fill. JSON text is a string in the table.
    case column(FieldType)
    /// A type that only other engines fill (struct, list, map, uuid, binary, fixed, time, nanoseconds),
    /// as it stands in the metadata.
    case other(JSONValue)

    init(json: JSONValue) {
        self = json.string.flatMap(Self.fillable).map(IcebergType.column) ?? .other(json)
    }

    var json: JSONValue {
        switch self {
        case .column(let type): .string(type.description)
        case .other(let json): json
        }
    }

    private static func fillable(_ name: String) -> FieldType? {
        switch name {
        case "boolean": .boolean
        case "int": .int
        case "long": .long
        case "float": .float
        case "double": .double
        case "date": .date
        case "timestamp": .timestamp
        case "timestamptz": .timestampWithZone
        case "string": .text
        default: decimal(name)
        }
    }

    /// Reads `decimal(P,S)`, with or without spaces.
    private static func decimal(_ name: String) -> FieldType? {
        guard name.hasPrefix("decimal("), name.hasSuffix(")") else { return nil }
        let numbers = name.dropFirst(8).dropLast().split(separator: ",").map { part in
            Int(part.filter { $0 != " " })
        }
        guard numbers.count == 2, let precision = numbers[0], let scale = numbers[1],
            (1...38).contains(precision), (0...precision).contains(scale)
        else { return nil }
        return .decimal(precision: precision, scale: scale)
    }
}

extension IcebergType: CustomStringConvertible {
    /// The name of the type; nested types by their kind alone.
    package var description: String {
        switch self {
        case .column(let type): type.description
        case .other(.string(let name)): name
        case .other(let json): json["type"]?.string ?? json.compactText
        }
    }
}

extension JSONValue {
    /// The highest id of a nested field, element, key or value in a type; 0 when there is none.
    var highestNestedID: Int {
        guard case .object(let object) = self else { return 0 }
        let own = ["id", "element-id", "key-id", "value-id"].compactMap { object[$0]?.integer }
        let nested = ["type", "element", "key", "value"].compactMap { object[$0]?.highestNestedID }
        let fields = (object["fields"]?.array ?? []).map(\.highestNestedID)
        return (own.compactMap { Int(exactly: $0) } + nested + fields).max() ?? 0
    }
}

extension JSONValue {
    /// The type of a field in a struct, or in a struct within; `nil` when there is none of that id.
    func type(ofNestedFieldWithID id: Int) -> IcebergType? {
        guard self["type"] == "struct" else { return nil }
        return (self["fields"]?.array ?? []).lazy.compactMap { field -> IcebergType? in
            guard let type = field["type"] else { return nil }
            return field["id"]?.integer == Int64(id) ? IcebergType(json: type) : type.type(ofNestedFieldWithID: id)
        }.first
    }
}
