/// Strings, by what their name promises.
extension TemplateBuilder {
    mutating func string(named name: String) {
        if let kind = ObjectKind(schemaName: name), plan.existing.contains(kind) {
            quoted(.reference(kind))
        } else if name == "invoice_line_items", plan.existing.contains(.lineItem) {
            quoted(.reference(.lineItem))
        } else if name.hasSuffix("email") {
            email()
        } else if name.hasSuffix("url") || name == "pdf" || name == "images" {
            token(prefix: "https://pay.example.com/\(name)/CAcaFwoV", length: 60, suffix: "?s=ap")
        } else if !technical(name), !prose(name) {
            pooled("words") { SampleTexts.words }
        }
    }

    private mutating func email() {
        assembler.literal("\"")
        pooled("local parts") { ["jenny.rosen", "billing+stripe", "o'brien", "jürgen", "no-reply", "a"] }
        assembler.slot(.integer(low: 1, span: 1_000_000))
        assembler.literal("@example.com\"")
    }

    private mutating func technical(_ name: String) -> Bool {
        switch name {
        case "client_secret":
            assembler.literal("\"")
            assembler.slot(.ownID)
            assembler.literal("_secret_")
            assembler.slot(.token(25))
            assembler.literal("\"")
        case "fingerprint": token(prefix: "", length: 16)
        case "secret": token(prefix: "whsec_", length: 32)
        case "last4", "dynamic_last4":
            assembler.literal("\"")
            assembler.slot(.integer(low: 1000, span: 9000))
            assembler.literal("\"")
        case "number", "receipt_number", "invoice_prefix", "code", "lookup_key", "value", "transfer_group":
            token(prefix: "", length: 8, suffix: "-0001")
        case "idempotency_key", "trace_id", "network_transaction_id", "transaction_id", "reference":
            token(prefix: "", length: 32)
        case "customer_account": token(prefix: "acct_", length: 16)
        case "discounts": token(prefix: "di_", length: 24)
        default: return false
        }
        return true
    }

    private mutating func prose(_ name: String) -> Bool {
        switch name {
        case _ where name.hasSuffix("currency"): pooled("currency") { SampleTexts.currencies }
        case "country", "account_country", "jurisdiction": pooled("countries") { SampleTexts.countries }
        case "city": pooled("cities") { SampleTexts.cities }
        case "line1", "line2": pooled("streets") { SampleTexts.streets }
        case "state": pooled("states") { SampleTexts.states }
        case "postal_code": pooled("postal codes") { SampleTexts.postalCodes }
        case "brand", "display_brand", "network", "preferred", "available": pooled("brands") { SampleTexts.brands }
        case "funding": pooled("funding") { SampleTexts.fundings }
        case "network_status": pooled("network answers") { SampleTexts.networkAnswers }
        case "payment_method_types": pooled("method types") { SampleTexts.methodTypes }
        case "preferred_locales", "preferred_locale": pooled("locales") { SampleTexts.locales }
        case "primary_color", "secondary_color": pooled("colors") { SampleTexts.colors }
        case "enabled_events": pooled("event types") { ["\"charge.succeeded\"", "\"charge.failed\"", "\"*\""] }
        case _ where name.hasSuffix("phone"): pooled("phones") { SampleTexts.phones }
        case _ where name == "name" || name.hasSuffix("_name"):
            pooled("names") { SampleTexts.names + SampleTexts.names + SampleTexts.difficult }
        case "description", "footer", "memo", "nickname", "comment", "seller_message", "message":
            pooled("sentences") { SampleTexts.sentences }
        case _ where name.hasSuffix("_message") || name.hasPrefix("statement_descriptor"):
            pooled("sentences") { SampleTexts.sentences }
        default: return false
        }
        return true
    }
}
