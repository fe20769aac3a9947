import Loading
import Records
import Testing

/// What a sink is told, by the strategy of a load.
struct `A load tells its sink` {
    private func told(_ table: String, source: [String] = [], sink: [String]) async throws -> (LoadRequest, LoadScope) {
        let bench = Bench(PreparedSource(["charge": [#"{"id":"a","created":5}"#]]))
        _ = try await bench.run(
            Bench.workflow([.init(tables: table, sourceOptions: source, sinkOptions: sink)]))
        return (try #require(bench.sink.requests.first), try #require(bench.sink.facts.first?.scope))
    }

    @Test func `the interval that was read`() async throws {
        let (request, scope) = try await told(
            "charge", source: ["interval-start: \"1970-01-01T00:01:40Z\""],
            sink: ["incremental-strategy: delete+insert"])

        #expect(request.strategy == .deleteInsert)
        #expect(request.key?.created == "created")
        // Where a history would be, so that a table that has one is known.
        #expect(request.history?.validTo == "_nilus_valid_to" && !request.columns.names.contains("_nilus_valid_to"))
        #expect(scope == LoadScope(lower: 100, upper: 1_000, moment: 1_000, isComplete: true, closesAbsent: false))
    }

    @Test(arguments: [
        ("charge", [], true), ("charge:sync", [], true), ("charge:sync:incremental", [], false),
        ("charge", ["yield-limit: 1"], false), ("charge", ["interval-end: \"2100-01-01\""], false),
    ])
    func `whether objects that did not come are gone`(
        table: String, source: [String], expected: Bool
    ) async throws {
        let (request, scope) = try await told(table, source: source, sink: ["incremental-strategy: scd2"])

        #expect(request.strategy == .scd2)
        #expect(request.history?.validTo == "_nilus_valid_to")
        #expect(request.columns.names.suffix(2) == ["_nilus_valid_from", "_nilus_valid_to"])
        #expect(scope.closesAbsent == expected)
    }

    @Test func `to keep the history in a full refresh`() async throws {
        let (request, scope) = try await told(
            "charge:sync:incremental", sink: ["incremental-strategy: scd2", "full-refresh: true"])

        #expect(request.strategy == .scd2)
        #expect(scope.lower == nil)
    }

    @Test(arguments: [("id", "created"), ("id, currency", "created"), ("currency", nil)])
    func `when rows of a key were created only where the key holds the object's own`(
        key: String, created: String?
    ) async throws {
        let (request, _) = try await told(
            "charge", sink: ["incremental-strategy: merge", "primary-key: \(key)"])

        #expect(request.key?.created == created)
    }
}
