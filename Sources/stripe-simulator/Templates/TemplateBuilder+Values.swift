/// Values of every type the schema knows.
extension TemplateBuilder {
    /// Deeper objects are left empty; Stripe's own nesting ends before.
    private static let deepest = 7

    /// Kinds that embed no further object, so that embedding them always ends.
    static let embeddable: Set<ObjectKind> = [.price, .taxRate, .product, .coupon]

    mutating func value(_ type: FieldType, named name: String, depth: Int) {
        switch type {
        case .string: string(named: name)
        case .currency: pooled("currency") { SampleTexts.currencies }
        case .amount: assembler.slot(.amount(isSigned: isSigned(name)))
        case .integer: assembler.slot(integer(named: name))
        case .float: pooled("float") { SampleTexts.floats }
        case .decimal: pooled("decimal") { SampleTexts.decimals }
        case .bool: boolean(named: name)
        case .timestamp: assembler.slot(moment(named: name))
        case .json: assembler.literal("{}")
        case .enumeration(let values): enumeration(values)
        case .identifier(let names): identifier(of: names)
        case .reference(let definition): reference(to: definition, depth: depth)
        case .object(let fields): object(fields, definition: name, depth: depth + 1)
        case .union(let definitions): union(of: definitions, depth: depth)
        case .array(let item): array(of: item, named: name, depth: depth)
        case .list(let item): list(of: item, named: name, depth: depth)
        case .map(let value): map(to: value, named: name, depth: depth)
        }
    }

    mutating func pooled(_ name: String, _ values: () -> [String]) {
        assembler.slot(.pooled(assembler.pool(name, values)))
    }

    // MARK: - Scalars

    private mutating func boolean(named name: String) {
        switch name {
        case "livemode": assembler.slot(.livemode)
        case "active", "paid", "valid", "captured", "enabled":
            pooled("mostly true") { Array(repeating: "true", count: 7) + ["false"] }
        default: pooled("boolean") { SampleTexts.booleans }
        }
    }

    private mutating func enumeration(_ values: [String]) {
        guard values.count > 1 else {
            assembler.literal("\"\(values.first ?? "")\"")
            return
        }
        pooled("one of \(values)") { values.map { "\"\($0)\"" } }
    }

    private func isSigned(_ name: String) -> Bool {
        switch (kind, name) {
        case (_, "balance"), (_, "starting_balance"), (_, "ending_balance"), (_, "net"), (_, "net_amount"): true
        case (.balanceTransaction, "amount"), (.invoiceItem, "amount"), (.lineItem, "amount"): true
        case (.invoice, "total"), (.invoice, "subtotal"), (.lineItem, "subtotal"): true
        default: false
        }
    }

    private func integer(named name: String) -> Slot {
        switch name {
        case "exp_month", "month": .integer(low: 1, span: 12)
        case "exp_year", "year": .integer(low: 2024, span: 16)
        case "day", "day_of_month": .integer(low: 1, span: 31)
        case "hour": .integer(low: 0, span: 24)
        case "minute", "second": .integer(low: 0, span: 60)
        case "risk_score": .integer(low: 0, span: 100)
        case "quantity", "interval_count", "divide_by", "count": .integer(low: 1, span: 24)
        case "attempt_count", "times_redeemed", "days_until_due", "duration_in_months": .integer(low: 0, span: 30)
        default: .integer(low: 0, span: 100_000)
        }
    }

    private func moment(named name: String) -> Slot {
        let day: Int32 = 86_400
        if name.contains("start") { return .moment(low: -30 * day, span: UInt32(30 * day)) }
        if name.contains("arrival") || name.contains("available") {
            return .moment(low: 0, span: UInt32(7 * day))
        }
        return .moment(low: 0, span: UInt32(90 * day))
    }

    private mutating func identifier(of names: [String]) {
        let existing = names.compactMap { ObjectKind(schemaName: $0) }.filter(plan.existing.contains)
        if !existing.isEmpty {
            quoted(.reference(generator.pick(existing)))
        } else {
            token(prefix: IdentifierPrefixes.prefix(ofForeign: names.first ?? ""), length: 24)
        }
    }

    mutating func token(prefix: String, length: UInt8, suffix: String = "") {
        assembler.literal("\"\(prefix)")
        assembler.slot(.token(length))
        assembler.literal("\(suffix)\"")
    }

    // MARK: - Objects

    private mutating func reference(to definition: String, depth: Int) {
        if let kind = ObjectKind(schemaName: definition), Self.embeddable.contains(kind), plan.existing.contains(kind) {
            assembler.slot(.embedded(kind))
        } else {
            object(Schema.shared.fields(of: definition), definition: definition, depth: depth + 1)
        }
    }

    private mutating func union(of definitions: [String], depth: Int) {
        let complete = definitions.filter { !$0.hasSuffix("_client") }
        let definition = generator.pick(complete.isEmpty ? definitions : complete)
        object(Schema.shared.fields(of: definition), definition: definition, depth: depth + 1)
    }

    mutating func object(_ fields: [Schema.Field], definition: String, depth: Int) {
        assembler.literal("{")
        var separator = ""
        let typing = typing(ofNested: fields)
        for field in fields where plan.sendsNewFields || !field.isNew {
            let presence = typing?.presence(of: field.name) ?? nestedPresence(of: field, depth: depth)
            guard presence != .absent else { continue }
            assembler.literal("\(separator)\"\(field.name)\":")
            separator = ","
            if presence == .null {
                assembler.literal("null")
            } else if let typing, field.name == "type" {
                assembler.literal("\"\(typing.type)\"")
            } else if field.name == "id", case .string = field.type {
                token(prefix: IdentifierPrefixes.prefix(ofForeign: definition), length: 24)
            } else {
                value(field.type, named: field.name, depth: depth)
            }
        }
        assembler.literal("}")
    }

    private mutating func nestedPresence(of field: Schema.Field, depth: Int) -> Presence {
        if field.isRequired, !field.isNullable, depth < Self.deepest { return .value }
        let percent = nestedPercent(of: field, depth: depth)
        if generator.isLucky(percent: percent) { return .value }
        if field.isNullable, field.isRequired || generator.isLucky(percent: 90) { return .null }
        return .absent
    }

    private func nestedPercent(of field: Schema.Field, depth: Int) -> Int {
        switch field.type {
        case .reference(let definition) where ObjectKind(schemaName: definition) != nil: 0
        case .reference, .object, .union, .map: depth == 1 ? 50 : depth == 2 ? 50 : 0
        case .array, .list: depth == 1 ? 40 : depth == 2 ? 20 : 0
        default: field.isNullable ? 55 : 70
        }
    }
}
