/// Every kind of object that the simulator makes: the list endpoints, then what they embed.
enum ObjectKind: UInt8, CaseIterable, Sendable {
    case charge, paymentIntent, paymentMethod, refund, payout, customer, subscription, subscriptionItem
    case subscriptionSchedule, product, price, coupon, promotionCode, invoice, invoiceItem, creditNote
    case taxRate, event, balanceTransaction, webhookEndpoint, setupIntent
    case lineItem, creditNoteLineItem, account

    /// The kinds that have a list of their own.
    static let endpoints = Array(allCases.prefix(while: { $0 != .lineItem }))

    private static let names = [
        "charge", "payment_intent", "payment_method", "refund", "payout", "customer", "subscription",
        "subscription_item", "subscription_schedule", "product", "price", "coupon", "promotion_code", "invoice",
        "invoice_item", "credit_note", "tax_rate", "event", "balance_transaction", "webhook_endpoint",
        "setup_intent", "line_item", "credit_note_line_item", "account",
    ]

    private static let kindsByName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })

    /// The endpoint's name, as in `endpoints.json`.
    var name: String { Self.names[Int(rawValue)] }

    /// The name of the definition in `schema.json`, which is also the value of the `object` member.
    var schemaName: String { self == .invoiceItem ? "invoiceitem" : name }

    init?(name: some StringProtocol) {
        guard let kind = Self.kindsByName[String(name)] else { return nil }
        self = kind
    }

    init?(schemaName: String) {
        self.init(name: schemaName == "invoiceitem" ? "invoice_item" : schemaName)
    }

    /// The kind that embeds this one in a list, if any.
    var parent: ObjectKind? {
        switch self {
        case .subscriptionItem: .subscription
        case .lineItem: .invoice
        case .creditNoteLineItem: .creditNote
        default: nil
        }
    }

    /// Whether the number of objects follows from other kinds.
    var isDerived: Bool { parent != nil || self == .event || self == .account }
}
