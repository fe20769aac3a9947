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

        #expect(try ReadPlan(load(.full, .replace, interval: interval), table: loaded).progress == .advance(from: nil))
        #expect(try ReadPlan(load(.full, .append, interval: interval), table: loaded).progress == .keep)
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
                + "no checkpoint of ours; use 'incremental-strategy: merge', or set 'full-refresh: true' once"
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
            error.message
                == "cannot load endpoint 'charge' incrementally into 'stripe.charge': its checkpoint '{}' is not one "
                + "this version understands; set 'full-refresh: true' once")
    }

    @Test func `of a full refresh starts the table anew`() throws {
        let refresh = load(.incremental, isFullRefresh: true)

        let plan = try ReadPlan(refresh, table: foreign)

        #expect(refresh.effectiveStrategy == .replace)
        #expect(plan.window == .everything)
        #expect(plan.progress == .advance(from: nil))
    }
}
