/// The prefixes by which people recognize ids.
enum IdentifierPrefixes {
    private static let foreign: [String: String] = [
        "account": "acct_", "application": "ca_", "application_fee": "fee_", "bank_account": "ba_", "card": "card_",
        "customer_balance_transaction": "cbtxn_", "discount": "di_", "file": "file_", "mandate": "mandate_",
        "payment_record": "pr_", "person": "person_", "plan": "plan_", "review": "prv_", "rule": "rule_",
        "setup_attempt": "setatt_", "shipping_rate": "shr_", "source": "src_", "tax_code": "txcd_", "tax_id": "txi_",
        "test_helpers.test_clock": "clock_", "transfer": "tr_", "transfer_reversal": "trr_",
        "notification_event_request": "req_", "invoice_payment": "inpay_",
    ]

    /// The prefix of a kind that the simulator has no list of.
    static func prefix(ofForeign definition: String) -> String {
        foreign[definition] ?? ObjectKind(schemaName: definition).map(prefix(of:)) ?? "obj_"
    }

    static func prefix(of kind: ObjectKind) -> String {
        switch kind {
        case .charge: "ch_"
        case .paymentIntent: "pi_"
        case .paymentMethod: "pm_"
        case .refund: "re_"
        case .payout: "po_"
        case .customer: "cus_"
        case .subscription: "sub_"
        case .subscriptionItem: "si_"
        case .subscriptionSchedule: "sub_sched_"
        case .product: "prod_"
        case .price: "price_"
        case .coupon: ""
        case .promotionCode: "promo_"
        case .invoice: "in_"
        case .invoiceItem: "ii_"
        case .creditNote: "cn_"
        case .taxRate: "txr_"
        case .event: "evt_"
        case .balanceTransaction: "txn_"
        case .webhookEndpoint: "we_"
        case .setupIntent: "seti_"
        case .lineItem: "il_"
        case .creditNoteLineItem: "cnli_"
        case .account: "acct_"
        }
    }
}
