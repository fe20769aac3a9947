/// The texts that objects are filled with, as JSON: ordinary ones and those that break careless readers.
enum SampleTexts {
    /// Right-to-left, combining marks, emoji with joiners, escapes of every kind, and nothing at all.
    static let difficult: [String] = [
        "\"\"", #"" ""#, #""Zoë \"the 🐝\" Ångström""#, #""line one\nline two\r\n\tindented""#,
        #""C:\\temp\\new\/old""#, #""שלום עולם""#, #""مرحبا بالعالم ‏(1)""#, #""e\u0301 is not \u00e9""#,
        #""👩‍👩‍👧‍👦 family, 🇩🇪 flag, 👍🏽 tone""#, #""\ud83d\ude80 escaped rocket""#, #""中文、日本語、한국어""#,
        #""null""#, #""NaN""#, #""0012""#, #""1e5""#, #""true""#, #""{\"a\":[1,2]}""#, #""a,b;c|d\te""#,
        #""=SUM(A1:A9)""#, #""'; DROP TABLE charges; --""#, #""line\u2028separator\u2029end""#,
        #""ﬁ ligature, ½, ①, Ⅳ, ß""#, #""𝒮𝓉𝓇𝒾𝓅𝑒 𐍈""#, #""z̷̢a̸̛l̵̡g̶̨o̴""#, #""\b\f backspace and form feed""#,
        #""trailing blanks   ""#, #""\ufeffbyte order mark""#, #""<b>bold</b> &amp; more""#,
    ]

    static let names: [String] =
        quoted([
            "Jenny Rosen", "Ada Lovelace", "Grace Hopper", "Jürgen Müller", "François Dupont", "Søren Kierkegård",
            "María José García", "Łukasz Żółć", "李小龙", "山田太郎", "김민수", "Иван Петров", "Ελένη Παπαδοπούλου",
            "O'Brien, Conan", "Anne-Marie St. John-Smith III", "محمد علي", "Nguyễn Văn A", "Björk", "X Æ A-12",
            "Acme GmbH & Co. KG",
        ]) + [#""Dwayne \"The Rock\" Johnson""#]

    static let words: [String] = quoted([
        "standard", "default", "primary", "east", "north", "blue", "wholesale", "retail", "annual", "trial",
        "priority", "legacy", "internal", "partner", "basic", "premium",
    ])

    static let sentences: [String] =
        quoted([
            "Subscription update", "My First Test Charge (created for API docs)", "Payment for invoice 4F2A-0007",
            "Comfortable gray cotton t-shirt", "Prorated charge for the rest of the period", "1 × Pro plan",
            "Order #1001", "Gebühr für Überweisung", "Remboursement partiel", "お支払いありがとうございます",
            "STRIPE PAYOUT", "Service credit", "Time on the platform, per started hour, rounded up", "Donation",
        ]) + difficult

    static let cities = quoted([
        "San Francisco", "Berlin", "München", "São Paulo", "København", "東京", "Saint-Étienne", "Llanfairpwll",
        "القاهرة",
    ])
    static let streets = quoted([
        "1234 Fake Street", "Straße des 17. Juni 135", "10 Rue de l'Église", "1-2-3 渋谷", "Apt. #4\\\\B, 5th Ave",
    ])
    static let states = quoted(["CA", "NY", "BY", "SP", "東京都", "Île-de-France"])
    static let postalCodes = quoted(["94102", "00501", "80331", "SW1A 1AA", "150-0002", "K1A 0B1"])
    static let countries = quoted(["US", "DE", "FR", "GB", "JP", "BR", "IE", "KR", "KW", "AU"])
    /// With two, no and three decimal places.
    static let currencies = quoted([
        "usd", "usd", "usd", "eur", "eur", "gbp", "jpy", "krw", "kwd", "bhd", "chf", "clp",
    ])
    static let phones = quoted(["+15555555555", "+49 89 1234567", "+81-3-1234-5678", "(415) 555-0100"])
    static let locales = quoted(["en", "de", "fr-CA", "pt-BR", "ja", "zh-Hant"])
    static let brands = quoted(["visa", "mastercard", "amex", "discover", "jcb", "unionpay", "diners"])
    static let fundings = quoted(["credit", "debit", "prepaid", "unknown"])
    static let networkAnswers = quoted([
        "approved_by_network", "declined_by_network", "not_sent_to_network", "reversed_after_approval",
    ])
    static let methodTypes = quoted(["card", "us_bank_account", "sepa_debit", "link", "klarna"])
    static let colors = quoted(["#635bff", "#000000", "#ffffff", "#0a2540"])

    static let decimals = quoted([
        "2000", "0", "0.5", "1234.567890123456", "0.000000000001", "99999999.999999999999", "-12.75", "19.99",
        "1000000", "0.1", "3.333333333333", "100.00",
    ])
    static let floats: [String] = [
        "25.5", "19", "8.875", "0.1", "33.333333333333336", "100", "0", "7.7", "12.25", "66.6", "0.0625", "21.0",
    ]
    static let booleans = ["true", "false"]

    /// Metadata of ordinary size.
    static let metadata: [String] = {
        var generator = MixingGenerator(seed: 0x3E7A)
        return (0..<128).map { number in
            let count = number % 3 == 0 ? 0 : 1 + generator.next(below: number % 5 == 0 ? 9 : 3)
            return object(count: count) { place in
                let value = generator.isLucky(percent: 25) ? generator.pick(difficult) : generator.pick(words + names)
                return (
                    place == 0 ? "order_id" : "key \(place)/\(generator.pick(["a", "é", "✓"]))",
                    place == 0 ? "\"\(6000 + number)\"" : value
                )
            }
        }
    }()

    /// As many keys of as many characters as Stripe allows: 50 keys, values of 500 characters.
    static let largeMetadata: [String] = (0..<4).map { number in
        var generator = MixingGenerator(seed: UInt64(number))
        return object(count: 50) { place in
            let letter = generator.pick(["abcde12345", "αβγδε67890", "x y z w v ", "0123456789"])
            return (
                "field_\(place)_" + String(repeating: "k", count: 30),
                "\"" + String(repeating: letter, count: 50) + "\""
            )
        }
    }

    private static func object(count: Int, _ member: (Int) -> (name: String, value: String)) -> String {
        let members = (0..<count).map { place in
            let (name, value) = member(place)
            return "\"\(name)\":\(value)"
        }
        return "{" + members.joined(separator: ",") + "}"
    }

    private static func quoted(_ texts: [String]) -> [String] {
        texts.map { "\"\($0)\"" }
    }
}
