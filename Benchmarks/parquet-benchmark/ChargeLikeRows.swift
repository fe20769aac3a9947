import Parquet
import Records
import SeededRandom

/// Columns and rows shaped like Stripe's charges: ids that never repeat, words that often do, JSON
/// texts that look alike, and many columns that are almost always empty.
struct ChargeLikeRows {
    /// A column and how its values come about; `nil` for a row without one.
    struct ColumnShape: Sendable {
        let name: String
        let type: FieldType
        let value: @Sendable (inout SplitMix64, Int) -> Value?
    }

    enum Value {
        case integer(Int64)
        case decimal(Int128)
        case text(String)
    }

    static let shapes: [ColumnShape] =
        systemColumns + identifiers + words + jsonTexts + numbers + sparseColumns

    /// The columns of a file, one of which may have Bloom filters.
    func columns(bloom: String? = nil) -> [ParquetColumn] {
        shapes.enumerated().map { position, shape in
            ParquetColumn(
                name: shape.name, type: shape.type, fieldID: Int32(position + 1), hasBloomFilter: shape.name == bloom)
        }
    }

    let shapes: [ColumnShape]
    let batch: ColumnBatch
    private var random = SplitMix64(seed: 1)
    private var rowCount = 0

    init(_ shapes: [ColumnShape] = shapes) {
        self.shapes = shapes
        batch = ColumnBatch(RecordSchema(shapes.map { Field($0.name, $0.type) }))
    }

    /// Puts the next rows into the batch, in place of those before.
    mutating func next(_ count: Int) {
        batch.removeAll()
        for row in 0..<count {
            _ = batch.addRow()
            for (column, shape) in zip(batch.columns, shapes) {
                column.set(shape.value(&random, rowCount), inRow: row)
            }
            rowCount += 1
        }
    }
}

extension Column {
    /// Sets a value; does nothing for none.
    func set(_ value: ChargeLikeRows.Value?, inRow row: Int) {
        switch value {
        case nil: break
        case .integer(let number): set(number, inRow: row)
        case .decimal(let number): set(number, inRow: row)
        case .text(var text): text.withUTF8 { set(UnsafeRawBufferPointer($0), inRow: row) }
        }
    }
}

extension ChargeLikeRows {
    private static let systemColumns: [ColumnShape] = [
        text("_nilus_id") { random, _ in random.letters(32, from: "0123456789abcdef") },
        text("_nilus_load_id") { _, _ in "1772323199000000" },
    ]

    private static let identifiers: [ColumnShape] = [
        text("id") { random, _ in "ch_3" + random.letters(23) },
        text("balance_transaction") { random, _ in "txn_3" + random.letters(23) },
        text("payment_intent") { random, _ in "pi_3" + random.letters(23) },
        text("payment_method") { random, _ in "pm_1" + random.letters(23) },
        text("customer") { random, _ in "cus_P\(random.below(3_000) * 7_919_993)" },
        text("receipt_url") { random, _ in
            "https://pay.stripe.com/receipts/payment/CAcaFwoVYWNjdF8x" + random.letters(64)
        },
        text("description") { random, _ in "Subscription update for order \(100_000 + random.below(900_000))" },
    ]

    private static let words: [ColumnShape] = [
        text("object") { _, _ in "charge" },
        text("currency") { random, _ in random.one(of: ["usd", "usd", "usd", "eur", "gbp", "jpy"]) },
        text("status") { random, _ in random.one(of: ["succeeded", "succeeded", "succeeded", "failed", "pending"]) },
        text("calculated_statement_descriptor") { random, _ in random.one(of: ["ACME INC", "ACME STORE"]) },
        text("failure_code") { random, _ in
            random.below(10) == 0 ? random.one(of: ["card_declined", "expired_card", "incorrect_cvc"]) : nil
        },
    ]

    private static let jsonTexts: [ColumnShape] = [
        json("billing_details") { random, _ in JSONTexts.billingDetails(&random) },
        json("fraud_details") { _, _ in "{}" },
        json("metadata") { random, _ in JSONTexts.metadata(&random) },
        json("outcome") { random, _ in JSONTexts.outcome(&random) },
        json("payment_method_details") { random, _ in JSONTexts.paymentMethodDetails(&random) },
        json("radar_options") { _, _ in "{}" },
        json("refunds") { random, _ in
            #"{"object":"list","data":[],"has_more":false,"url":"/v1/charges/ch_3\#(random.letters(23))/refunds"}"#
        },
        json("shipping") { random, _ in random.below(3) == 0 ? JSONTexts.shipping(&random) : nil },
        json("source") { random, _ in random.below(4) == 0 ? JSONTexts.source(&random) : nil },
    ]

    private static let numbers: [ColumnShape] = [
        number("amount", .long) { random, _ in Int64(random.below(200_000)) },
        number("amount_captured", .long) { random, _ in Int64(random.below(200_000)) },
        number("amount_refunded", .long) { random, _ in random.below(20) == 0 ? Int64(random.below(90_000)) : 0 },
        number("created", .timestampWithZone) { random, row in
            1_772_323_199_000_000 - Int64(row) * 7_000_000 - Int64(random.below(7)) * 1_000_000
        },
        number("captured", .boolean) { random, _ in random.below(10) == 0 ? 0 : 1 },
        number("disputed", .boolean) { _, _ in 0 },
        number("livemode", .boolean) { _, _ in 1 },
        number("paid", .boolean) { random, _ in random.below(5) == 0 ? 0 : 1 },
        number("refunded", .boolean) { random, _ in random.below(20) == 0 ? 1 : 0 },
        ColumnShape(name: "fee_decimal", type: .decimal(precision: 38, scale: 12)) { random, _ in
            .decimal(Int128(random.below(100_000)) * 1_000_000_000)
        },
    ]

    private static let sparseColumns: [ColumnShape] = [
        "application", "application_fee", "failure_balance_transaction", "failure_message", "on_behalf_of",
        "receipt_email", "receipt_number", "review", "source_transfer", "statement_descriptor",
        "statement_descriptor_suffix", "transfer", "transfer_data", "transfer_group", "presentment_details",
    ].map { name in
        text(name) { random, _ in random.below(100) == 0 ? "acct_1" + random.letters(20) : nil }
    }

    private static func text(_ name: String, _ make: @escaping @Sendable (inout SplitMix64, Int) -> String?)
        -> ColumnShape
    {
        ColumnShape(name: name, type: .text) { make(&$0, $1).map(Value.text) }
    }

    private static func json(_ name: String, _ make: @escaping @Sendable (inout SplitMix64, Int) -> String?)
        -> ColumnShape
    {
        ColumnShape(name: name, type: .json) { make(&$0, $1).map(Value.text) }
    }

    private static func number(
        _ name: String, _ type: FieldType, _ make: @escaping @Sendable (inout SplitMix64, Int) -> Int64
    ) -> ColumnShape {
        ColumnShape(name: name, type: type) { .integer(make(&$0, $1)) }
    }
}
