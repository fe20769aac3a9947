import SeededRandom

/// JSON texts as they stand inside charges, with the parts varied that vary there.
enum JSONTexts {
    private static let firstNames = [
        "Jenny", "Chloé", "Mei", "Oluwaseun", "Anna", "José", "Priya", "Liam", "Yuki", "Zoë",
    ]
    private static let lastNames = [
        "Rosen", "García", "Li", "Adeyemi", "Novák", "Smith", "Patel", "Murphy", "Sato", "Øst",
    ]
    private static let cities = ["San Francisco", "München", "London", "Lagos", "Praha", "Paris", "Mumbai", "Tokyo"]
    private static let countries = ["US", "DE", "GB", "NG", "CZ", "FR", "IN", "JP"]
    private static let brands = ["visa", "mastercard", "amex", "discover"]

    static func billingDetails(_ random: inout SplitMix64) -> String {
        let name = "\(random.one(of: firstNames)) \(random.one(of: lastNames))"
        return
            #"{"address":\#(address(&random)),"email":"\#(random.letters(9, from: "abcdefghijklmnopqrstuvwxyz"))@example.com","name":"\#(name)","phone":null,"tax_id":null}"#
    }

    static func metadata(_ random: inout SplitMix64) -> String {
        #"{"order_id":"\#(100_000 + random.below(900_000))","cart":"\#(random.letters(16))","campaign":"\#(random.one(of: ["spring", "summer", "autumn", "winter"]))"}"#
    }

    static func outcome(_ random: inout SplitMix64) -> String {
        #"{"advice_code":null,"network_advice_code":null,"network_decline_code":null,"network_status":"approved_by_network","reason":null,"risk_level":"normal","risk_score":\#(random.below(100)),"seller_message":"Payment complete.","type":"authorized"}"#
    }

    static func paymentMethodDetails(_ random: inout SplitMix64) -> String {
        let brand = random.one(of: brands)
        return
            #"{"card":{"amount_authorized":\#(random.below(200_000)),"authorization_code":"\#(random.below(999_999))","brand":"\#(brand)","checks":{"address_line1_check":null,"address_postal_code_check":"pass","cvc_check":"pass"},"country":"\#(random.one(of: countries))","exp_month":\#(1 + random.below(12)),"exp_year":\#(2026 + random.below(8)),"extended_authorization":{"status":"disabled"},"fingerprint":"\#(random.letters(16))","funding":"\#(random.one(of: ["credit", "debit", "prepaid"]))","incremental_authorization":{"status":"unavailable"},"installments":null,"last4":"\#(1_000 + random.below(9_000))","mandate":null,"multicapture":{"status":"unavailable"},"network":"\#(brand)","network_token":{"used":false},"network_transaction_id":"\#(random.letters(15, from: "0123456789"))","overcapture":{"maximum_amount_capturable":\#(random.below(200_000)),"status":"unavailable"},"regulated_status":"unregulated","three_d_secure":null,"wallet":null},"type":"card"}"#
    }

    static func shipping(_ random: inout SplitMix64) -> String {
        let name = "\(random.one(of: firstNames)) \(random.one(of: lastNames))"
        return
            #"{"address":\#(address(&random)),"carrier":null,"name":"\#(name)","phone":null,"tracking_number":null}"#
    }

    static func source(_ random: inout SplitMix64) -> String {
        #"{"id":"card_1\#(random.letters(23))","object":"card","address_city":null,"address_country":null,"brand":"Visa","country":"\#(random.one(of: countries))","customer":"cus_P\#(random.below(3_000) * 7_919_993)","cvc_check":"pass","exp_month":\#(1 + random.below(12)),"exp_year":\#(2026 + random.below(8)),"fingerprint":"\#(random.letters(16))","funding":"credit","last4":"\#(1_000 + random.below(9_000))","metadata":{},"name":null}"#
    }

    private static func address(_ random: inout SplitMix64) -> String {
        #"{"city":"\#(random.one(of: cities))","country":"\#(random.one(of: countries))","line1":"\#(1 + random.below(9_999)) Market Street","line2":null,"postal_code":"\#(10_000 + random.below(90_000))","state":null}"#
    }
}
