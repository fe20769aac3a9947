import Iceberg
import JSON
import Testing

struct `Requirements of a commit` {
    struct Case: Sendable, CustomTestStringConvertible {
        let met: TableRequirement
        let unmet: TableRequirement
        let violation: String
        let json: String
        var testDescription: String { json }
    }

    @Test(arguments: [
        Case(
            met: .tableUUID("9c12d441-03fe-4693-9a96-a0705ddf69c1"), unmet: .tableUUID("u"),
            violation: "the table is 9c12d441-03fe-4693-9a96-a0705ddf69c1 instead of u",
            json: #"{"type":"assert-table-uuid","uuid":"u"}"#),
        Case(
            met: .reference("main", snapshotID: ForeignTable.secondSnapshot), unmet: .reference("main", snapshotID: 10),
            violation: "branch 'main' is at snapshot 3055729675574597004 instead of at snapshot 10",
            json: #"{"type":"assert-ref-snapshot-id","ref":"main","snapshot-id":10}"#),
        Case(
            met: .reference("none", snapshotID: nil), unmet: .reference("main", snapshotID: nil),
            violation: "branch 'main' is at snapshot 3055729675574597004 instead of empty",
            json: #"{"type":"assert-ref-snapshot-id","ref":"main","snapshot-id":null}"#),
        Case(
            met: .lastAssignedFieldID(9), unmet: .lastAssignedFieldID(8),
            violation: "the last field id is 9 instead of 8",
            json: #"{"type":"assert-last-assigned-field-id","last-assigned-field-id":8}"#),
        Case(
            met: .currentSchemaID(1), unmet: .currentSchemaID(0), violation: "the current schema is 1 instead of 0",
            json: #"{"type":"assert-current-schema-id","current-schema-id":0}"#),
        Case(
            met: .lastAssignedPartitionID(999), unmet: .lastAssignedPartitionID(1_000),
            violation: "the last partition field id is 999 instead of 1000",
            json: #"{"type":"assert-last-assigned-partition-id","last-assigned-partition-id":1000}"#),
        Case(
            met: .defaultSpecID(0), unmet: .defaultSpecID(1), violation: "the partition spec is 0 instead of 1",
            json: #"{"type":"assert-default-spec-id","default-spec-id":1}"#),
        Case(
            met: .defaultSortOrderID(0), unmet: .defaultSortOrderID(1), violation: "the sort order is 0 instead of 1",
            json: #"{"type":"assert-default-sort-order-id","default-sort-order-id":1}"#),
    ])
    func `say what is otherwise`(_ example: Case) throws {
        let table = try ForeignTable.metadata()

        #expect(example.met.violation(by: table) == nil)
        #expect(example.unmet.violation(by: table) == example.violation)
        #expect(example.unmet.violation(by: nil) == "the table does not exist")
        #expect(example.unmet.json.compactText == example.json)
    }

    @Test func `may demand that there is no table`() throws {
        #expect(TableRequirement.create.violation(by: nil) == nil)
        #expect(TableRequirement.create.violation(by: try ForeignTable.metadata()) == "the table exists")
        #expect(TableRequirement.create.json.compactText == #"{"type":"assert-create"}"#)
    }
}
