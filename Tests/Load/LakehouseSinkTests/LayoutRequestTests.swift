import Iceberg
import JSON
@testable import LakehouseSink
import Loading
import NilusCore
import Testing
import WorkflowManifest

struct `The layout of a new table` {
    @Test func `has the partition fields of the manifest, numbered from 1000`() async throws {
        let test = try await SinkUnderTest()
        let layout = LayoutRequest([
            .init(.month, "created"), .init(.bucket, "id", buckets: 16), .init(.identity, "Currency"),
            .init(.day, "created", name: "on"),
        ])

        try await test.load([[.init(id: "a", second: 0)]], layout)

        let spec = try #require(try await test.metadata()?.defaultSpec)
        #expect(spec.id == 0)
        #expect(spec.fields.map(\.fieldID) == [1_000, 1_001, 1_002, 1_003])
        #expect(spec.fields.map(\.sourceID) == [2, 1, 4, 2])
        #expect(spec.fields.map(\.name) == ["created_month", "id_bucket", "currency", "on"])
        #expect(spec.fields.map(\.transform) == [.month, .bucket(16), .identity, .day])
    }

    @Test func `has the sort order of the manifest`() async throws {
        let test = try await SinkUnderTest()

        try await test.load([[.init(id: "a", second: 0)]], LayoutRequest(clusterBy: ["amount", "id", "amount"]))

        let order = try #require(try await test.metadata()?.defaultSortOrder)
        #expect(order.id == 1)
        #expect(order.fields == [SortField(ascending: 3), SortField(ascending: 1)])
        #expect(
            order.json["fields"] == [
                ["transform": "identity", "source-id": 3, "direction": "asc", "null-order": "nulls-first"],
                ["transform": "identity", "source-id": 1, "direction": "asc", "null-order": "nulls-first"],
            ])
    }

    @Test func `is remarked on when it makes a partition of each moment`() async throws {
        let test = try await SinkUnderTest()

        let remarks = try await test.load(
            [[.init(id: "a", second: 0)]], LayoutRequest([.init(.identity, "created"), .init(.identity, "currency")]))

        #expect(
            remarks == [
                "table 'stripe.charge' gets a partition for each value of 'created'; a 'type' of 'day' or 'month' makes "
                    + "fewer"
            ])
    }

    @Test(arguments: [LayoutRequest([.init(.day, "created")]), LayoutRequest(clusterBy: ["id"])])
    func `is refused when the catalog does not take it`(_ layout: LayoutRequest) async throws {
        let test = try await SinkUnderTest().forgetful

        let error = await #expect(throws: NilusError.self) { try await test.open(layout) }

        #expect(error?.code == .sinkRefused)
        #expect(
            error?.message
                == "cannot create table 'stripe.charge': the catalog staged it without the partitions or the sort "
                + "order asked for; remove 'partition-by' and 'cluster-by', or create the table with another engine")
        #expect(try await test.metadata() == nil)
    }

    /// A wish that cannot be met, and what the user is told.
    struct Refusal: Sendable, CustomStringConvertible {
        let description: String
        let layout: LayoutRequest
        let message: String
    }

    @Test(arguments: [
        Refusal(
            description: "a misspelled column", layout: LayoutRequest([.init(.month, "creatd")]),
            message: "cannot partition table 'stripe.charge' by 'creatd': endpoint 'charge' has no such column; "
                + "did you mean 'created'?"),
        Refusal(
            description: "a strange column", layout: LayoutRequest(clusterBy: ["shipping_address"]),
            message: "cannot cluster table 'stripe.charge' by 'shipping_address': endpoint 'charge' has no such "
                + "column; it has 'id', 'created', 'amount', 'currency' and 0 more"),
        Refusal(
            description: "a month of a number", layout: LayoutRequest([.init(.month, "amount")]),
            message: "cannot partition table 'stripe.charge' by 'month' of column 'amount': its type is long; "
                + "expected a date or a timestamp"),
        Refusal(
            description: "an hour of a text", layout: LayoutRequest([.init(.hour, "id")]),
            message: "cannot partition table 'stripe.charge' by 'hour' of column 'id': its type is string; "
                + "expected a timestamp"),
        Refusal(
            description: "a field twice", layout: LayoutRequest([.init(.day, "created"), .init(.day, "created")]),
            message: "cannot partition table 'stripe.charge': another partition field has the name 'created_day'; "
                + "give the field another 'name'"),
        Refusal(
            description: "the name of a column", layout: LayoutRequest([.init(.day, "created", name: "id")]),
            message: "cannot partition table 'stripe.charge': a column has the name 'id'; "
                + "give the field another 'name'"),
    ])
    func `is refused when it makes no sense`(_ refusal: Refusal) async throws {
        let test = try await SinkUnderTest()

        let error = await #expect(throws: NilusError.self) { try await test.open(refusal.layout) }

        #expect(error?.code == .configurationInvalid)
        #expect(error?.message == refusal.message)
        #expect(error?.location?.file == "w.yaml")
    }
}

struct `The layout of an existing table` {
    @Test func `wins over the manifest, which is told`() async throws {
        let test = try await SinkUnderTest()
        try await test.load(
            [[.init(id: "a", second: 0)]], LayoutRequest([.init(.month, "created")], clusterBy: ["amount"]))

        let remarks = try await test.load(
            [[.init(id: "b", second: 86_400 * 40)]],
            LayoutRequest([.init(.day, "created"), .init(.identity, "nothing")], clusterBy: ["id"]), run: "r2",
            .append)

        #expect(
            remarks == [
                "table 'stripe.charge' is partitioned by 'month(created)', which stays; 'partition-by' asks for "
                    + "'day(created)', 'identity(nothing)' and counts for new tables only",
                "table 'stripe.charge' is sorted by 'amount', which stays; 'cluster-by' asks for 'id' and counts for "
                    + "new tables only",
            ])
        let files = try await test.files()
        #expect(
            Set(files.map(\.partition)) == [
                FilePartition(specID: 0, values: [1_000: .integer(0)]),
                FilePartition(specID: 0, values: [1_000: .integer(1)]),
            ])
    }

    @Test func `is no news when it is as the manifest wants it, whatever its fields are called`() async throws {
        let test = try await SinkUnderTest()
        let spec = PartitionSpec(
            id: 0,
            fields: [
                Iceberg.PartitionField(sourceID: 3, fieldID: 1_000, name: "gone", transform: .void),
                Iceberg.PartitionField(sourceID: 2, fieldID: 1_001, name: "theirs", transform: .month),
            ])
        try await test.create(spec: spec, order: SortOrder(id: 1, fields: [SortField(ascending: 1)]))

        let remarks = try await test.load(
            [[.init(id: "a", second: -1)]], LayoutRequest([.init(.month, "created")], clusterBy: ["id"]))

        #expect(remarks == [])
        let file = try #require(try await test.files().first)
        #expect(file.partition == FilePartition(specID: 0, values: [1_000: nil, 1_001: .integer(-1)]))
        #expect(file.path.contains("/data/gone=null/theirs=1969-12/17-"))
        #expect(file.sortOrderID == 1)
    }

    @Test func `stays unpartitioned and unsorted when it is`() async throws {
        let test = try await SinkUnderTest()
        try await test.create()

        let remarks = try await test.load(
            [[.init(id: "a", second: 0)]], LayoutRequest([.init(.month, "created")], clusterBy: ["id"]))

        #expect(
            remarks == [
                "table 'stripe.charge' is not partitioned, which stays; 'partition-by' asks for 'month(created)' and "
                    + "counts for new tables only",
                "table 'stripe.charge' has no sort order, which stays; 'cluster-by' asks for 'id' and counts for new "
                    + "tables only",
            ])
        #expect(try await test.files().map(\.sortOrderID) == [nil])
    }

    @Test(arguments: [
        (PartitionTransform.unknown("zorder"), 1, "'zorder' of column 'id' of type string"),
        (.truncate(4), 2, "'truncate[4]' of column 'created' of type timestamptz"),
        (.identity, 77, "'identity' of a nested or dropped column"),
    ])
    func `is refused when its partitions cannot be computed`(
        _ transform: PartitionTransform, _ source: Int, _ wording: String
    ) async throws {
        let test = try await SinkUnderTest()
        try await test.create(
            spec: PartitionSpec(
                id: 0,
                fields: [Iceberg.PartitionField(sourceID: source, fieldID: 1_000, name: "p", transform: transform)]))

        let error = await #expect(throws: NilusError.self) { try await test.open() }

        #expect(error?.code == .sinkRefused)
        #expect(
            error?.message == "cannot write to table 'stripe.charge': it is partitioned by \(wording), which this "
                + "program cannot compute; change the table's partition spec or use another table")
    }

    @Test func `may ask for smaller files`() async throws {
        let test = try await SinkUnderTest()
        try await test.create(properties: [TableProperty("write.target-file-size-bytes", "50000")])
        let metadata = try #require(try await test.metadata())

        #expect(FileSizes(rowGroupBytes: 1_000_000).following(metadata).fileBytes == 50_000)
        #expect(FileSizes(rowGroupBytes: 1_000).following(metadata).fileBytes == 16_000)
    }
}
