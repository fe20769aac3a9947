import NilusCore
import Testing

@testable import WorkflowManifest

struct `A workflow of several nodes` {
    /// A node on one line: nodes begin on line 6, one line each.
    private func node(
        _ name: String, after dependencies: String = "[]", from source: String = "charge", to table: String? = nil,
        in sink: String = "dataos://lake"
    ) -> String {
        "    - {name: \(name), dependencies: \(dependencies), spec: {stack: 'nilus:1', stackSpec: {"
            + "source: {address: 'stripe://', options: {source-table: '\(source)'}}, "
            + "sink: {address: '\(sink)', options: {dest-table: '\(table ?? "stripe." + name)'}}}}}\n"
    }

    private func read(_ nodes: String...) -> ManifestReading {
        readManifest("name: dag\nversion: v1\ntype: workflow\nworkflow:\n  dag:\n" + nodes.joined())
    }

    private func faults(_ reading: ManifestReading) -> [String] {
        // Without the column: it follows from the width of the generated lines.
        reading.faults.map { "\($0.location.line): \($0.message)" }
    }

    @Test func `is ordered by dependencies, then as in the file`() throws {
        let reading = read(
            node("d", after: "[b, c]"), node("a"), node("b", after: "a"), node("e"), node("c", after: "[a, a]"))

        let workflow = try #require(try reading.runnableWorkflows().first)
        #expect(workflow.nodes.map(\.name) == ["a", "b", "e", "c", "d"])
        #expect(workflow.nodes.map(\.dependencies) == [[], ["a"], [], ["a"], ["b", "c"]])
    }

    @Test func `cannot have cycles, and each is named once`() {
        let reading = read(
            node("a", after: "[c]"), node("b", after: "[a]"), node("c", after: "[b]"), node("x", after: "[y, a]"),
            node("y", after: "[x]"), node("z", after: "[x]"))

        #expect(
            faults(reading) == [
                "6: dependency cycle: 'a' → 'c' → 'b' → 'a'; remove one of these dependencies",
                "9: dependency cycle: 'x' → 'y' → 'x'; remove one of these dependencies",
            ])
        #expect(reading.faults.first?.location.column == 32)
    }

    @Test func `cannot depend on itself or on what is not there`() {
        let reading = read(node("first", after: "[first]"), node("second", after: "[frist, elsewhere]"))

        #expect(
            faults(reading) == [
                "6: node 'first' depends on itself; remove the dependency",
                "7: dependency 'frist' is no node of this workflow; did you mean 'first'?",
                "7: dependency 'elsewhere' is no node of this workflow; expected one of 'first', 'second'",
            ])
    }

    @Test func `cannot use a name twice`() {
        let reading = read(node("a"), node("b"), node("a", to: "stripe.other"))

        #expect(faults(reading) == ["8: node 'a' is defined twice; the first is on line 6"])
    }

    @Test func `cannot have more nodes than a run can watch`() {
        let nodes = (0...200).map { node("n\($0)") }.joined()

        #expect(faults(read(nodes)) == ["6: 'dag' has 201 nodes; at most 200 are run, split the workflow"])
    }

    @Test(arguments: [
        ("charge", "stripe.t", "refund", "stripe.T"),
        ("charge", "stripe.{endpoint}", "charges:sync", "stripe.{endpoint}"),
        ("charge, refund", "stripe.{endpoint}", "payout", "stripe.refund"),
        ("all", "stripe.{endpoint}", "payout", "stripe.payout"),
        ("payout", "stripe.x_payout_y", "all", "stripe.x_{endpoint}_y"),
        ("all", "stripe.{endpoint}", "all:sync", "stripe.{endpoint}"),
    ])
    func `cannot write one table from two nodes at a time`(
        _ source: String, _ table: String, _ other: String, _ otherTable: String
    ) {
        let first = node("a", from: source, to: table)
        let independent = read(first, node("b", from: other, to: otherTable))
        let dependent = read(first, node("m", after: "[a]"), node("b", after: "[m]", from: other, to: otherTable))

        #expect(
            faults(independent) == [
                "7: node 'b' may write table '\(otherTable)' at the same time as node 'a'; let one depend on the other, "
                    + "or name another table"
            ])
        #expect(faults(dependent) == [])
    }

    @Test(arguments: [
        ("charge", "stripe.{endpoint}", "refund", "stripe.{endpoint}"),
        ("charges", "stripe.{endpoint}", "charge", "stripe.charges"),
        ("all", "stripe.{endpoint}_raw", "charge", "stripe.charge"),
        ("charge", "a.charge", "charge", "b.charge"),
    ])
    func `may write different tables from nodes that run together`(
        _ source: String, _ table: String, _ other: String, _ otherTable: String
    ) {
        #expect(faults(read(node("a", from: source, to: table), node("b", from: other, to: otherTable))) == [])
    }

    @Test func `may write tables of one name in different places`() {
        #expect(faults(read(node("a", to: "s.t"), node("b", to: "s.t", in: "dataos://other"))) == [])
        #expect(
            faults(
                read(
                    node("a", to: "s.t", in: "iceberg+sqlite:///a.db?x=1"),
                    node("b", to: "s.t", in: "iceberg+sqlite:///a.db?x=2"))
            )
            .count == 1)
    }
}
