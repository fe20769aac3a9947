import Extraction
import Foundation
import JSON
import NilusCore
import Normalization
import Records
import SeededRandom
import StripeSource
import Testing

/// Lets a test speak in JSON texts on one side and in rows of texts on the other.
private final class Bench {
    let endpoint: Endpoint
    private(set) var normalizer: Normalizer
    private let pool = JSONParserPool()

    convenience init(
        _ fields: [DeclaredField], table: RecordSchema? = nil, unfillable: Set<String> = [],
        naming: ColumnNaming = .snakeCase
    ) throws {
        try self.init(
            Endpoint(
                name: "thing", fields: [DeclaredField("id", .text)] + fields, primaryKey: "id", createdField: "created"),
            table: table, unfillable: unfillable, naming: naming)
    }

    init(
        _ endpoint: Endpoint, table: RecordSchema? = nil, unfillable: Set<String> = [],
        naming: ColumnNaming = .snakeCase, keepsHistory: Bool = false
    ) throws {
        self.endpoint = endpoint
        normalizer = try Normalizer(
            endpoint,
            table: table ?? TableColumns.declared(by: endpoint, naming: naming, keepsHistory: keepsHistory),
            unfillable: unfillable, naming: naming, loadID: "1780272005000000", account: "acct_1",
            keepsHistory: keepsHistory)
    }

    func page(_ objects: [String]) throws -> Page {
        let text = "[" + objects.joined(separator: " , ") + "]"
        let document = try pool.parse(GrowableBytes(text.utf8))
        var rows: [JSONElement] = []
        document.withRoot { root in rows = Array(root.items) }
        return Page(document: document, rows: rows, moment: 1_700_000_000)
    }

    /// Each row as its columns that have a value, printed.
    func rows(_ objects: String...) throws -> [[String: String]] {
        let batch = normalizer.normalize(try page(objects))
        return (0..<batch.rowCount).map { row in
            var cells: [String: String] = [:]
            for (field, column) in zip(batch.schema.fields, batch.columns) {
                cells[field.name] = column.cell(row)
            }
            return cells
        }
    }
}

extension Column {
    /// The value of a row as text, `nil` when it has none.
    fileprivate func cell(_ row: Int) -> String? {
        guard row < presence.count, presence[row] == 1 else { return nil }
        let position = presence[..<row].reduce(0) { $0 + Int($1) }
        switch type.storage {
        case .integers: return String(integers[position])
        case .doubles: return String(doubles[position])
        case .decimals: return String(decimals[position])
        case .text:
            let start = position == 0 ? 0 : textEnds[position - 1]
            return String(decoding: textBytes[start..<textEnds[position]], as: UTF8.self)
        }
    }
}

struct `Normalization` {
    @Test func `types declared fields and leaves out what is null or absent`() throws {
        let bench = try Bench([
            DeclaredField("amount", .integer), DeclaredField("paid", .boolean), DeclaredField("rate", .real),
            DeclaredField("created", .timestamp), DeclaredField("unit_amount_decimal", .decimal),
            DeclaredField("metadata", .json), DeclaredField("name", .text),
        ])

        let rows = try bench.rows(
            """
            {"id":"a","amount":-5,"paid":true,"rate":0.25,"created":1780272005,"unit_amount_decimal":"12.000000000001",\
            "metadata":{ "k" : [1, 2] },"name":"caf\\u00e9 \\"x\\""}
            """,
            #"{"id":"b","amount":null,"name":null}"#)

        #expect(
            rows[0] == [
                "id": "a", "amount": "-5", "paid": "1", "rate": "0.25", "created": "1780272005000000",
                "unit_amount_decimal": "12000000000001", "metadata": #"{ "k" : [1, 2] }"#, "name": #"café "x""#,
                "_nilus_load_id": "1780272005000000", "_nilus_id": rows[0]["_nilus_id"],
            ])
        #expect(rows[1].keys.sorted() == ["_nilus_id", "_nilus_load_id", "id"])
    }

    @Test func `gives an object the same row id every time, however its key is escaped`() throws {
        let one = try Bench([]).rows(#"{"id":"ch_1"}"#, #"{"id":"ch_2"}"#)
        let again = try Bench([]).rows(#"{"x":1,"id":"ch_\u0031"}"#)

        // printf 'acct_1\0thing\0ch_1' | sha256sum | cut -c1-32
        #expect(one[0]["_nilus_id"] == "368ae7dbe03fd8872abeb257d2869896")
        #expect(one[0]["_nilus_id"] != one[1]["_nilus_id"])
        #expect(again[0]["_nilus_id"] == one[0]["_nilus_id"])
    }

    struct Misfit: Sendable, CustomTestStringConvertible {
        let kind: ValueKind
        let value: String
        var testDescription: String { "\(value) in a \(kind.rawValue) column" }
    }

    @Test(arguments: [
        Misfit(kind: .integer, value: #""12""#), Misfit(kind: .integer, value: "1.5"),
        Misfit(kind: .integer, value: "92233720368547758070"), Misfit(kind: .integer, value: "{}"),
        Misfit(kind: .integer, value: "4503599627370496.4"), Misfit(kind: .integer, value: "0.99999999999999999999"),
        Misfit(kind: .integer, value: "1e-400"), Misfit(kind: .integer, value: "1e19"),
        Misfit(kind: .integer, value: "1e99999999999999999999"),
        Misfit(kind: .timestamp, value: "1699999999.99999999"), Misfit(kind: .boolean, value: "1"),
        Misfit(kind: .boolean, value: #""true""#),
        Misfit(kind: .real, value: #""0.5""#), Misfit(kind: .real, value: "9007199254740993"),
        Misfit(kind: .real, value: "1e400"), Misfit(kind: .text, value: "12"),
        Misfit(kind: .text, value: #"{"id":"x"}"#),
        Misfit(kind: .text, value: #""half \ud83d""#), Misfit(kind: .timestamp, value: #""2026-01-01""#),
        Misfit(kind: .timestamp, value: "1.5"), Misfit(kind: .timestamp, value: "9223372036854775807"),
        Misfit(kind: .decimal, value: #""1.0000000000001""#), Misfit(kind: .decimal, value: #""abc""#),
        Misfit(kind: .decimal, value: #""100000000000000000000000000""#), Misfit(kind: .decimal, value: #""""#),
        Misfit(kind: .decimal, value: #""1.""#), Misfit(kind: .decimal, value: "true"),
    ])
    func `keeps a value that does not fit in the extra column, as received`(_ misfit: Misfit) throws {
        let bench = try Bench([DeclaredField("field", misfit.kind)])

        let rows = try bench.rows(#"{"id":"a","field":\#(misfit.value)}"#)

        #expect(rows[0]["field"] == nil)
        #expect(rows[0]["_nilus_extra"] == #"{"field":\#(misfit.value)}"#)
        #expect(bench.normalizer.report.misfits == ["field": 1])
    }

    struct Fit: Sendable, CustomTestStringConvertible {
        let kind: ValueKind
        let value: String
        let cell: String
        var testDescription: String { "\(value) in a \(kind.rawValue) column" }
    }

    @Test(arguments: [
        Fit(kind: .integer, value: "1e3", cell: "1000"), Fit(kind: .integer, value: "-0", cell: "0"),
        Fit(kind: .integer, value: "5.0", cell: "5"), Fit(kind: .integer, value: "-1.50E+1", cell: "-15"),
        Fit(kind: .integer, value: "0.00e-7", cell: "0"), Fit(kind: .integer, value: "1200e-2", cell: "12"),
        Fit(kind: .integer, value: "9007199254740993.0", cell: "9007199254740993"),
        Fit(kind: .integer, value: "-9223372036854775808.00", cell: "-9223372036854775808"),
        Fit(kind: .real, value: "3", cell: "3.0"),
        Fit(kind: .real, value: "-0.0", cell: "-0.0"), Fit(kind: .decimal, value: #""-0.5""#, cell: "-500000000000"),
        Fit(kind: .decimal, value: "7", cell: "7000000000000"),
        Fit(kind: .decimal, value: #""1.0000000000000""#, cell: "1000000000000"),
        Fit(
            kind: .decimal, value: #""99999999999999999999999999.999999999999""#,
            cell: "99999999999999999999999999999999999999"),
        Fit(kind: .timestamp, value: "-1", cell: "-1000000"), Fit(kind: .json, value: #""text""#, cell: #""text""#),
        Fit(kind: .json, value: "[ ]", cell: "[ ]"), Fit(kind: .text, value: #""""#, cell: ""),
        Fit(kind: .text, value: #""a\u0000b""#, cell: "a\u{0}b"),
    ])
    func `keeps a value that fits by value`(_ fit: Fit) throws {
        let rows = try Bench([DeclaredField("field", fit.kind)]).rows(#"{"id":"a","field":\#(fit.value)}"#)

        #expect(rows[0]["field"] == fit.cell)
        #expect(rows[0]["_nilus_extra"] == nil)
    }

    @Test func `gives a field that nobody declared a column by its first value`() throws {
        let bench = try Bench([])

        let first = try bench.rows(
            #"{"id":"a","later":null,"number":1,"text":"x","flag":true,"real":0.5,"list":[1],"newName":"n"}"#)
        let second = try bench.rows(#"{"id":"b","later":"now","number":1.5,"text":7}"#)

        #expect(first[0]["number"] == "1" && first[0]["list"] == "[1]" && first[0]["new_name"] == "n")
        #expect(second[0]["later"] == "now")
        #expect(second[0]["_nilus_extra"] == #"{"number":1.5,"text":7}"#)
        #expect(
            bench.normalizer.report.newColumns == [
                "number long", "text string", "flag boolean", "real double", "list string", "new_name string",
                "later string",
            ])
    }

    @Test func `adds a hundred columns and keeps further fields in the extra column`() throws {
        let bench = try Bench([])
        let fields = (0..<150).map { #""f\#($0)":\#($0)"# }.joined(separator: ",")

        let rows = try bench.rows(#"{"id":"a",\#(fields)}"#)

        #expect(rows[0]["f99"] == "99")
        #expect(rows[0]["f100"] == nil)
        #expect(rows[0]["_nilus_extra"]?.contains(#""f100":100"#) == true)
        #expect(bench.normalizer.report.withoutColumn == 50)
    }

    @Test func `never lets two fields share a column, nor a field take a system column`() throws {
        let bench = try Bench([DeclaredField("some_name", .text)])

        let rows = try bench.rows(
            #"{"id":"a","some_name":"1","someName":"2","_nilus_id":"forged","_NILUS_EXTRA":"x","id":"again"}"#)

        #expect(rows[0]["some_name"] == "1")
        #expect(rows[0]["id"] == "a")
        #expect(rows[0]["_nilus_id"] != "forged")
        #expect(
            rows[0]["_nilus_extra"] == #"{"someName":"2","_nilus_id":"forged","_NILUS_EXTRA":"x","id":"again"}"#)
        #expect(bench.normalizer.report.withoutColumn == 3)
        #expect(bench.normalizer.report.misfits == ["id": 1])
    }

    @Test func `gives versions their beginning, and their end to nobody`() throws {
        let endpoint = Endpoint(
            name: "thing", fields: [DeclaredField("id", .text)], primaryKey: "id", createdField: "created")
        let bench = try Bench(endpoint, keepsHistory: true)

        let rows = try bench.rows(#"{"id":"a","_nilus_valid_to":"2026-01-01"}"#)

        #expect(rows[0]["_nilus_valid_from"] == "1700000000000000")
        #expect(rows[0]["_nilus_valid_to"] == nil)
        #expect(rows[0]["_nilus_extra"] == #"{"_nilus_valid_to":"2026-01-01"}"#)
    }

    @Test func `refuses a table that has the time of versions as something else`() throws {
        let endpoint = Endpoint(
            name: "thing", fields: [DeclaredField("id", .text)], primaryKey: "id", createdField: "created")
        let table = RecordSchema(
            [Field("id", .text)] + SystemColumns.all + [Field("_nilus_valid_from", .text), SystemColumns.validTo])

        let error = try #require(throws: NilusError.self) {
            try Bench(endpoint, table: table, keepsHistory: true)
        }

        #expect(error.code == .schemaConflict)
        #expect(
            error.message == "cannot fill column '_nilus_valid_from': the table has it with a type that holds no "
                + "timestamptz; use another table, or rename that column and add a new one of its name")
    }

    @Test func `lets the types of an existing table win`() throws {
        var table = RecordSchema([
            Field("id", .text), Field("created", .long), Field("amount", .int), Field("rate", .float),
            Field("day", .date), Field("note", .text), Field("object", .text),
            Field("price", .decimal(precision: 6, scale: 2)),
        ])
        for field in SystemColumns.all { table.append(field) }
        let bench = try Bench(
            [
                DeclaredField("created", .timestamp), DeclaredField("amount", .integer), DeclaredField("rate", .real),
                DeclaredField("day", .timestamp), DeclaredField("note", .integer), DeclaredField("object", .json),
                DeclaredField("price", .decimal), DeclaredField("items", .json),
            ], table: table, unfillable: ["items"])

        let rows = try bench.rows(
            #"{"id":"a","created":1780272005,"amount":7,"rate":0.5,"day":86400,"note":5,"object":{"a":1},"price":"1.25","items":[1]}"#,
            #"{"id":"b","amount":4294967296,"rate":0.1,"day":86401,"price":"1.255"}"#)

        #expect(rows[0]["created"] == "1780272005" && rows[0]["day"] == "1" && rows[0]["note"] == "5")
        #expect(rows[0]["object"] == #"{"a":1}"# && rows[0]["price"] == "125")
        #expect(rows[0]["_nilus_extra"] == #"{"items":[1]}"#)
        #expect(rows[1]["_nilus_extra"] == #"{"amount":4294967296,"rate":0.1,"day":86401,"price":"1.255"}"#)
    }

    @Test func `finds fields in whatever order they come`() throws {
        let names = (0..<40).map { "field_\($0)" }
        let bench = try Bench(names.map { DeclaredField($0, .integer) })
        var random = SplitMix64(seed: 7)

        for _ in 0..<50 {
            let chosen = names.shuffled(using: &random).prefix(Int.random(in: 0...40, using: &random))
            let fields = chosen.map { #","\#($0)":\#($0.dropFirst(6))"# }.joined()
            let rows = try bench.rows(#"{"id":"a"\#(fields)}"#)

            for name in names {
                #expect(rows[0][name] == (chosen.contains(name) ? String(name.dropFirst(6)) : nil))
            }
        }
    }
}

struct `Column names` {
    @Test(arguments: [
        ("A-test-01", "a_test_01"), ("someName", "some_name"), ("HTTPStatus", "httpstatus"), ("a b.c", "a_b_c"),
        ("_private", "_private"), ("Über", "über"), ("x__y", "x__y"), ("1st", "_1st"), ("end-", "end"),
        ("plain", "plain"),
    ])
    func `become snake case`(_ original: String, _ expected: String) {
        #expect(ColumnNaming.snakeCase.name(original) == expected)
        #expect(ColumnNaming.direct.name(original) == original)
    }
}

struct `Every record` {
    private func exampleObjects() throws -> JSONObject {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let data = try Data(contentsOf: root.appending(path: "scripts/stripe-api/example-objects.json"))
        return try #require(try JSONValue(parsing: data)["objects"]?.object)
    }

    @Test(arguments: StripeEndpoint.all.map(\.name))
    func `can be rebuilt from its row`(_ name: String) throws {
        let endpoint = try #require(StripeEndpoint.named(name)?.endpoint)
        let object = try #require(try exampleObjects()[name]?.object)
        let bench = try Bench(endpoint)

        let rows = try bench.rows(JSONValue.object(object).compactText)

        let kinds = Dictionary(uniqueKeysWithValues: endpoint.fields.map { ($0.name, $0.kind) })
        var rebuilt = JSONObject()
        for (column, cell) in rows[0] where !column.hasPrefix("_nilus_") {
            rebuilt[column] = try Self.value(cell, kinds[column], asIn: object[column])
        }
        let extra = try rows[0]["_nilus_extra"].map { try JSONValue(parsing: $0.utf8) }
        for member in extra?.object?.members ?? [] { rebuilt[member.name] = member.value }
        for member in object.members where member.value != .null {
            #expect(rebuilt[member.name] == member.value, "\(name).\(member.name)")
        }
        #expect(rebuilt.members.count == object.members.filter { $0.value != .null }.count)
    }

    /// What a cell says, as JSON: absent counts as null, decimals and doubles compare by value.
    private static func value(_ cell: String, _ kind: ValueKind?, asIn original: JSONValue?) throws -> JSONValue {
        switch kind {
        case .text: return .string(cell)
        case .integer: return .number(cell)
        case .boolean: return .boolean(cell == "1")
        case .timestamp: return .number(String(try #require(Int64(cell)) / 1_000_000))
        case .json: return try JSONValue(parsing: cell.utf8)
        case .real:
            if case .number(let text)? = original, Double(text) == Double(cell) { return .number(text) }
            return .number(cell)
        case .decimal:
            let unscaled = try #require(Decimal(string: cell)) / pow(Decimal(10), 12)
            if case .string(let text)? = original, Decimal(string: text) == unscaled { return .string(text) }
            return .string("\(unscaled)")
        case nil:
            // An undeclared field: text columns hold strings or the JSON text of objects and lists.
            if case .string? = original { return .string(cell) }
            if case .boolean? = original { return .boolean(cell == "1") }
            return try JSONValue(parsing: cell.utf8)
        }
    }
}
