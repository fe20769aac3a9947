/// Arrays, embedded lists and maps.
extension TemplateBuilder {
    mutating func array(of item: FieldType, named name: String, depth: Int) {
        var count = generator.pick(depth == 0 ? [0, 1, 1, 2, 3] : [0, 1, 1, 2])
        if case .enumeration(let values) = item { count = min(count, values.count) }
        if case .reference(let definition) = item, let kind = ObjectKind(schemaName: definition) {
            count = Self.embeddable.contains(kind) && plan.existing.contains(kind) ? min(count, 1) : 0
        }
        assembler.literal("[")
        for place in 0..<count {
            if place > 0 { assembler.literal(",") }
            value(item, named: name, depth: depth + 1)
        }
        assembler.literal("]")
    }

    mutating func list(of item: FieldType, named name: String, depth: Int) {
        assembler.literal("{\"object\":\"list\",\"data\":[")
        var isEndpoint = false
        if case .reference(let definition) = item { isEndpoint = ObjectKind(schemaName: definition) != nil }
        if !isEndpoint { value(item, named: name, depth: depth + 1) }
        assembler.literal("],\"has_more\":false,\"url\":\"\(facts?.path ?? "/v1")/")
        assembler.slot(.ownID)
        assembler.literal("/\(name)\"}")
    }

    mutating func map(to type: FieldType, named name: String, depth: Int) {
        if case .string = type {
            pooled("metadata") { SampleTexts.metadata }
            return
        }
        assembler.literal("{\"eur\":")
        value(type, named: name, depth: depth + 1)
        assembler.literal(",\"jpy\":")
        value(type, named: name, depth: depth + 1)
        assembler.literal("}")
    }
}
