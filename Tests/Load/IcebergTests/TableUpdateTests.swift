import Iceberg
import JSON
import NilusCore
import Records
import Testing

struct `Updates of a table` {
    private let moment = Timestamp(milliseconds: 1_700_000_000_000)

    private func creation(_ properties: [TableProperty] = []) -> TableCreation {
        TableCreation(
            uuid: "9c12d441-03fe-4693-9a96-a0705ddf69c1", location: "file:///lake/s/t",
            schema: IcebergSchema(creating: RecordSchema([Field("id", .text)])), properties: properties)
    }

    private func snapshot(_ id: Int64, on table: TableMetadata, at milliseconds: Int64 = 0) throws -> Snapshot {
        let plan = SnapshotPlan(id: id, operation: .append, files: [], facts: [])
        let builder = SnapshotBuilder(
            plan, on: table, schema: table.currentSchema, identifiers: countingIdentifiers())
        return try builder.finish(listing: [], path: "l\(id)", at: Timestamp(milliseconds: milliseconds)).snapshot
    }

    private func advance(
        _ table: TableMetadata, to id: Int64, at milliseconds: Int64, from location: String
    ) throws -> TableMetadata {
        let snapshot = try snapshot(id, on: table, at: milliseconds)
        let main = SnapshotReference(branchAt: id, keeping: table.references["main"])
        return try table.applying(
            [.addSnapshot(snapshot), .setReference("main", main)], at: Timestamp(milliseconds: milliseconds),
            previousLocation: location)
    }

    @Test func `make a new table out of nothing`() throws {
        let table = try TableMetadata.creating(creation([TableProperty("k", "v")]).updates, at: moment)

        #expect(
            String(decoding: table.fileContent, as: UTF8.self)
                == #"{"format-version":2,"table-uuid":"9c12d441-03fe-4693-9a96-a0705ddf69c1","#
                + #""location":"file:///lake/s/t","last-sequence-number":0,"last-updated-ms":1700000000000,"#
                + #""last-column-id":1,"current-schema-id":0,"schemas":[{"type":"struct","schema-id":0,"#
                + #""fields":[{"id":1,"name":"id","required":false,"type":"string"}]}],"default-spec-id":0,"#
                + #""partition-specs":[{"spec-id":0,"fields":[]}],"last-partition-id":999,"#
                + #""default-sort-order-id":0,"sort-orders":[{"order-id":0,"fields":[]}],"properties":{"k":"v"},"#
                + #""current-snapshot-id":-1,"refs":{},"snapshots":[],"statistics":[],"partition-statistics":[],"#
                + #""snapshot-log":[],"metadata-log":[]}"#)
        #expect(TableCreation(of: table) == creation([TableProperty("k", "v")]))
    }

    @Test func `refuse half a table`() {
        let error = #expect(throws: NilusError.self) {
            try TableMetadata.creating([.assignUUID("u"), .setLocation("l")], at: moment)
        }

        #expect(
            error?.message
                == "cannot read table metadata 'the next version of the table': member 'current-schema-id' is null; "
                + "expected an integer")
    }

    @Test func `have the JSON form of the REST protocol`() throws {
        let table = try TableMetadata.creating(creation([TableProperty("k", "v")]).updates, at: moment)
        let snapshot = try snapshot(5, on: table, at: 1_700_000_000_001)
        let updates: [TableUpdate] =
            creation([TableProperty("k", "v")]).updates + [
                .addSnapshot(snapshot), .setReference("main", SnapshotReference(branchAt: 5)),
                .removeSnapshots([1, 2]), .removeReference("b"), .removeProperties(["k"]),
            ]

        #expect(
            updates.map(\.json.compactText) == [
                #"{"action":"assign-uuid","uuid":"9c12d441-03fe-4693-9a96-a0705ddf69c1"}"#,
                #"{"action":"upgrade-format-version","format-version":2}"#,
                #"{"action":"add-schema","schema":{"type":"struct","schema-id":0,"fields":[{"id":1,"name":"id","#
                    + #""required":false,"type":"string"}]},"last-column-id":1}"#,
                #"{"action":"set-current-schema","schema-id":-1}"#,
                #"{"action":"add-spec","spec":{"spec-id":0,"fields":[]}}"#,
                #"{"action":"set-default-spec","spec-id":-1}"#,
                #"{"action":"add-sort-order","sort-order":{"order-id":0,"fields":[]}}"#,
                #"{"action":"set-default-sort-order","sort-order-id":-1}"#,
                #"{"action":"set-location","location":"file:///lake/s/t"}"#,
                #"{"action":"set-properties","updates":{"k":"v"}}"#,
                #"{"action":"add-snapshot","snapshot":{"sequence-number":1,"snapshot-id":5,"#
                    + #""timestamp-ms":1700000000001,"summary":{"operation":"append","changed-partition-count":"0","#
                    + #""total-data-files":"0","total-delete-files":"0","total-records":"0","total-files-size":"0","#
                    + #""total-position-deletes":"0","total-equality-deletes":"0"},"manifest-list":"l5","#
                    + #""schema-id":0}}"#,
                #"{"action":"set-snapshot-ref","ref-name":"main","snapshot-id":5,"type":"branch"}"#,
                #"{"action":"remove-snapshots","snapshot-ids":[1,2]}"#,
                #"{"action":"remove-snapshot-ref","ref-name":"b"}"#,
                #"{"action":"remove-properties","removals":["k"]}"#,
            ])
    }

    @Test func `leave alone what they do not name`() throws {
        let before = try ForeignTable.metadata()

        let after = try before.applying(
            [.setProperties([TableProperty("k", "v")]), .removeProperties(["owner", "none"])], at: moment,
            previousLocation: ForeignTable.file)

        var expected = before.document
        expected["last-updated-ms"] = 1_700_000_000_000
        expected["properties"] = ["nilus.checkpoint": "old", "k": "v"]
        expected["metadata-log"] = [
            ["timestamp-ms": 1_515_100, "metadata-file": "file:///lake/s/t/metadata/00001-x.metadata.json"],
            ["metadata-file": .string(ForeignTable.file), "timestamp-ms": 1_602_638_573_590],
        ]
        #expect(JSONValue.object(after.document).compactText == JSONValue.object(expected).compactText)
    }

    @Test func `move main with its retention settings and log it`() throws {
        let table = try advance(ForeignTable.metadata(), to: 5, at: 1_700_000_000_000, from: "f")

        #expect(table.currentSnapshot?.id == 5)
        #expect(table.document["current-snapshot-id"] == 5)
        #expect(table.document["refs"]?["main"]?["min-snapshots-to-keep"] == 5)
        #expect(table.lastSequenceNumber == 35)
        #expect(
            table.document["snapshot-log"]?.array?.last == ["snapshot-id": 5, "timestamp-ms": 1_700_000_000_000])
    }

    @Test func `never let time go back`() throws {
        let table = try advance(ForeignTable.metadata(), to: 5, at: 12, from: "f")

        #expect(table.lastUpdatedMilliseconds == 1_602_638_573_590)
        #expect(table.currentSnapshot?.timestampMilliseconds == 1_602_638_573_590)
    }

    @Test func `keep as many earlier metadata files as the table wants`() throws {
        var table = try ForeignTable.metadata { $0["properties"] = ["write.metadata.previous-versions-max": "3"] }

        for number in Int64(1)...5 { table = try advance(table, to: number, at: number, from: "f\(number)") }

        let log = table.document["metadata-log"]?.array?.map { $0["metadata-file"]?.string }
        #expect(log == ["f3", "f4", "f5"])
    }

    @Test func `keep a hundred earlier metadata files by default`() throws {
        var table = try ForeignTable.metadata()

        for number in Int64(1)...120 { table = try advance(table, to: number, at: number, from: "f\(number)") }

        #expect(table.document["metadata-log"]?.array?.count == 100)
        #expect(table.snapshots.count == 122)
    }

    @Test func `reuse a schema with the same columns and number another`() throws {
        let table = try ForeignTable.metadata()
        let evolution = table.evolution(toHold: RecordSchema([Field("more", .long)]))

        let same = try table.applying(
            [.addSchema(table.schemas[0], lastColumnID: 9), .setCurrentSchema(-1)], at: moment, previousLocation: nil)
        let new = try table.applying(
            [.addSchema(evolution.schema, lastColumnID: evolution.lastColumnID), .setCurrentSchema(-1)], at: moment,
            previousLocation: nil)

        #expect(same.currentSchema.id == 0)
        #expect(same.schemas.count == 2)
        #expect(new.currentSchema.id == 2)
        #expect(new.lastColumnID == 10)
        #expect(new.currentSchema.fields.last?.name == "more")
    }

    @Test func `remove snapshots with all that names them`() throws {
        let table = try ForeignTable.metadata().applying(
            [.removeSnapshots([ForeignTable.firstSnapshot])], at: moment, previousLocation: nil)

        #expect(table.snapshots.map(\.id) == [ForeignTable.secondSnapshot])
        #expect(table.references.keys.sorted() == ["main"])
        #expect(table.document["statistics"]?.array?.count == 1)
        #expect(table.document["snapshot-log"]?.array?.count == 1)
    }

    @Test func `remove main, and the table is empty`() throws {
        let table = try ForeignTable.metadata().applying(
            [.removeReference("main")], at: moment, previousLocation: nil)

        #expect(table.currentSnapshot == nil)
        #expect(table.document["current-snapshot-id"] == -1)
    }

    @Test func `upgrade a table of version 1`() throws {
        let table = try FirstVersionTable.metadata().applying(
            [.upgradeFormatVersion(2), .assignUUID("u")], at: moment, previousLocation: "v1.json")

        #expect(
            String(decoding: table.fileContent, as: UTF8.self)
                == #"{"format-version":2,"location":"file:///lake/s/v1","last-updated-ms":1700000000000,"#
                + #""last-column-id":2,"properties":{},"current-snapshot-id":7,"snapshots":[{"snapshot-id":7,"#
                + #""timestamp-ms":900,"manifest-list":"file:///lake/s/v1/metadata/7.avro","sequence-number":0}],"#
                + #""refs":{"main":{"snapshot-id":7,"type":"branch"}},"last-sequence-number":0,"schemas":"#
                + #"[{"type":"struct","fields":[{"id":1,"name":"x","required":true,"type":"long"},{"id":2,"#
                + #""name":"d","required":false,"type":"date"}],"schema-id":0}],"current-schema-id":0,"#
                + #""partition-specs":[{"spec-id":0,"fields":[{"name":"d_month","transform":"month","source-id":2,"#
                + #""field-id":1000}]}],"default-spec-id":0,"last-partition-id":1000,"sort-orders":[{"order-id":0,"#
                + #""fields":[]}],"default-sort-order-id":0,"table-uuid":"u","metadata-log":[{"metadata-file":"#
                + #""v1.json","timestamp-ms":1000}]}"#)
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        let title: String
        let updates: [TableUpdate]
        let message: String
        var testDescription: String { title }
    }

    @Test(arguments: [
        Mistake(
            title: "another uuid", updates: [.assignUUID("other")], message: "the table has another uuid already"),
        Mistake(
            title: "an unknown schema", updates: [.setCurrentSchema(8)],
            message: "current-schema-id 8 names none of the schemas"),
        Mistake(
            title: "no spec added", updates: [.setDefaultPartitionSpec(-1)],
            message: "default-spec-id -1 names none of the partition-specs"),
        Mistake(
            title: "an unknown snapshot", updates: [.setReference("main", SnapshotReference(branchAt: 3))],
            message: "reference 'main' to snapshot 3, which is not there"),
        Mistake(
            title: "an upgrade backwards", updates: [.upgradeFormatVersion(1)],
            message: "an upgrade from format version 2 to 1"),
    ])
    func `are our own mistake when they name what is not there`(_ mistake: Mistake) {
        let error = #expect(throws: NilusError.self) {
            try ForeignTable.metadata().applying(mistake.updates, at: moment, previousLocation: nil)
        }

        #expect(error?.code == .internalDefect)
        #expect(
            error?.message
                == "cannot go on: a table update holds: \(mistake.message); this is a defect of nilus, report it")
    }

    @Test func `refuse a snapshot that is there already, or is not the next`() throws {
        let table = try ForeignTable.metadata()
        let known = try snapshot(ForeignTable.firstSnapshot, on: table)
        let late = try snapshot(5, on: table)
        let advanced = try advance(table, to: 6, at: 1, from: "f")

        #expect(throws: NilusError.self) {
            try table.applying([.addSnapshot(known)], at: moment, previousLocation: nil)
        }
        #expect(throws: NilusError.self) {
            try advanced.applying([.addSnapshot(late)], at: moment, previousLocation: nil)
        }
    }

    @Test func `refuse to leave a table at version 1`() throws {
        let table = try FirstVersionTable.metadata()

        let error = #expect(throws: NilusError.self) {
            try table.applying([.setProperties([TableProperty("k", "v")])], at: moment, previousLocation: nil)
        }

        #expect(error?.code == .internalDefect)
    }
}
