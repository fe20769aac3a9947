import NilusCore
import Testing

@testable import WorkflowManifest

struct `Rules between source and sink` {
    private func faults(source: String, sink: String) -> [String] {
        var manifest = ManifestText.with(.source, source)
        manifest.sink = sink
        return manifest.faults
    }

    @Test(arguments: ["charge, refund", "all", "[charge, refund]", "all:sync"])
    func `several endpoints need the endpoint in the table's name`(_ tables: String) {
        let expected =
            "w.yaml:17:27: table 'stripe.data' would receive several endpoints; expected '{endpoint}' in its name, "
            + "such as 'stripe.{endpoint}'"

        #expect(faults(source: "source-table: \(tables)", sink: "dest-table: stripe.data") == [expected])
        #expect(faults(source: "source-table: \(tables)", sink: "dest-table: stripe.{endpoint}") == [])
    }

    @Test func `incremental reading cannot replace`() {
        let found = faults(
            source: "source-table: charge:sync, refund:sync:incremental",
            sink: "dest-table: s.{endpoint}\nincremental-strategy: replace")

        #expect(
            found == [
                "w.yaml:18:37: 'incremental-strategy' 'replace' would drop what earlier runs of 'refund:sync:incremental' "
                    + "loaded; use 'append' or 'merge', or drop ':sync:incremental'"
            ])
    }

    @Test(arguments: [
        ("incremental-strategy: replace", "charge", true), ("full-refresh: true", "charge", true),
        ("full-refresh: true", "charge:sync:incremental", false), ("incremental-strategy: append", "charge", false),
        ("incremental-strategy: merge", "charge:sync", false),
    ])
    func `a part of the data that replaces all is warned of`(_ sink: String, _ table: String, _ isWarned: Bool) {
        let found = faults(source: "source-table: \(table)\nyield-limit: 2", sink: "dest-table: s.t\n\(sink)")

        let warning =
            "w.yaml:14:28: warning: 'yield-limit' with 'incremental-strategy' 'replace' leaves only a part of the data "
            + "in the table"
        #expect(found == (isWarned ? [warning] : []))
    }

    @Test func `a trial cannot delete an interval`() {
        let found = faults(
            source: "source-table: charge\nyield-limit: 2",
            sink: "dest-table: s.t\nincremental-strategy: delete+insert")

        #expect(
            found == [
                "w.yaml:14:28: 'yield-limit' with 'incremental-strategy' 'delete+insert' would delete rows of the "
                    + "interval that it does not read; use 'merge', or remove 'yield-limit'"
            ])
    }

    @Test func `a full refresh replaces what was appended, which is warned of`() {
        let refresh = "dest-table: s.t\nfull-refresh: true\nincremental-strategy: "
        let warning =
            "w.yaml:18:29: warning: 'full-refresh' with 'incremental-strategy' 'append' replaces the table, and rows that "
            + "the source no longer gives are gone; 'merge' keeps them"
        let partial =
            "w.yaml:14:28: warning: 'yield-limit' with 'incremental-strategy' 'replace' leaves only a part of the data "
            + "in the table"

        #expect(faults(source: "source-table: charge:sync:incremental", sink: refresh + "append") == [warning])
        #expect(faults(source: "source-table: charge:sync:incremental", sink: refresh + "merge") == [])
        #expect(faults(source: "source-table: charge", sink: refresh + "replace") == [])
        // Two faults, of two lines.
        let found = faults(source: "source-table: charge\nyield-limit: 2", sink: refresh + "append")
        #expect(found == [partial, warning.replacing("w.yaml:18", with: "w.yaml:19")])
    }

    @Test func `warnings go with the workflow`() throws {
        let reading = ManifestText.with(.source, "source-table: charge\nyield-limit: 2").read()

        #expect(try reading.runnableWorkflows().first?.warnings == reading.faults)
        #expect(reading.faults.map(\.severity) == [.warning])
    }

    @Test func `primary keys on both sides must agree`() {
        let same = faults(source: "source-table: charge\nprimary-key: id", sink: "dest-table: s.t\nprimary_key: [id]")
        let other = faults(source: "source-table: charge\nprimary-key: id", sink: "dest-table: s.t\nprimary-key: key")

        #expect(same == [])
        #expect(
            other == [
                "w.yaml:19:28: 'primary-key' differs between 'source.options' and 'sink.options'; keep one of them"
            ])
    }

    @Test func `'all' stands alone and no name twice`() {
        let found = faults(source: "source-table: all, charge, charge:sync", sink: "dest-table: s.{endpoint}")

        #expect(
            found == [
                "w.yaml:13:29: 'all' stands beside other names in 'source-table'; write 'all' alone, or the names without it",
                "w.yaml:13:42: 'charge' is named twice in 'source-table'; keep one of them",
            ])
    }
}
