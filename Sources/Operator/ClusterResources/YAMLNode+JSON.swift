import JSON
import NilusCore
import YAML

extension YAMLNode {
    /// The value as JSON, for an API server.
    ///
    /// - Throws: `manifestInvalid` for numbers that JSON does not have.
    func json() throws(NilusError) -> JSONValue {
        switch content {
        case .scalar(let scalar): return try json(scalar)
        case .sequence(let items):
            var values: [JSONValue] = []
            for item in items { values.append(try item.json()) }
            return .array(values)
        case .mapping(let entries):
            var object = JSONObject()
            for entry in entries { object[entry.key] = try entry.value.json() }
            return .object(object)
        }
    }

    private func json(_ scalar: YAMLScalar) throws(NilusError) -> JSONValue {
        switch scalar.kind {
        case .null: return .null
        case .boolean(let value): return .boolean(value)
        case .text: return .string(scalar.text)
        case .integer:
            guard let value = scalar.integer else { throw .noJSONNumber(self) }
            return .integer(value)
        case .float:
            guard let value = scalar.number else { throw .noJSONNumber(self) }
            return .number(String(value))
        }
    }
}

extension NilusError {
    fileprivate static func noJSONNumber(_ node: YAMLNode) -> NilusError {
        NilusError(
            .workflow, .manifestInvalid, "cannot send the number to a cluster: it is out of range; put it in quotes",
            at: node.location)
    }
}
