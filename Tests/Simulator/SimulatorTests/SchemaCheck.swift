@testable import stripe_simulator

/// Compares an object with the schema, without the code that generates objects.
enum SchemaCheck {
    /// What is wrong with the members of an object, and with their order.
    static func faults(in object: JSONText, _ fields: [Schema.Field], place: String) -> [String] {
        guard let members = object.members else { return ["\(place) is no object"] }
        var faults: [String] = []
        var last = -1
        for member in members {
            guard let number = fields.firstIndex(where: { $0.name == member.name }) else {
                faults.append("\(place) has an unknown member \(member.name)")
                continue
            }
            if number <= last { faults.append("\(place).\(member.name) is out of order") }
            last = number
            faults += self.faults(in: member.value, fields[number], place: "\(place).\(member.name)")
        }
        return faults
    }

    private static func faults(in value: JSONText, _ field: Schema.Field, place: String) -> [String] {
        if case .null = value.shape { return field.isNullable ? [] : ["\(place) is null"] }
        return faults(in: value, field.type, place: place)
    }

    private static func faults(in value: JSONText, _ type: FieldType, place: String) -> [String] {
        switch (type, value.shape) {
        case (.string, .string), (.identifier, .string), (.currency, .string), (.bool, .bool), (.json, .object): []
        case (.integer, .number), (.amount, .number), (.timestamp, .number):
            value.integer == nil ? ["\(place) is no integer"] : []
        case (.float, .number): []
        case (.decimal, .string(let text?)): Double(text) == nil ? ["\(place) is no decimal"] : []
        case (.enumeration(let values), .string(let text?)):
            values.contains(text) ? [] : ["\(place) is '\(text)'"]
        case (.reference(let name), .object): nested(value, name, place)
        case (.object(let fields), .object): faults(in: value, fields.filter { !$0.isNew }, place: place)
        case (.union(let names), .object):
            names.contains { nested(value, $0, place).isEmpty } ? [] : ["\(place) is none of \(names)"]
        case (.array(let item), .array(let items)): items.flatMap { faults(in: $0, item, place: "\(place)[]") }
        case (.map(let item), .object(let members)):
            members.flatMap { faults(in: $0.value, item, place: "\(place).\($0.name)") }
        case (.list(let item), .object(let members)):
            members.map(\.name) == ["object", "data", "has_more", "url"]
                ? (value["data"]?.items ?? []).flatMap { faults(in: $0, item, place: "\(place).data[]") }
                : ["\(place) is no list"]
        default: ["\(place) is \(value.text.prefix(40))"]
        }
    }

    private static func nested(_ value: JSONText, _ definition: String, _ place: String) -> [String] {
        faults(in: value, Schema.shared.fields(of: definition).filter { !$0.isNew }, place: place)
    }
}
