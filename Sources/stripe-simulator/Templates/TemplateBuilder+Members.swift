/// Members whose meaning the schema does not tell.
extension TemplateBuilder {
    /// Lays out a top-level member that follows a rule of its own; `false` when there is none.
    mutating func ownValue(of field: Schema.Field) -> Bool {
        switch (kind, field.name) {
        case (.account, "id"):
            assembler.literal("\"\(plan.account)\"")
        case (_, "id"):
            quoted(.ownID)
        case (_, "object"):
            assembler.literal("\"\(kind.schemaName)\"")
        case (_, facts?.createdField), (.account, "created"):
            assembler.slot(.created)
        case (_, "metadata"):
            let ordinary = assembler.pool("metadata") { SampleTexts.metadata }
            let large = assembler.pool("large metadata") { SampleTexts.largeMetadata }
            assembler.slot(.metadata(ordinary, large: large))
        case (.subscriptionItem, "subscription"), (.lineItem, "invoice"):
            quoted(.parentID)
        case (.subscription, "items"):
            assembler.slot(.children(.subscriptionItem))
        case (.invoice, "lines"):
            assembler.slot(.children(.lineItem))
        case (.creditNote, "lines"):
            assembler.slot(.children(.creditNoteLineItem))
        case (.event, _):
            return eventValue(of: field)
        case (_, "status"):
            guard let status else { return false }
            assembler.literal("\"\(status)\"")
        default:
            return false
        }
        return true
    }

    private mutating func eventValue(of field: Schema.Field) -> Bool {
        switch field.name {
        case "account", "context": assembler.literal("\"\(plan.account)\"")
        case "api_version": assembler.literal("\"\(StripeDescription.version)\"")
        case "type": assembler.slot(.eventType)
        case "data":
            assembler.literal("{")
            assembler.slot(.eventData)
            assembler.literal("}")
        case "pending_webhooks": assembler.slot(.integer(low: 0, span: 3))
        default: return false
        }
        return true
    }

    mutating func quoted(_ slot: Slot) {
        assembler.literal("\"")
        assembler.slot(slot)
        assembler.literal("\"")
    }

    // MARK: - Objects of which one member is named by another

    /// Which of the members that describe a type are there.
    struct Typing {
        let type: String
        let others: Set<String>

        func presence(of name: String) -> Presence? {
            if name == type || name == "type" { return .value }
            return others.contains(name) ? .absent : nil
        }
    }

    /// The type of a payment method: each comes in one variant at least, a card in half of them.
    func typing(ofPaymentMethod fields: [Schema.Field]) -> Typing? {
        let types = describedTypes(fields)
        let type = variant % 2 == 0 ? "card" : types[variant / 2 % types.count]
        return Typing(type: type, others: Set(types).subtracting([type]))
    }

    /// The type of a nested object that has a member named after each of its types.
    mutating func typing(ofNested fields: [Schema.Field]) -> Typing? {
        let types = describedTypes(fields)
        guard let first = types.first else { return nil }
        let usual = types.contains("card") ? "card" : first
        let type = generator.isLucky(percent: types.contains("card") ? 85 : 60) ? usual : generator.pick(types)
        return Typing(type: type, others: Set(types).subtracting([type]))
    }

    private func describedTypes(_ fields: [Schema.Field]) -> [String] {
        guard let type = fields.first(where: { $0.name == "type" })?.type else { return [] }
        let objects = fields.filter { field in
            switch field.type {
            case .reference, .object: true
            default: false
            }
        }
        switch type {
        case .enumeration(let values): return objects.map(\.name).filter(values.contains)
        case .string: return objects.map(\.name)
        default: return []
        }
    }
}
