import Iceberg
import JSON
import NilusCore
import Records
import Testing

struct `Table metadata that is read` {
    @Test func `tells what version 2 demands`() throws {
        let table = try ForeignTable.metadata()

        #expect(table.formatVersion == 2)
        #expect(table.uuid == "9c12d441-03fe-4693-9a96-a0705ddf69c1")
        #expect(table.location == "file:///lake/s/t")
        #expect(table.lastSequenceNumber == 34)
        #expect(table.lastColumnID == 9)
        #expect(table.schemas.map(\.id) == [0, 1])
        #expect(table.currentSchema.fields.map(\.name) == ["x", "Name", "place", "u"])
        #expect(table.currentSchema.identifierFieldIDs == [1])
        #expect(table.currentSchema.fields[0].type == .column(.long))
        #expect(table.currentSchema.fields[2].type.description == "struct")
        #expect(table.currentSchema.highestFieldID == 9)
        #expect(table.defaultSpec == .unpartitioned)
        #expect(table.properties == ["owner": "them", "nilus.checkpoint": "old"])
        #expect(table.currentSnapshot?.id == ForeignTable.secondSnapshot)
        #expect(table.references["kept"]?.kind == "tag")
        #expect(table.recordCount == 12)
    }

    @Test func `is written as it was read`() throws {
        let compact = try JSONValue(parsing: ForeignTable.text.utf8).compactBytes

        let table = try TableMetadata(parsing: compact, from: ForeignTable.file)

        #expect(table.fileContent == compact)
    }

    @Test func `puts files where the table's properties say`() throws {
        let plain = try ForeignTable.metadata()
        let moved = try ForeignTable.metadata {
            $0["properties"] = ["write.data.path": "s3://b/d/", "write.metadata.path": "s3://b/m"]
        }

        #expect(plain.dataFolder == "file:///lake/s/t/data")
        #expect(plain.metadataFolder == "file:///lake/s/t/metadata")
        #expect(moved.dataFolder == "s3://b/d")
        #expect(moved.metadataFolder == "s3://b/m")
    }

    @Test func `has no snapshot when the current one is -1 or absent`() throws {
        for id in [JSONValue.integer(-1), .null, nil] {
            let table = try ForeignTable.metadata {
                $0["refs"] = nil
                $0["current-snapshot-id"] = id
            }

            #expect(table.currentSnapshot == nil)
            #expect(table.recordCount == 0)
        }
    }

    @Test func `knows main from the current snapshot when there is no list of references`() throws {
        let table = try ForeignTable.metadata { $0["refs"] = nil }

        #expect(table.references.mapValues(\.snapshotID) == ["main": ForeignTable.secondSnapshot])
    }

    @Test(arguments: [
        "format-version", "table-uuid", "location", "last-sequence-number", "last-updated-ms", "last-column-id",
        "schemas", "partition-specs", "last-partition-id", "sort-orders",
    ])
    func `is refused without a member that version 2 demands`(_ member: String) {
        let error = #expect(throws: NilusError.self) {
            try ForeignTable.metadata { $0[member] = nil }
        }

        #expect(error?.code == .sinkRefused)
        #expect(
            error?.message.hasPrefix(
                "cannot read table metadata '\(ForeignTable.file)': member '\(member)' is missing; expected a") == true)
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let member: String
        let value: JSONValue?
        let message: String
        var testDescription: String { "\(member) \(value?.compactText ?? "absent")" }
    }

    @Test(arguments: [
        Fault(
            member: "format-version", value: 3,
            message: "format version 3; versions 1 and 2 are supported"),
        Fault(
            member: "current-schema-id", value: 5,
            message: "member 'current-schema-id' is 5; expected the id of one of the schemas"),
        Fault(
            member: "default-spec-id", value: nil, message: "member 'default-spec-id' is missing; expected an integer"),
        Fault(
            member: "default-sort-order-id", value: 2,
            message: "member 'default-sort-order-id' is 2; expected the id of one of the sort orders"),
        Fault(
            member: "last-column-id", value: .number("4294967296"),
            message: "member 'last-column-id' is 4294967296; expected an integer of 32 bits"),
        Fault(
            member: "refs", value: ["b": ["snapshot-id": 1, "type": "branch"]],
            message: #"member 'refs.b' is {"snapshot-id":1,"type":"branch"}; expected the id of one of the snapshots"#),
        Fault(
            member: "snapshots", value: [["snapshot-id": 1, "timestamp-ms": 2]],
            message: "member 'snapshots[0].manifest-list' is missing; expected a location"),
        Fault(member: "snapshots", value: [7], message: "member 'snapshots[0]' is missing; expected an object"),
        Fault(
            member: "schemas", value: [["schema-id": 1, "fields": [["id": 1, "name": "x", "type": "long"]]]],
            message: "member 'schemas[0].fields[0].required' is missing; expected true or false"),
        Fault(
            member: "partition-specs", value: [["spec-id": 0, "fields": [["source-id": 1, "name": "a"]]]],
            message: "member 'partition-specs[0].fields[0].transform' is missing; expected a string"),
    ])
    func `is refused with the place of the fault`(_ fault: Fault) {
        let error = #expect(throws: NilusError.self) {
            try ForeignTable.metadata { $0[fault.member] = fault.value }
        }

        #expect(error?.message == "cannot read table metadata '\(ForeignTable.file)': \(fault.message)")
    }

    @Test func `is refused when it is no JSON object`() {
        let error = #expect(throws: NilusError.self) { try TableMetadata(parsing: "[1]".utf8, from: "f") }
        #expect(
            error?.message == "cannot read table metadata 'f': something else at its top; expected a JSON object")

        #expect(throws: NilusError.self) { try TableMetadata(parsing: "{".utf8, from: "f") }
    }

    @Test func `may be of version 1 with its older members`() throws {
        let table = try FirstVersionTable.metadata()

        #expect(table.uuid == nil)
        #expect(table.currentSchema.fields.map(\.name) == ["x", "d"])
        #expect(table.defaultSpec.fields.map(\.fieldID) == [1_000])
        #expect(table.defaultSpec.fields.map(\.description) == ["month(d_month)"])
        #expect(table.lastPartitionID == 1_000)
        #expect(table.lastSequenceNumber == 0)
        #expect(table.currentSnapshot?.id == 7)
    }
}

struct `The history of a table` {
    private func table(_ snapshots: [(id: Int64, parent: Int64?, summary: JSONValue)], main: Int64) throws
        -> TableMetadata
    {
        try ForeignTable.metadata { document in
            document["refs"] = nil
            document["statistics"] = nil
            document["current-snapshot-id"] = .integer(main)
            document["snapshots"] = .array(
                snapshots.map { snapshot in
                    [
                        "snapshot-id": .integer(snapshot.id), "timestamp-ms": 1, "manifest-list": "m",
                        "parent-snapshot-id": snapshot.parent.map { .integer($0) } ?? .null,
                        "summary": snapshot.summary,
                    ]
                })
        }
    }

    @Test func `is that of main, newest first, and ends where snapshots have expired`() throws {
        let table = try table(
            [(2, 1, [:]), (3, 2, [:]), (4, 3, [:]), (9, 2, ["nilus.run-id": "elsewhere"])], main: 4)

        #expect(table.ancestors.map(\.id) == [4, 3, 2])
        #expect(table.ancestor(recording: "nilus.run-id", value: "elsewhere") == nil)
    }

    @Test func `does not go round in circles`() throws {
        let table = try table([(2, 3, [:]), (3, 2, [:])], main: 3)

        #expect(table.ancestors.map(\.id) == [3, 2])
    }

    @Test func `gives the newest fact, below the snapshots of others`() throws {
        let table = try table(
            [
                (1, nil, ["nilus.checkpoint": "a", "nilus.run-id": "r1"]),
                (2, 1, ["nilus.checkpoint": "b", "nilus.run-id": "r2"]), (3, 2, ["operation": "replace"]),
            ], main: 3)

        #expect(table.recorded("nilus.checkpoint")?.value == "b")
        #expect(table.recorded("nilus.checkpoint")?.snapshot?.id == 2)
        #expect(table.ancestor(recording: "nilus.run-id", value: "r1")?.id == 1)
    }

    @Test func `falls back to the properties when the snapshots have expired`() throws {
        let table = try table([(3, 2, ["operation": "replace"])], main: 3)

        #expect(table.recorded("nilus.checkpoint")?.value == "old")
        #expect(table.recorded("nilus.checkpoint")?.snapshot == nil)
        #expect(table.recorded("nilus.unknown") == nil)
    }
}
