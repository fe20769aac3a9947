/// The shapes of Stripe's objects, read once from the description that is compiled in.
struct Schema: Sendable {
    /// One member of an object.
    struct Field: Sendable {
        let name: String
        let type: FieldType
        /// The value may be null.
        let isNullable: Bool
        /// The member is always sent.
        let isRequired: Bool
        /// The member is not part of the pinned version's public description.
        let isNew: Bool
    }

    static let shared = Schema()

    private let definitions: [String: [Field]]

    private init() {
        var definitions: [String: [Field]] = [:]
        for text in StripeDescription.values(StripeDescription.definitions) {
            definitions[text["name"]?.string ?? ""] = Self.fields(text["fields"])
        }
        self.definitions = definitions
    }

    /// The members of a definition, in the order they are sent.
    func fields(of definition: String) -> [Field] {
        guard let fields = definitions[definition] else {
            preconditionFailure("the schema refers to '\(definition)', which it does not define")
        }
        return fields
    }

    fileprivate static func fields(_ text: JSONText?) -> [Field] {
        (text?.members ?? []).map { member in
            Field(
                name: member.name, type: FieldType(member.value), isNullable: member.value["null"] != nil,
                isRequired: member.value["req"] != nil, isNew: member.value["new"] != nil)
        }
    }
}

/// What values a member may take.
indirect enum FieldType: Sendable {
    case string, currency, integer, float, decimal, bool, timestamp, json
    /// A number of minor currency units.
    case amount
    case enumeration([String])
    /// The id of an object of one of the named kinds.
    case identifier([String])
    case reference(String)
    case object([Schema.Field])
    case union([String])
    case array(FieldType)
    case list(FieldType)
    case map(FieldType)

    init(_ text: JSONText) {
        switch text["t"]?.string {
        case "string": self = .string
        case "currency": self = .currency
        case "int": self = text["amount"] == nil ? .integer : .amount
        case "float": self = .float
        case "decimal": self = .decimal
        case "bool": self = .bool
        case "timestamp": self = .timestamp
        case "json": self = .json
        case "enum": self = .enumeration(text["enum"]?.strings ?? [])
        case "id": self = .identifier(text["expand"]?.strings ?? [])
        case "object": self = text["ref"]?.string.map { .reference($0) } ?? .object(Schema.fields(text["fields"]))
        case "union": self = .union(text["refs"]?.strings ?? [])
        case "array": self = .array(Self.part(text, "items"))
        case "list": self = .list(Self.part(text, "items"))
        case "map": self = .map(Self.part(text, "values"))
        case let unknown: preconditionFailure("the schema has a field of unknown type '\(unknown ?? "none")'")
        }
    }

    private static func part(_ text: JSONText, _ name: String) -> FieldType {
        guard let part = text[name] else { preconditionFailure("a collection in the schema lacks '\(name)'") }
        return FieldType(part)
    }
}

extension StripeDescription {
    /// The JSON values of a text with one value a line.
    static func values(_ lines: String) -> [JSONText] {
        lines.split(separator: "\n").map { line in
            do {
                return try JSONTextParser.parse(line.utf8)
            } catch {
                preconditionFailure("the compiled-in description is broken: \(error)")
            }
        }
    }
}
