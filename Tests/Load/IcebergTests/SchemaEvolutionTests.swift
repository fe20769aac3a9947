import Iceberg
import JSON
import NilusCore
import Records
import Testing

struct `Columns of a load` {
    private func evolve(_ fields: Field...) throws -> SchemaEvolution {
        try ForeignTable.metadata().evolution(toHold: RecordSchema(fields))
    }

    @Test func `keep the table's type and spelling`() throws {
        let evolution = try evolve(Field("X", .double), Field("name", .json, isRequired: true))

        #expect(evolution.columns.map(\.field) == [Field("x", .long, isRequired: true), Field("Name", .json)])
        #expect(evolution.columns.map(\.fieldID) == [1, 2])
        #expect(!evolution.isChange)
        #expect(evolution.schema.id == 1)
        #expect(evolution.refused.isEmpty)
    }

    @Test func `are added as optional ones above every id ever given`() throws {
        let evolution = try evolve(
            Field("x", .long), Field("a", .timestampWithZone, isRequired: true), Field("b", .json))

        #expect(evolution.added == [Field("a", .timestampWithZone), Field("b", .json)])
        #expect(evolution.columns.map(\.fieldID) == [1, 10, 11])
        #expect(evolution.lastColumnID == 11)
        #expect(evolution.schema.id == 2)
        let fields = evolution.schema.json["fields"]?.array?.suffix(2).map(\.compactText)
        #expect(
            fields == [
                #"{"id":10,"name":"a","required":false,"type":"timestamptz"}"#,
                #"{"id":11,"name":"b","required":false,"type":"string"}"#,
            ])
        #expect(evolution.schema.json["own"] == 7)
        #expect(evolution.schema.identifierFieldIDs == [1])
    }

    @Test func `get fresh ids even where last-column-id is too low`() throws {
        let table = try ForeignTable.metadata { $0["last-column-id"] = 4 }

        let evolution = table.evolution(toHold: RecordSchema([Field("a", .long)]))

        #expect(evolution.columns.map(\.fieldID) == [10])
    }

    @Test func `are refused where the table holds another kind of column`() throws {
        let evolution = try evolve(Field("place", .json), Field("u", .text), Field("NAME", .text), Field("name", .text))

        #expect(
            evolution.refused.map { "\($0.wanted.name): \($0.reason)" } == [
                "place: its type in the table is struct", "u: its type in the table is uuid",
                "name: column 'Name' of the table is taken",
            ])
        #expect(evolution.columns.map(\.fieldID) == [2])
    }

    @Test func `are refused where letter case alone tells two columns apart`() throws {
        let table = try ForeignTable.metadata { document in
            document["schemas"] = [
                [
                    "schema-id": 1,
                    "fields": [
                        ["id": 1, "name": "Id", "required": false, "type": "long"],
                        ["id": 2, "name": "ID", "required": false, "type": "long"],
                    ],
                ]
            ]
        }

        let inexact = table.evolution(toHold: RecordSchema([Field("id", .long)]))
        let exact = table.evolution(toHold: RecordSchema([Field("ID", .long)]))

        #expect(inexact.refused.map(\.reason) == ["the table has 'Id' and 'ID'"])
        #expect(exact.columns.map(\.fieldID) == [2])
    }

    /// What became of a table of the columns `amount` (1) and `note` (2), schema by schema, as `name id` each.
    private static let renamings: [(schemas: [[String]], wanted: [String], ids: [Int])] = [
        // Renamed, and once more.
        ([["amount 1", "note 2"], ["cents 1", "note 2"]], ["amount", "note"], [1, 2]),
        ([["amount 1", "note 2"], ["cents 1", "note 2"], ["pence 1", "note 2"]], ["Amount", "note"], [1, 2]),
        // Renamed and added anew: what has the name now is meant.
        ([["amount 1"], ["old 1"], ["old 1", "amount 3"]], ["amount", "old"], [3, 1]),
        // Dropped, or added anew and dropped: a new one.
        ([["amount 1", "note 2"], ["note 2"]], ["amount"], [10]),
        ([["amount 1"], ["old 1"], ["old 1", "amount 3"], ["old 1"]], ["amount"], [10]),
        // What other columns of the load have by its name is theirs, wherever they come.
        ([["amount 1", "note 2"], ["cents 1", "note 2"]], ["amount", "cents"], [10, 1]),
        // Of two names of one column the first of the load has it.
        ([["amount 1"], ["sum 1"], ["cents 1"]], ["amount", "sum"], [1, 10]),
        // Names that changed places mean what has them now.
        ([["amount 1", "note 2"], ["note 1", "amount 2"]], ["amount", "note"], [2, 1]),
        // Letter case told two apart: nobody knows which one it was.
        ([["Amount 1", "AMOUNT 2"], ["a 1", "b 2"]], ["amount"], [10]),
    ]

    @Test(arguments: renamings.indices)
    func `follow columns that were renamed`(number: Int) throws {
        let (schemas, wanted, ids) = Self.renamings[number]
        let table = try Self.table(schemas)

        let evolution = table.evolution(toHold: RecordSchema(wanted.map { Field($0, .long) }))

        #expect(evolution.columns.map(\.fieldID) == ids)
        #expect(evolution.columns.map(\.wanted.name) == wanted)
    }

    @Test func `follow a renaming that the name mapping alone still tells of`() throws {
        let mapping = #"[{"field-id":1,"names":["amount","cents"]},{"field-id":2,"names":["note"]}]"#
        let table = try Self.table([["cents 1", "note 2"]], mapping: mapping)

        let evolution = table.evolution(toHold: RecordSchema([Field("amount", .long)]))

        #expect(evolution.columns.map(\.fieldID) == [1])
        #expect(evolution.renamed.map(\.field.name) == ["cents"])
    }

    @Test func `do not follow a column of a type that cannot be filled`() throws {
        let table = try Self.table([["amount 1"], ["old 1"]], type: "uuid")

        let evolution = table.evolution(toHold: RecordSchema([Field("amount", .long)]))

        #expect(evolution.columns.map(\.fieldID) == [10])
    }

    private static func table(
        _ schemas: [[String]], mapping: String? = nil, type: JSONValue = "long"
    ) throws -> TableMetadata {
        try ForeignTable.metadata { document in
            document["current-schema-id"] = .integer(schemas.count - 1)
            document["schemas"] = .array(
                schemas.enumerated().map { number, columns in
                    let fields = columns.map { column -> JSONValue in
                        let parts = column.split(separator: " ")
                        return [
                            "id": .integer(Int(parts[1]) ?? 0), "name": .string(String(parts[0])), "required": false,
                            "type": type,
                        ]
                    }
                    return ["schema-id": .integer(number), "fields": .array(fields)]
                })
            if let mapping { document["properties"] = ["schema.name-mapping.default": .string(mapping)] }
        }
    }

    @Test func `leave required columns of the table to be named`() throws {
        #expect(try evolve(Field("Name", .text)).unfilledRequired == ["x"])
        #expect(try evolve(Field("x", .long)).unfilledRequired.isEmpty)
    }

    @Test func `make the first schema of a new table, all optional`() {
        let schema = IcebergSchema(
            creating: RecordSchema([
                Field("id", .text, isRequired: true), Field("d", .decimal(precision: 38, scale: 12)),
            ]))

        #expect(
            JSONValue.object(schema.json).compactText
                == #"{"type":"struct","schema-id":0,"fields":["#
                + #"{"id":1,"name":"id","required":false,"type":"string"},"#
                + #"{"id":2,"name":"d","required":false,"type":"decimal(38, 12)"}]}"#)
    }

    @Test(arguments: [
        ("boolean", FieldType.boolean), ("int", .int), ("long", .long), ("float", .float), ("double", .double),
        ("date", .date), ("timestamp", .timestamp), ("timestamptz", .timestampWithZone), ("string", .text),
        ("decimal(9,2)", .decimal(precision: 9, scale: 2)), ("decimal(38, 0)", .decimal(precision: 38, scale: 0)),
    ])
    func `know the table's types by name`(_ name: String, _ type: FieldType) throws {
        let table = try ForeignTable.metadata {
            $0["schemas"] = [
                ["schema-id": 1, "fields": [["id": 1, "name": "a", "required": false, "type": .string(name)]]]
            ]
        }

        #expect(table.currentSchema.fields.map(\.type) == [.column(type)])
    }

    @Test(arguments: [
        "time", "uuid", "binary", "fixed[16]", "timestamp_ns", "decimal(39,2)", "decimal(4,5)", "decimal(x)",
    ])
    func `do not fill what they cannot`(_ name: String) throws {
        let table = try ForeignTable.metadata {
            $0["schemas"] = [
                ["schema-id": 1, "fields": [["id": 1, "name": "a", "required": false, "type": .string(name)]]]
            ]
        }

        let evolution = table.evolution(toHold: RecordSchema([Field("a", .long)]))

        #expect(evolution.refused.map(\.reason) == ["its type in the table is \(name)"])
    }

    @Test func `still fit a table that only gained rows, and none whose columns changed`() throws {
        let table = try ForeignTable.metadata()
        let unchanged = try evolve(Field("x", .long))
        let changed = try evolve(Field("x", .long), Field("a", .long))
        let widened = try ForeignTable.metadata { $0["last-column-id"] = 10 }
        let other = try ForeignTable.metadata { $0["current-schema-id"] = 0 }
        let retyped = try ForeignTable.metadata { document in
            document["schemas"] = [
                ["schema-id": 1, "fields": [["id": 1, "name": "x", "required": false, "type": "string"]]]
            ]
        }

        #expect(unchanged.holds(on: table) && changed.holds(on: table))
        #expect(unchanged.holds(on: widened) && !changed.holds(on: widened))
        #expect(unchanged.holds(on: other) && !changed.holds(on: other))
        #expect(!unchanged.holds(on: retyped))
    }
}
