import Extraction
import Loading
import NilusCore

/// What one load reads and what becomes of the checkpoint.
struct ReadPlan: Hashable {
    let window: Window
    let progress: CheckpointRule
    /// What the user should know about the plan.
    let warnings: [String]
}

/// What becomes of the table's checkpoint when everything of the plan was read.
enum CheckpointRule: Hashable {
    /// The table is then complete from a second, or the beginning, up to the cut, besides what it promised before.
    case advance(from: Int64?, beside: Checkpoint? = nil)
    case keep
    case clear

    func change(cut: Int64) -> CheckpointChange {
        switch self {
        case .advance(let start, let earlier):
            // A start that has not come yet promises nothing, but no less than that.
            let read = Checkpoint(createdFrom: start, createdBefore: max(cut, start ?? cut))
            return .set((earlier?.joined(with: read) ?? read).text)
        case .keep: return .keep
        case .clear: return .clear
        }
    }
}

/// What the table tells a plan.
struct TableFacts: Hashable {
    let checkpoint: String?
    let hasRows: Bool
}

extension ReadPlan {
    /// Decides on the window and the checkpoint of a load.
    ///
    /// - Throws: `checkpointMissing` (terminal) when an incremental load cannot know what the table holds;
    ///   `checkpointMissing` when an interval would leave a gap behind the checkpoint, or begins before the rows that
    ///   were appended.
    init(_ load: EndpointLoad, table: TableFacts) throws(NilusError) {
        let interval = load.interval
        guard load.mode == .incremental, !load.isFullRefresh else {
            self.init(
                window: interval, progress: Self.progressOfFullLoad(load), warnings: Self.warningsOfFullLoad(load))
            return
        }
        let checkpoint = try Self.checkpoint(of: table, load)
        let meetsUnknownRows = checkpoint == nil && table.hasRows
        let reachesBack = checkpoint?.reaches(backTo: interval.lower) ?? true
        let lower = try Self.start(of: load, after: checkpoint)
        self.init(
            window: Window(lower: lower, upper: interval.upper),
            progress: load.pageLimit == nil ? .advance(from: lower, beside: checkpoint) : .keep,
            warnings: (meetsUnknownRows ? [Self.unknownRowsWarning(load)] : [])
                + (reachesBack ? [] : [Self.earlierStartWarning(load)])
                + (load.pageLimit == nil ? [] : [Self.trialWarning(load)]))
    }

    /// The first second to read: behind what the table promises, or what the manifest says when that goes further back.
    private static func start(of load: EndpointLoad, after checkpoint: Checkpoint?) throws(NilusError) -> Int64? {
        let asked = load.interval.lower
        guard let checkpoint else { return asked }
        if let asked, asked > checkpoint.createdBefore {
            throw .gapBehindCheckpoint(load, start: asked, checkpoint: checkpoint.createdBefore)
        }
        if checkpoint.reaches(backTo: asked) { return checkpoint.createdBefore }
        // Appended rows would be there twice.
        guard load.effectiveStrategy != .append else { throw .startBeforeCheckpoint(load, checkpoint) }
        return asked
    }

    private static func checkpoint(of table: TableFacts, _ load: EndpointLoad) throws(NilusError) -> Checkpoint? {
        guard let text = table.checkpoint else {
            // But for appended ones, rows meet what is there of them, so reading everything once is safe.
            guard !table.hasRows || load.effectiveStrategy != .append else { throw .checkpointMissing(load) }
            return nil
        }
        guard let checkpoint = Checkpoint(text: text) else { throw .checkpointUnreadable(load, text) }
        return checkpoint
    }

    private static func progressOfFullLoad(_ load: EndpointLoad) -> CheckpointRule {
        switch load.effectiveStrategy {
        case .replace: load.pageLimit == nil ? .advance(from: load.interval.lower) : .clear
        case .append, .merge, .deleteInsert, .scd2:
            load.pageLimit == nil && load.interval == .everything ? .advance(from: nil) : .keep
        }
    }

    private static func warningsOfFullLoad(_ load: EndpointLoad) -> [String] {
        guard load.effectiveStrategy != .replace, load.pageLimit != nil else { return [] }
        return [trialWarning(load)]
    }

    private static func unknownRowsWarning(_ load: EndpointLoad) -> String {
        "table '\(load.table)' has rows but no checkpoint of ours: everything is read once and \(fate(of: load))"
    }

    private static func earlierStartWarning(_ load: EndpointLoad) -> String {
        "the rows of table '\(load.table)' begin at the 'interval-start' of earlier runs: everything is read once and "
            + fate(of: load)
    }

    /// What becomes of rows that meet those of the table.
    private static func fate(of load: EndpointLoad) -> String {
        switch load.effectiveStrategy {
        case .deleteInsert: "takes their place"
        case .scd2: "compared with them"
        case .replace, .append, .merge: "merged into them"
        }
    }

    private static func trialWarning(_ load: EndpointLoad) -> String {
        "'yield-limit' with '\(load.effectiveStrategy.rawValue)': the rows of this trial stay in '\(load.table)' "
            + "and a later load brings them again"
    }
}

extension NilusError {
    fileprivate static func checkpointMissing(_ load: EndpointLoad) -> NilusError {
        NilusError(
            .extract, .checkpointMissing,
            "cannot load endpoint '\(load.endpoint.name)' incrementally into '\(load.table)': the table has rows but "
                + "no checkpoint of ours; use 'incremental-strategy: merge', or replace them with 'full-refresh: true' once"
        )
    }

    fileprivate static func checkpointUnreadable(_ load: EndpointLoad, _ text: String) -> NilusError {
        NilusError(
            .extract, .checkpointMissing,
            "cannot load endpoint '\(load.endpoint.name)' incrementally into '\(load.table)': its checkpoint "
                + "'\(text.prefix(80))' is not one this version understands; set 'full-refresh: true' once, with which "
                + "'append' replaces the rows")
    }

    fileprivate static func gapBehindCheckpoint(
        _ load: EndpointLoad, start: Int64, checkpoint: Int64
    ) -> NilusError {
        NilusError(
            .extract, .checkpointMissing,
            "cannot load endpoint '\(load.endpoint.name)' from \(date(start)) on: '\(load.table)' is complete up to "
                + "\(date(checkpoint)) and the rows between would be skipped; remove 'interval-start'")
    }

    fileprivate static func startBeforeCheckpoint(_ load: EndpointLoad, _ checkpoint: Checkpoint) -> NilusError {
        let start = load.interval.lower.map(date) ?? "the beginning"
        let held = checkpoint.createdFrom.map(date) ?? "the beginning"
        return NilusError(
            .extract, .checkpointMissing,
            "cannot load endpoint '\(load.endpoint.name)' from \(start) on: '\(load.table)' was loaded from \(held) on "
                + "and 'append' would repeat its rows; keep 'interval-start' or use 'incremental-strategy: merge'")
    }

    private static func date(_ second: Int64) -> String { Timestamp(seconds: second)?.description ?? String(second) }
}
