import Extraction
import Loading
import NilusCore
import Testing

@testable import Pipeline

private func load(
    _ mode: ReadMode, _ strategy: IncrementalStrategy = .append, isFullRefresh: Bool = false,
    interval: Window = .everything, pageLimit: Int? = nil
) -> EndpointLoad {
    let endpoint = Endpoint(name: "charge", fields: [], primaryKey: "id", createdField: "created")
    return EndpointLoad(
        endpoint: endpoint, mode: mode, strategy: strategy, isFullRefresh: isFullRefresh,
        table: TableName(namespace: ["stripe"], name: "charge"), interval: interval, pageLimit: pageLimit)
}

private let empty = TableFacts(checkpoint: nil, hasRows: false)
private let loaded = TableFacts(checkpoint: Checkpoint(createdBefore: 500).text, hasRows: true)
private let loadedFrom100 = TableFacts(
    checkpoint: Checkpoint(createdFrom: 100, createdBefore: 500).text, hasRows: true)
private let foreign = TableFacts(checkpoint: nil, hasRows: true)

struct `A read plan` {
    @Test func `of a full load reads everything and promises the cut`() throws {
        for strategy in IncrementalStrategy.allCases {
            let plan = try ReadPlan(load(.full, strategy), table: loaded)

            #expect(plan.window == .everything)
            #expect(plan.progress.change(cut: 900) == .set(Checkpoint(createdBefore: 900).text))
        }
    }

    @Test func `of a full load with an interval promises only what a replaced table holds`() throws {
        let interval = Window(lower: 100, upper: 200)

        let replaced = try ReadPlan(load(.full, .replace, interval: interval), table: loaded).progress
        #expect(replaced.change(cut: 200) == .set(Checkpoint(createdFrom: 100, createdBefore: 200).text))
        #expect(try ReadPlan(load(.full, .append, interval: interval), table: loaded).progress == .keep)
        let future = try ReadPlan(load(.full, .replace, interval: Window(lower: 100, upper: nil)), table: loaded)
        #expect(future.progress.change(cut: 90) == .set(Checkpoint(createdFrom: 100, createdBefore: 100).text))
    }

    @Test func `of a trial never moves the checkpoint forward`() throws {
        #expect(try ReadPlan(load(.full, .replace, pageLimit: 1), table: loaded).progress == .clear)
        let trial = try ReadPlan(load(.incremental, pageLimit: 1), table: loaded)
        #expect(trial.progress == .keep)
        #expect(
            trial.warnings == [
                "'yield-limit' with 'append': the rows of this trial stay in 'stripe.charge' and a later load brings "
                    + "them again"
            ])
    }

    @Test func `of a first incremental load reads everything`() throws {
        let plan = try ReadPlan(load(.incremental), table: empty)

        #expect(plan.window == .everything)
        #expect(plan.progress.change(cut: 900) == .set(Checkpoint(createdBefore: 900).text))
    }

    @Test func `of a later one starts at the checkpoint, whatever earlier start is asked for`() throws {
        #expect(try ReadPlan(load(.incremental), table: loaded).window == Window(lower: 500, upper: nil))
        let interval = Window(lower: 400, upper: 700)
        #expect(
            try ReadPlan(load(.incremental, interval: interval), table: loaded).window == Window(lower: 500, upper: 700)
        )
    }

    @Test func `of an incremental load remembers where the table begins`() throws {
        let first = try ReadPlan(load(.incremental, interval: Window(lower: 100, upper: nil)), table: empty)
        let change = first.progress.change(cut: 500)
        let second = try ReadPlan(load(.incremental, interval: Window(lower: 100, upper: nil)), table: loadedFrom100)

        #expect(first.window == Window(lower: 100, upper: nil))
        #expect(change == .set(Checkpoint(createdFrom: 100, createdBefore: 500).text))
        #expect(second.window == Window(lower: 500, upper: nil))
        #expect(second.progress.change(cut: 900) == .set(Checkpoint(createdFrom: 100, createdBefore: 900).text))
        #expect(first.warnings + second.warnings == [])
    }

    @Test func `merges what a table lacks when the interval is widened`() throws {
        let plan = try ReadPlan(load(.incremental, .merge), table: loadedFrom100)

        #expect(plan.window == .everything)
        #expect(plan.progress.change(cut: 900) == .set(Checkpoint(createdBefore: 900).text))
        #expect(
            plan.warnings == [
                "the rows of table 'stripe.charge' begin at the 'interval-start' of earlier runs: everything is read once "
                    + "and merged into them"
            ])
    }

    @Test func `refuses to append what lies before the table's beginning`() throws {
        let error = try #require(throws: NilusError.self) { try ReadPlan(load(.incremental), table: loadedFrom100) }

        #expect(error.code == .checkpointMissing)
        #expect(
            error.message == "cannot load endpoint 'charge' from the beginning on: 'stripe.charge' was loaded from "
                + "1970-01-01T00:01:40Z on and 'append' would repeat its rows; keep 'interval-start' or use "
                + "'incremental-strategy: merge'")
    }

    @Test func `never moves a checkpoint back`() throws {
        let plan = try ReadPlan(load(.incremental, interval: Window(lower: nil, upper: 300)), table: loaded)

        #expect(plan.window.isEmpty)
        #expect(plan.progress.change(cut: 300) == .set(Checkpoint(createdBefore: 500).text))
    }

    @Test func `refuses to leave a gap behind the checkpoint`() throws {
        let error = try #require(throws: NilusError.self) {
            try ReadPlan(load(.incremental, interval: Window(lower: 86_400, upper: nil)), table: loaded)
        }

        #expect(error.code == .checkpointMissing)
        #expect(
            error.message == "cannot load endpoint 'charge' from 1970-01-02T00:00:00Z on: 'stripe.charge' is complete "
                + "up to 1970-01-01T00:08:20Z and the rows between would be skipped; remove 'interval-start'")
    }

    @Test func `refuses to append to rows of which it knows nothing`() throws {
        let error = try #require(throws: NilusError.self) { try ReadPlan(load(.incremental), table: foreign) }

        #expect(error.code == .checkpointMissing)
        #expect(
            error.message == "cannot load endpoint 'charge' incrementally into 'stripe.charge': the table has rows but "
                + "no checkpoint of ours; use 'incremental-strategy: merge', or replace them with 'full-refresh: true' once"
        )
    }

    @Test(arguments: [
        (IncrementalStrategy.merge, "merged into them"), (.deleteInsert, "takes their place"),
        (.scd2, "compared with them"),
    ])
    func `brings everything once to rows of which it knows nothing`(
        strategy: IncrementalStrategy, fate: String
    ) throws {
        let plan = try ReadPlan(load(.incremental, strategy), table: foreign)

        #expect(plan.window == .everything)
        #expect(plan.progress == .advance(from: nil))
        #expect(
            plan.warnings == [
                "table 'stripe.charge' has rows but no checkpoint of ours: everything is read once and \(fate)"
            ])
    }

    @Test func `refuses a checkpoint that it does not understand`() throws {
        let error = try #require(throws: NilusError.self) {
            try ReadPlan(load(.incremental), table: TableFacts(checkpoint: "{}", hasRows: true))
        }

        #expect(
            error.message == "cannot load endpoint 'charge' incrementally into 'stripe.charge': its checkpoint '{}' is "
                + "not one this version understands; set 'full-refresh: true' once, with which 'append' replaces the "
                + "rows")
    }

    @Test(arguments: [
        (IncrementalStrategy.append, IncrementalStrategy.replace), (.replace, .replace), (.merge, .merge),
        (.deleteInsert, .deleteInsert), (.scd2, .scd2),
    ])
    func `of a full refresh reads everything again, and no row is there twice`(
        _ asked: IncrementalStrategy, _ done: IncrementalStrategy
    ) throws {
        let refresh = load(.incremental, asked, isFullRefresh: true)

        #expect(refresh.effectiveStrategy == done)
        for table in [foreign, loaded, TableFacts(checkpoint: "{}", hasRows: true)] {
            let plan = try ReadPlan(refresh, table: table)
            #expect(plan.window == .everything)
            #expect(plan.progress == .advance(from: nil))
        }
    }
}
