import Iceberg
import IcebergCatalog
import NilusCore
import Testing

@testable import LakehouseSink

/// Branches whose snapshots stay for as long as each says.
struct `A retention` {
    /// A table at second 100: snapshots 1 to 3 are on `main`, 4 to 6 came from 2 on the branch `audit`, 7 is on none.
    ///
    /// A snapshot is made in the second of its id, times ten. `more` goes into `audit`, or follows it.
    private func table(
        audit more: String = "", properties: [String: String] = [:], references: String = ""
    ) throws -> TableMetadata {
        let parents: [(Int, Int?)] = [(1, nil), (2, 1), (3, 2), (4, 2), (5, 4), (6, 5), (7, 1)]
        let snapshots = parents.map { id, parent in
            #"{"snapshot-id":\#(id),\#(parent.map { #""parent-snapshot-id":\#($0),"# } ?? "")"timestamp-ms":\#(id * 10_000),"#
                + #""sequence-number":\#(id),"manifest-list":"m\#(id)","summary":{}}"#
        }
        let settings = properties.map { #""history.expire.\#($0)":"\#($1)""# }
        return try TableMetadata(
            parsing: #"""
                {"format-version":2,"table-uuid":"9c12d441-03fe-4693-9a96-a0705ddf69c1","location":"file:///t",
                 "last-sequence-number":7,"last-updated-ms":1,"last-column-id":1,"current-schema-id":0,
                 "schemas":[{"type":"struct","schema-id":0,"fields":[]}],"default-spec-id":0,"last-partition-id":999,
                 "partition-specs":[{"spec-id":0,"fields":[]}],"default-sort-order-id":0,
                 "sort-orders":[{"order-id":0,"fields":[]}],
                 "properties":{\#(settings.joined(separator: ","))},"current-snapshot-id":3,
                 "snapshots":[\#(snapshots.joined(separator: ","))],
                 "refs":{"main":{"snapshot-id":3,"type":"branch"},
                         "audit":{"snapshot-id":6,"type":"branch"\#(more)}\#(references)}}
                """#.utf8, from: "f")
    }

    private func expired(_ table: TableMetadata, age: Duration? = nil, keepLast: Int? = nil) -> [Int64] {
        Retention(of: table, age: age, keepLast: keepLast).expired(of: table, now: Timestamp(microseconds: 100_000_000))
            .map(\.id)
    }

    @Test func `keeps as many snapshots of a branch as it asks for`() throws {
        #expect(expired(try table(), age: .seconds(1)) == [1, 2, 4, 5, 7])
        #expect(expired(try table(audit: #","min-snapshots-to-keep":2"#), age: .seconds(1)) == [1, 2, 4, 7])
        // Those of the branch before it left `main` are its own, too.
        #expect(expired(try table(audit: #","min-snapshots-to-keep":4"#), age: .seconds(1)) == [1, 7])
    }

    @Test func `keeps snapshots of a branch for as long as it asks for`() throws {
        let longer = try table(audit: #","max-snapshot-age-ms":60000"#)
        #expect(expired(longer, age: .seconds(1)) == [1, 2, 7])

        let shorter = try table(audit: #","max-snapshot-age-ms":1000"#)
        #expect(expired(shorter, age: .seconds(75)) == [1, 2, 4, 5])
    }

    @Test func `goes by what is asked for, else by the table, where a branch says nothing`() throws {
        let properties = ["max-snapshot-age-ms": "55000", "min-snapshots-to-keep": "2"]

        #expect(expired(try table(properties: properties)) == [1, 4])
        #expect(expired(try table(properties: properties), keepLast: 3) == [])
        #expect(expired(try table(audit: #","min-snapshots-to-keep":-1"#, properties: properties)) == [1, 4])
        #expect(expired(try table()) == [])
    }

    @Test func `keeps what a tag is at, however old the tag is to become, but not what came before`() throws {
        let tag = #","old":{"snapshot-id":2,"type":"tag","max-ref-age-ms":1}"#

        #expect(expired(try table(references: tag), age: .seconds(1)) == [1, 4, 5, 7])
    }

    @Test func `of a branch is not undone when it was set back before the snapshots go`() async throws {
        let test = try await LakehouseUnderTest()
        for version in 1...3 as ClosedRange<Int64> {
            try await test.load([[TestRow("k", 1, version)]], run: "r\(version)")
        }
        let ids = try await test.head().metadata.snapshots.map(\.id)
        try await point("audit", at: ids[1], test)
        let catalog = ScriptedCatalog(test.catalog, [.after { try await point("audit", at: ids[0], test) }])

        let error = await #expect(throws: NilusError.self) {
            _ = try await test.maintenance(at: muchLater, through: catalog).expire(LakehouseUnderTest.table)
        }

        #expect(error?.code == .commitConflict)
        #expect(try await test.head().metadata.snapshots.count == 3)
    }

    private func point(_ branch: String, at id: Int64, _ test: LakehouseUnderTest) async throws {
        _ = try await test.catalog.commit(
            TableChange(requirements: [], updates: [.setReference(branch, SnapshotReference(branchAt: id))]),
            to: try await test.head())
    }
}
