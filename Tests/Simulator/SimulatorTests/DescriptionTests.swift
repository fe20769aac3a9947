import Foundation
import Testing

@testable import stripe_simulator

struct `The compiled-in description` {
    private static func file(_ name: String) throws -> JSONText {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let data = try Data(contentsOf: root.appending(path: "scripts/stripe-api/\(name)"))
        return try JSONTextParser.parse(data)
    }

    @Test func `agrees with the schema, member by member and in order`() throws {
        let definitions = try #require(try Self.file("schema.json")["defs"])

        for compiled in StripeDescription.values(StripeDescription.definitions) {
            let name = try #require(compiled["name"]?.string)

            #expect(shape(compiled["fields"]) == shape(definitions[name]?["fields"]), "\(name)")
        }
    }

    @Test func `holds every definition that an endpoint leads to`() throws {
        let compiled = StripeDescription.values(StripeDescription.definitions).compactMap { $0["name"]?.string }

        let reached = Set(compiled.flatMap { references(Schema.shared.fields(of: $0).map(\.type)) })

        #expect(reached.subtracting(compiled).isEmpty)
        #expect(Set(ObjectKind.allCases.map(\.schemaName)).isSubset(of: compiled))
    }

    @Test func `agrees with the endpoints' facts`() throws {
        let endpoints = try #require(try Self.file("endpoints.json")["endpoints"]?.members)
        let version = try Self.file("schema.json")["meta"]?["spec_version"]?.string

        #expect(EndpointFacts.all.map(\.kind) == ObjectKind.endpoints)
        #expect(endpoints.map(\.name) == EndpointFacts.all.map(\.kind.name))
        #expect(version == StripeDescription.version)
        for (endpoint, compiled) in zip(endpoints, StripeDescription.values(StripeDescription.endpoints)) {
            for member in ["name", "path", "object", "schema", "created_field", "params", "required_params"] {
                #expect(shape(compiled[member]) == shape(endpoint.value[member]), "\(endpoint.name) \(member)")
            }
            for part in ["create", "update", "delete"] {
                let events = endpoint.value["events"]?[part]?.strings ?? []
                #expect(compiled["events"]?[part]?.strings == events, "\(endpoint.name) \(part)")
            }
        }
    }

    private func references(_ types: [FieldType]) -> [String] {
        types.flatMap { type -> [String] in
            switch type {
            case .reference(let name): [name]
            case .union(let names): names
            case .object(let fields): references(fields.map(\.type))
            case .array(let item), .list(let item), .map(let item): references([item])
            default: []
            }
        }
    }

    /// A value without the blanks it was written with.
    private func shape(_ value: JSONText?) -> String {
        guard let value else { return "nothing" }
        switch value.shape {
        case .object(let members):
            return "{" + members.map { "\($0.name):\(shape($0.value))" }.joined(separator: ",") + "}"
        case .array(let items): return "[" + items.map(shape).joined(separator: ",") + "]"
        default: return value.text
        }
    }
}
