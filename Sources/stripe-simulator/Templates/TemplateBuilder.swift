/// Lays out the shapes of one kind of object from the schema.
///
/// Which members are there and which are null is decided here, once for each shape; what differs from
/// object to object becomes a slot.
struct TemplateBuilder {
    /// What the shapes depend on besides the schema.
    struct Plan: Sendable {
        /// The kinds of which there is at least one object to refer to.
        let existing: Set<ObjectKind>
        let sendsNewFields: Bool
        let account: String
        let seed: UInt64
    }

    let plan: Plan
    let kind: ObjectKind
    let facts: EndpointFacts?
    let variantCount: Int
    var assembler: TemplateAssembler
    var generator = MixingGenerator(seed: 0)
    var variant = 0
    private let fields: [Schema.Field]

    static func build(_ kind: ObjectKind, _ plan: Plan) -> TemplateSet {
        var builder = TemplateBuilder(kind, plan)
        for variant in 0..<builder.variantCount { builder.layOut(variant) }
        return builder.assembler.finish()
    }

    private init(_ kind: ObjectKind, _ plan: Plan) {
        self.kind = kind
        self.plan = plan
        facts = kind.facts
        // A payment method has one member for each of its many types.
        variantCount = kind == .paymentMethod ? 128 : 64
        fields = Schema.shared.fields(of: kind.schemaName).filter { plan.sendsNewFields || !$0.isNew }
        assembler = TemplateAssembler(fieldNames: fields.map(\.name))
    }

    private mutating func layOut(_ variant: Int) {
        self.variant = variant
        generator = MixingGenerator(seed: Mixing.mix(Mixing.mix(kind.name, plan.seed), UInt64(variant)))
        let typing = kind == .paymentMethod ? typing(ofPaymentMethod: fields) : nil
        var isFirst = true
        for (number, field) in fields.enumerated() {
            let presence = typing?.presence(of: field.name) ?? presence(of: field)
            guard presence != .absent else { continue }
            assembler.beginField()
            assembler.literal(isFirst ? "{" : ",")
            isFirst = false
            assembler.literal("\"\(field.name)\":")
            if presence == .null {
                assembler.literal("null")
            } else if let type = typing?.type, field.name == "type" {
                assembler.literal("\"\(type)\"")
            } else if !ownValue(of: field) {
                value(field.type, named: field.name, depth: 0)
            }
            assembler.endField(number)
        }
        assembler.literal("}")
        assembler.endVariant()
    }

    // MARK: - Presence

    enum Presence {
        case value, null, absent
    }

    /// Whether a top-level member is there in this variant; each is there, null, and absent somewhere.
    private mutating func presence(of field: Schema.Field) -> Presence {
        let home = Mixing.choose(Mixing.mix(field.name), of: variantCount)
        let distance = (variant - home + variantCount) % variantCount
        let isLucky = generator.isLucky(percent: percent(of: field))
        if let presence = forcedPresence(of: field, distance) { return presence }
        if facts?.includableFields.contains(field.name) == true, !field.isRequired {
            return distance % 16 == 0 ? .value : field.isNullable && distance == 1 ? .null : .absent
        }
        switch distance {
        case 0: return .value
        case 1 where field.isNullable: return .null
        case 1 where !field.isRequired, 2 where !field.isRequired: return .absent
        default: break
        }
        if isLucky { return .value }
        if field.isNullable { return .null }
        return field.isRequired ? .value : .absent
    }

    /// How often in a hundred a member has a value, when nothing else decides.
    private func percent(of field: Schema.Field) -> Int {
        if field.isRequired, !field.isNullable { return 100 }
        if ["payment_method_details", "outcome", "metadata"].contains(field.name) { return 92 }
        switch field.type {
        case .reference, .object, .union, .list, .map: return 50
        case .array: return 60
        default: return field.isNullable ? 60 : 88
        }
    }

    private func forcedPresence(of field: Schema.Field, _ distance: Int) -> Presence? {
        switch (kind, field.name) {
        case (.subscription, "canceled_at"), (.subscription, "ended_at"):
            return status == "canceled" ? .value : distance == 2 ? .absent : .null
        case (.event, "api_version"), (.event, "type"): return .value
        default: break
        }
        guard field.isNullable, case .identifier(let names) = field.type else { return nil }
        // A kind that has a list but no objects is never named.
        let kinds = names.compactMap { ObjectKind(schemaName: $0) }.filter { $0 != .account }
        return kinds.count == names.count && plan.existing.isDisjoint(with: kinds) ? .null : nil
    }

    /// The status that all objects of this variant have.
    var status: String? {
        guard let field = fields.first(where: { $0.name == "status" }) else { return nil }
        guard case .enumeration(let values) = field.type else { return nil }
        return values[variant % values.count]
    }
}
