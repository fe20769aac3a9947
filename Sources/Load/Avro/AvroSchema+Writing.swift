package import JSON

extension AvroSchema {
    /// The JSON form: a named type is written out where it first occurs and mentioned by name afterwards.
    package var json: JSONValue {
        var writer = SchemaWriter()
        return writer.schema(self)
    }
}

private struct SchemaWriter {
    private var written: [String: AvroSchema] = [:]

    mutating func schema(_ schema: AvroSchema) -> JSONValue {
        switch schema.shape {
        case .null: return primitive("null", schema)
        case .boolean: return primitive("boolean", schema)
        case .int: return primitive("int", schema)
        case .long: return primitive("long", schema)
        case .float: return primitive("float", schema)
        case .double: return primitive("double", schema)
        case .bytes: return primitive("bytes", schema)
        case .string: return primitive("string", schema)
        case .union(let branches): return .array(branches.map { self.schema($0) })
        case .array(let items): return object(["type": "array", "items": self.schema(items)], schema)
        case .map(let values): return object(["type": "map", "values": self.schema(values)], schema)
        case .fixed(let name, let size):
            return named(name, schema, ["type": "fixed", "name": .string(name), "size": .integer(size)])
        case .enumeration(let name, let symbols):
            return named(
                name, schema,
                ["type": "enum", "name": .string(name), "symbols": .array(symbols.map(JSONValue.string))])
        case .record(let name, let fields): return record(name, fields, schema)
        }
    }

    private mutating func record(_ name: String, _ fields: [AvroField], _ schema: AvroSchema) -> JSONValue {
        if written[name] == schema { return .string(name) }
        written[name] = schema
        let items = fields.map { field -> JSONValue in
            var object: JSONObject = ["name": .string(field.name), "type": self.schema(field.schema)]
            for member in field.attributes.members { object[member.name] = member.value }
            return .object(object)
        }
        return object(["type": "record", "name": .string(name), "fields": .array(items)], schema)
    }

    private mutating func named(_ name: String, _ schema: AvroSchema, _ members: JSONObject) -> JSONValue {
        if written[name] == schema { return .string(name) }
        written[name] = schema
        return object(members, schema)
    }

    private func primitive(_ name: String, _ schema: AvroSchema) -> JSONValue {
        schema.attributes.members.isEmpty ? .string(name) : object(["type": .string(name)], schema)
    }

    private func object(_ members: JSONObject, _ schema: AvroSchema) -> JSONValue {
        var object = members
        for member in schema.attributes.members { object[member.name] = member.value }
        return .object(object)
    }
}
