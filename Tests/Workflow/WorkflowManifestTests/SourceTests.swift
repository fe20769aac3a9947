import NilusCore
import Testing

@testable import WorkflowManifest

struct `Source options` {
    @Test(arguments: [
        FaultCase(.source, "page-size: 100", "12:13: missing key 'source-table' in 'source.options'"),
        FaultCase(.source, "source-table:", "13:15: key 'source-table' in 'source.options' is empty"),
        FaultCase(
            .source, "source-tabel: charge",
            "13:15: unknown key 'source-tabel' in 'source.options'; did you mean 'source-table'?"),
        FaultCase(
            .source, "source_table: charge\nsource-table: charge",
            "14:15: key 'source-table' in 'source.options' is the same as 'source_table' on line 13, column 15; keep one of them"
        ),
        FaultCase(.source, "source-table: []", "13:29: 'source-table' is an empty list; name an endpoint or 'all'"),
        FaultCase(.source, "source-table: {a: b}", "13:29: 'source-table' must be text; found a mapping"),
        FaultCase(
            .source, "source-table: charge,",
            "13:36: 'source-table' holds an empty name; expected 'name' or 'name:sync'"),
        FaultCase(
            .source, "source-table: ':sync'",
            "13:30: 'source-table' holds an empty name; expected 'name' or 'name:sync'"),
        FaultCase(
            .source, "source-table: charge:snyc",
            "13:29: unknown mode ':snyc' in 'source-table'; did you mean 'charge:sync'?"),
        FaultCase(
            .source, "source-table: charge:incremental",
            "13:29: unknown mode ':incremental' in 'source-table'; expected 'charge', 'charge:sync' or 'charge:sync:incremental'"
        ),
        FaultCase(
            .source, "source-table: 'charge:'",
            "13:30: unknown mode ':' in 'source-table'; expected 'charge', 'charge:sync' or 'charge:sync:incremental'"
        ),
        FaultCase(
            .source, "source-table: charge:sync:incremental:x",
            "13:29: unknown mode ':sync:incremental:x' in 'source-table'; did you mean 'charge:sync:incremental'?"),
        FaultCase(.source, "source-table: <endpoint>", "13:29: 'source-table' is a blank, '<…>'; fill it in"),
    ])
    func `refuse tables that are written wrongly`(_ example: FaultCase) {
        #expect(example.found == example.expected)
    }

    @Test(arguments: [
        String(repeating: "x,", count: 4_096) + "x", "[" + String(repeating: "xxxx,", count: 2_048) + "x]",
    ])
    func `refuse more names of tables than there can be, with one fault`(_ text: String) {
        let example = FaultCase(
            .source, "source-table: \(text)", "13:29: 'source-table' is 8,193 bytes long; at most 8,192 are read")

        #expect(example.found == example.expected)
    }

    @Test(arguments: [
        ("charge", ["charge"], [SourceTable.Mode.full], ["13:29"]),
        ("'charge:sync'", ["charge"], [.sync], ["13:30"]),
        (
            "charge:sync , Invoice-Items:sync:incremental", ["charge", "Invoice-Items"], [.sync, .syncIncremental],
            ["13:29", "13:43"]
        ),
        ("ALL", ["ALL"], [.full], ["13:29"]), ("all:sync", ["all"], [.sync], ["13:29"]),
        ("[charge, 'refund:sync']", ["charge", "refund"], [.full, .sync], ["13:30", "13:39"]),
    ])
    func `split tables into names, modes and places`(
        _ text: String, _ names: [String], _ modes: [SourceTable.Mode], _ places: [String]
    ) throws {
        var manifest = ManifestText.with(.source, "source-table: \(text)")
        manifest.sink = "dest-table: stripe.{endpoint}"

        let source = try #require(manifest.loadedNode?.source)

        #expect(source.tables.map(\.name) == names)
        #expect(source.tables.map(\.mode) == modes)
        #expect(source.tables.map { "\($0.location.line):\($0.location.column)" } == places)
        #expect(source.hasManyTables == (names.count > 1 || names.first?.lowercased() == "all"))
    }

    @Test(arguments: [
        FaultCase(
            .source, "source-table: charge\npage-size: 0", "14:26: 'page-size' must be from 1 to 1,000,000; found 0"),
        FaultCase(
            .source, "source-table: charge\npage-size: many", "14:26: 'page-size' must be a whole number; found text"),
        FaultCase(
            .source, "source-table: charge\npage_size: [1]", "14:26: 'page_size' must be a whole number; found a list"),
        FaultCase(
            .source, "source-table: charge\nextract-parallelism: -1",
            "14:36: 'extract-parallelism' must be from 1 to 1,000; found -1"),
        FaultCase(
            .source, "source-table: charge\nmax-table-nesting: '-1'",
            "14:34: 'max-table-nesting' must be from 0 to 100; found -1"),
        FaultCase(
            .source, "source-table: charge\nrequests-per-second: 0",
            "14:36: 'requests-per-second' must be a number above zero, or 'max'; found '0'"),
        FaultCase(
            .source, "source-table: charge\nrequests-per-second: fast",
            "14:36: 'requests-per-second' must be a number above zero, or 'max'; found 'fast'"),
        FaultCase(
            .source, "source-table: charge\nrequests-per-second: .inf",
            "14:36: 'requests-per-second' must be a number above zero, or 'max'; found '.inf'"),
        FaultCase(
            .source, "source-table: charge\nrequest-per-second: 5",
            "14:15: unknown key 'request-per-second' in 'source.options'; did you mean 'requests-per-second'?"),
        FaultCase(.source, "source-table: charge\nfoo: 5", "14:15: unknown key 'foo' in 'source.options'; remove it"),
        FaultCase(
            .source, "source-table: charge\ndest_table: a.b",
            "14:15: key 'dest_table' in 'source.options' belongs in 'sink.options'"),
        FaultCase(
            .source, "source-table: charge\ninterval-start: 2026-02-30",
            "14:31: 'interval-start' must be a date or date-time such as '2026-01-31' or '2026-01-31T12:00:00Z'; found '2026-02-30'"
        ),
        FaultCase(
            .source, "source-table: charge:sync\ninterval-start: 2026-02-01\ninterval-end: 2026-02-01T00:00:00+00:00",
            "14:31: warning: 'interval-start' with 'incremental-strategy' 'replace' leaves only a part of the data in the table",
            "15:29: 'interval-end' is 2026-02-01T00:00:00Z, not after 'interval-start', 2026-02-01T00:00:00Z; swap or widen them",
            "15:29: warning: 'interval-end' with 'incremental-strategy' 'replace' leaves only a part of the data in the table"
        ),
        FaultCase(
            .source, "source-table: charge\ntype-hints: {amount: int}",
            "14:36: the type of 'amount' cannot be 'int'; expected 'text', 'bigint', 'bool', 'timestamp', 'date', 'decimal', 'double', 'binary', 'json' or 'time'"
        ),
        FaultCase(
            .source, "source-table: charge\ntype-hints: amount", "14:27: 'type-hints' must be a mapping; found text"),
        FaultCase(
            .source, "source-table: charge\nmask: {email: hsah}",
            "14:29: the mask of 'email' cannot be 'hsah'; did you mean 'hash'?"),
        FaultCase(
            .source, "source-table: charge\nmask: {email: hmac}",
            "14:29: the mask of 'email' needs a parameter; expected such as 'hmac:key'"),
        FaultCase(
            .source, "source-table: charge\nmask: {email: ''}", "14:29: the mask of 'email' is blank; write a value"),
        FaultCase(
            .source, "source-table: charge\nprimary-key: id,,created",
            "14:28: 'primary-key' holds an empty column name; remove the comma"),
        FaultCase(
            .source, "source-table: charge\nincremental-key: ${KEY}",
            "14:32: 'incremental-key' holds '${…}', which 'dataos-ctl resource apply' replaces before a job sees it; write the value"
        ),
    ])
    func `refuse values that cannot be`(_ example: FaultCase) {
        #expect(example.found == example.expected)
    }

    @Test func `are typed, whatever the spelling of keys and numbers`() throws {
        let text = """
            source_table: charge:sync:incremental
            primary-key: id, created
            incremental_key: created
            interval-start: 2026-01-01
            interval-end: '2026-02-01T00:00:00Z'
            type-hints: {amount: bigint, meta_data: json}
            page_size: "50"
            extract-parallelism: 8
            yield-limit: 0x10
            mask:
              email: hmac:canary:key
              name: redact
            max-table-nesting: '2'
            sql-exclude-columns: [object, livemode]
            requests-per-second: 12.5
            """

        let reading = ManifestText.with(.source, text).read()
        let options = try #require(reading.workflows.first?.nodes.first?.source.options)

        #expect(reading.faults == [])
        #expect(options.primaryKey?.value == ["id", "created"])
        #expect(options.incrementalKey?.value == "created")
        #expect(options.intervalStart?.value == Timestamp(iso8601: "2026-01-01"))
        #expect(options.intervalEnd?.value == Timestamp(iso8601: "2026-02-01"))
        #expect(options.typeHints.map(\.column) == ["amount", "meta_data"])
        #expect(options.typeHints.map(\.type) == [.bigint, .json])
        #expect(options.pageSize?.value == 50)
        #expect(options.extractParallelism?.value == 8)
        #expect(options.yieldLimit?.value == 16)
        #expect(options.masks.map(\.column) == ["email", "name"])
        #expect(options.masks.map(\.algorithm) == [.hmac, .redact])
        #expect(options.masks.map { $0.parameter?.expose() } == ["canary:key", nil])
        #expect(options.maxTableNesting?.value == 2)
        #expect(options.excludedColumns?.value == ["object", "livemode"])
        #expect(options.requestsPerSecond?.value == .perSecond(12.5))
        #expect(options.requestsPerSecond?.location.description == "w.yaml:27:36")
    }

    @Test func `know the fastest rate by its name`() throws {
        let node = ManifestText.with(.source, "source-table: charge\nrequests-per-second: max").loadedNode

        #expect(node?.source.options.requestsPerSecond?.value == .maximum)
    }
}
