import NilusCore
import Testing

@testable import WorkflowManifest

struct `Sink options` {
    @Test(arguments: [
        FaultCase(.sink, "dest-table: charge", "17:27: 'dest-table' 'charge' names no schema; expected 'schema.table'"),
        FaultCase(
            .sink, "dest-table: stripe.",
            "17:27: 'stripe.' cannot name a table: a level is empty; expected 'schema.table'"),
        FaultCase(
            .sink, "dest-table: .charge",
            "17:27: '.charge' cannot name a table: a level is empty; expected 'schema.table'"),
        FaultCase(
            .sink, "dest-table: a/b.c",
            "17:27: 'a/b.c' cannot name a table: '/' can be part of no name; expected 'schema.table'"),
        FaultCase(
            .sink, "dest-table: a.{endpont}",
            "17:27: 'a.{endpont}' cannot name a table: '{' can be part of no name; expected 'schema.table'"),
        FaultCase(
            .sink, "dest-table: \"a.b\\tc\"",
            "17:27: (5 characters, not shown) cannot name a table: a control character can be part of no name; expected 'schema.table'"
        ),
        FaultCase(.sink, "dest-table: <schema.table>", "17:27: 'dest-table' is a blank, '<…>'; fill it in"),
        FaultCase(
            .sink, "dest-table: ",
            "14:11: the sink names no table; write 'dest-table: schema.table' in its options, or 'dataos://depot:schema/table' as the address"
        ),
        FaultCase(
            .sink, "dest-tabel: a.b/c",
            "17:15: unknown key 'dest-tabel' in 'sink.options'; did you mean 'dest-table'?",
            "17:27: 'a.b/c' cannot name a table: '/' can be part of no name; expected 'schema.table'"),
        FaultCase(
            .sinkAddress, "dataos://lake:other",
            "17:27: 'dest-table' is 'stripe.charge' but the sink address names 'other'; keep one of them"),
        FaultCase(
            .sinkAddress, "dataos://lake:stripe/refund",
            "17:27: 'dest-table' is 'stripe.charge' but the sink address names 'stripe.refund'; keep one of them"),
    ])
    func `refuse tables that cannot be`(_ example: FaultCase) {
        #expect(example.found == example.expected)
    }

    @Test(arguments: [
        ("dataos://lake", "dest-table: stripe.charge", ["stripe", "charge"]),
        ("dataos://lake", "dest_table: a.b.My Table-1", ["a", "b", "My Table-1"]),
        ("dataos://lake:stripe", "dest-table: charge", ["stripe", "charge"]),
        ("dataos://lake:stripe", "dest-table: stripe.charge", ["stripe", "charge"]),
        ("dataos://lake:stripe/charge?acl=rw", "dest-table: stripe.charge", ["stripe", "charge"]),
        ("dataos://lake:stripe/charge", "full-refresh: true", ["stripe", "charge"]),
        ("dataos://lake:stripe/{endpoint}", "full-refresh: true", ["stripe", "{endpoint}"]),
        (
            "iceberg+sqlite:///w/catalog.db?warehouse=/w", "dest-table: stripe.{endpoint}_raw",
            ["stripe", "{endpoint}_raw"]
        ),
    ])
    func `find the table in the options or in the address`(_ address: String, _ sink: String, _ levels: [String]) throws
    {
        var manifest = ManifestText.with(.sinkAddress, address)
        manifest.sink = sink

        let destination = try #require(manifest.loadedNode?.sink.destination)

        #expect(destination.levels == levels)
        #expect(destination.namespace + [destination.name] == levels)
        #expect(destination.hasEndpoint == levels.joined().contains("{endpoint}"))
    }

    @Test func `put the endpoint into the name of the table`() throws {
        let manifest = ManifestText.with(.sink, "dest-table: '{endpoint}.x{endpoint}y{endpoint}'")

        let destination = try #require(manifest.loadedNode?.sink.destination)

        #expect(destination.levels(forEndpoint: "tax_rate") == ["tax_rate", "xtax_rateytax_rate"])
    }

    @Test func `need a table when the address cannot name one`() {
        var manifest = ManifestText.with(.sinkAddress, "iceberg+sqlite:///w/catalog.db")
        manifest.sink = "full-refresh: true"

        #expect(
            manifest.faults == [
                "w.yaml:14:11: the sink names no table; write 'dest-table: schema.table' in its options"
            ])
    }

    @Test(arguments: [
        FaultCase(
            .sink, "dest-table: a.b\nincremental-strategy: merg",
            "18:37: 'incremental-strategy' cannot be 'merg'; did you mean 'merge'?"),
        FaultCase(
            .sink, "dest-table: a.b\nincremental-strategy: upsert",
            "18:37: 'incremental-strategy' cannot be 'upsert'; expected 'replace', 'append', 'merge', 'delete+insert' or 'scd2'"
        ),
        FaultCase(
            .sink, "dest-table: a.b\nfull-refresh: yes",
            "18:29: 'full-refresh' must be true or false; found text, write true"),
        FaultCase(
            .sink, "dest-table: a.b\nloader-file-size: 0",
            "18:33: 'loader-file-size' must be from 1 to 1,000,000,000; found 0"),
        FaultCase(
            .sink, "dest-table: a.b\niceberg-metadata-compression: zstd",
            "18:45: 'iceberg-metadata-compression' cannot be 'zstd'; expected 'none' or 'gzip'"),
        FaultCase(
            .sink, "dest-table: a.b\nmaintenance: always",
            "18:28: 'maintenance' cannot be 'always'; expected 'auto' or 'none'"),
        FaultCase(
            .sink, "dest-table: a.b\nsource-table: x",
            "18:15: key 'source-table' in 'sink.options' belongs in 'source.options'"),
        FaultCase(
            .sink, "dest-table: a.b\naws-regoin: x",
            "18:15: unknown key 'aws-regoin' in 'sink.options'; did you mean 'aws_region'?"),
        FaultCase(
            .sink, "dest-table: a.b\npartition-by:\n  - {column: c, type: week}",
            "19:37: 'type' cannot be 'week'; expected 'identity', 'year', 'month', 'day', 'hour' or 'bucket'"),
        FaultCase(
            .sink, "dest-table: a.b\npartition-by:\n  - {type: day}", "19:19: missing key 'column' in 'partition-by'"),
        FaultCase(
            .sink, "dest-table: a.b\npartition-by:\n  - {column: c, type: bucket}",
            "19:19: missing key 'bucket-count' in 'partition-by'; 'bucket' needs the number of buckets"),
        FaultCase(
            .sink, "dest-table: a.b\npartition-by:\n  - {column: c, type: day, bucket_count: 4}",
            "19:56: 'bucket-count' has no meaning for 'day'; remove it"),
        FaultCase(
            .sink, "dest-table: a.b\npartition-by:\n  - {column: c, tpye: day}",
            "19:31: unknown key 'tpye' in 'partition-by'; did you mean 'type'?"),
    ])
    func `refuse values that cannot be`(_ example: FaultCase) {
        #expect(example.found == example.expected)
    }

    @Test func `are typed, whatever the spelling`() throws {
        let text = """
            dest_table: a.b
            incremental-strategy: delete+insert
            primary_key: [id, created]
            full_refresh: "true"
            partition-by:
              - {column: c, type: month, index: 2}
              - plain
              - {column: id, type: bucket, bucket_count: 16, name: id_bucket, index: 1}
            cluster-by: created, id
            loader-file-size: 100000
            aws-region: eu-central-1
            aws_endpoint: http://localhost:8333
            iceberg_metadata_compression: none
            maintenance: auto
            """

        let reading = ManifestText.with(.sink, text).read()
        let node = try #require(reading.workflows.first?.nodes.first)
        let options = node.sink.options

        #expect(reading.faults == [])
        #expect(options.incrementalStrategy?.value == .deleteInsert)
        #expect(node.primaryKey == ["id", "created"])
        #expect(options.fullRefresh?.value == true)
        #expect(options.partitionBy.map(\.column) == ["id", "c", "plain"])
        #expect(options.partitionBy.map(\.transform) == [.bucket, .month, .identity])
        #expect(options.partitionBy.map(\.bucketCount) == [16, nil, nil])
        #expect(options.partitionBy.map(\.name) == ["id_bucket", nil, nil])
        #expect(options.clusterBy?.value == ["created", "id"])
        #expect(options.loaderFileSize?.value == 100_000)
        #expect(options.awsRegion?.value == "eu-central-1")
        #expect(options.awsEndpoint?.value == "http://localhost:8333")
        #expect(options.metadataCompression?.value == MetadataCompression.none)
        #expect(options.maintenance?.value == .auto)
    }

    @Test func `partition by a column or several by name alone`() throws {
        let node = ManifestText.with(.sink, "dest-table: a.b\npartition_by: currency, livemode").loadedNode

        #expect(node?.sink.options.partitionBy.map(\.column) == ["currency", "livemode"])
        #expect(node?.sink.options.partitionBy.map(\.transform) == [.identity, .identity])
    }
}
