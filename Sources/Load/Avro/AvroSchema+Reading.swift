package import JSON

extension AvroSchema {
    /// Reads a schema from its JSON form.
    ///
    /// - Throws: `AvroError` when it is no valid schema, nested deeper than 64 levels, or contains itself.
    package init(json: JSONValue) throws(AvroError) {
        var reader = SchemaReader()
        self = try reader.schema(json, namespace: "", depth: 0)
    }
}

/// Reads schemas and remembers the named ones, which later parts may mention by name alone.
private struct SchemaReader {
    /// Deeper schemas are refused; Iceberg's manifests need 7 levels and a partition value one more.
    static let maximumDepth = 64

    private var named: [String: AvroSchema] = [:]

    mutating func schema(_ json: JSONValue, namespace: String, depth: Int) throws(AvroError) -> AvroSchema {
        guard depth < Self.maximumDepth else { throw AvroError("a schema nested deeper than 64 levels") }
        switch json {
        case .string(let name): return try reference(name, namespace: namespace)
        case .array(let items):
            var branches: [AvroSchema] = []
            for item in items { branches.append(try schema(item, namespace: namespace, depth: depth + 1)) }
            return AvroSchema(.union(branches))
        case .object(let object): return try definition(object, namespace: namespace, depth: depth)
        default: throw AvroError("\(json.compactText) in place of a schema")
        }
    }

    private func reference(_ name: String, namespace: String) throws(AvroError) -> AvroSchema {
        if let shape = Self.primitive(name) { return AvroSchema(shape) }
        guard let schema = named[Self.fullName(name, namespace)] ?? named[name] else {
            throw AvroError("a schema that mentions the unknown type '\(name)'")
        }
        return schema
    }

    private mutating func definition(
        _ object: JSONObject, namespace: String, depth: Int
    ) throws(AvroError) -> AvroSchema {
        guard let type = object["type"] else { throw AvroError("a schema without a type") }
        guard case .string(let kind) = type else {
            // `{"type": {…}}` wraps another schema.
            return try schema(type, namespace: namespace, depth: depth + 1)
        }
        switch kind {
        case "array":
            let items = try schema(object["items"] ?? .null, namespace: namespace, depth: depth + 1)
            return AvroSchema(.array(items), attributes: object.without("type", "items"))
        case "map":
            let values = try schema(object["values"] ?? .null, namespace: namespace, depth: depth + 1)
            return AvroSchema(.map(values), attributes: object.without("type", "values"))
        case "fixed", "enum", "record", "error":
            return try namedDefinition(kind, object, namespace: namespace, depth: depth)
        default:
            guard let shape = Self.primitive(kind) else { return try reference(kind, namespace: namespace) }
            return AvroSchema(shape, attributes: object.without("type"))
        }
    }

    private mutating func namedDefinition(
        _ kind: String, _ object: JSONObject, namespace: String, depth: Int
    ) throws(AvroError) -> AvroSchema {
        guard let name = object["name"]?.string else { throw AvroError("a \(kind) schema without a name") }
        let fullName = Self.fullName(name, object["namespace"]?.string ?? namespace)
        let inner = fullName.lastIndex(of: ".").map { String(fullName[..<$0]) } ?? ""
        let schema: AvroSchema
        switch kind {
        case "fixed":
            guard let size = object["size"]?.integer, let count = Int(exactly: size), count >= 0 else {
                throw AvroError("a fixed schema without a size")
            }
            schema = AvroSchema(.fixed(name: name, size: count), attributes: object.without("type", "name", "size"))
        case "enum":
            let symbols = object["symbols"]?.array?.compactMap(\.string) ?? []
            schema = AvroSchema(
                .enumeration(name: name, symbols: symbols), attributes: object.without("type", "name", "symbols"))
        default:
            let fields = try fields(object["fields"]?.array, namespace: inner, depth: depth)
            schema = AvroSchema(
                .record(name: name, fields: fields), attributes: object.without("type", "name", "fields"))
        }
        named[fullName] = schema
        return schema
    }

    private mutating func fields(
        _ items: [JSONValue]?, namespace: String, depth: Int
    ) throws(AvroError) -> [AvroField] {
        guard let items else { throw AvroError("a record schema without fields") }
        var fields: [AvroField] = []
        for item in items {
            guard let object = item.object, let name = object["name"]?.string, let type = object["type"] else {
                throw AvroError("a record field without name or type")
            }
            let schema = try schema(type, namespace: namespace, depth: depth + 1)
            fields.append(AvroField(name, schema, attributes: object.without("name", "type")))
        }
        return fields
    }

    private static func fullName(_ name: String, _ namespace: String) -> String {
        name.contains(".") || namespace.isEmpty ? name : "\(namespace).\(name)"
    }

    private static func primitive(_ name: String) -> AvroSchema.Shape? {
        switch name {
        case "null": .null
        case "boolean": .boolean
        case "int": .int
        case "long": .long
        case "float": .float
        case "double": .double
        case "bytes": .bytes
        case "string": .string
        default: nil
        }
    }
}

extension JSONObject {
    fileprivate func without(_ names: String...) -> JSONObject {
        var rest = self
        for name in names { rest[name] = nil }
        return rest
    }
}
