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
    /// The table is then complete up to the cut, or up to the earlier checkpoint when that is later.
    case advance(from: Int64?)
    case keep
    case clear

    func change(cut: Int64) -> CheckpointChange {
        switch self {
        case .advance(let earlier): .set(Checkpoint(createdBefore: max(cut, earlier ?? cut)).text)
        case .keep: .keep
        case .clear: .clear
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
    ///   `checkpointMissing` when an interval would leave a gap behind the checkpoint.
    init(_ load: EndpointLoad, table: TableFacts) throws(NilusError) {
        let interval = load.interval
        guard load.mode == .incremental, !load.isFullRefresh else {
            self.init(
                window: interval, progress: Self.progressOfFullLoad(load), warnings: Self.warningsOfFullLoad(load))
            return
        }
        let checkpoint = try Self.checkpoint(of: table, load)
        let meetsUnknownRows = checkpoint == nil && table.hasRows
        if let start = interval.lower, let checkpoint, start > checkpoint {
            throw .gapBehindCheckpoint(load, start: start, checkpoint: checkpoint)
        }
        let lower = [interval.lower, checkpoint].compactMap { $0 }.max()
        self.init(
            window: Window(lower: lower, upper: interval.upper),
            progress: load.pageLimit == nil ? .advance(from: checkpoint) : .keep,
            warnings: (meetsUnknownRows ? [Self.unknownRowsWarning(load)] : [])
                + (load.pageLimit == nil ? [] : [Self.trialWarning(load)]))
    }

    private static func checkpoint(of table: TableFacts, _ load: EndpointLoad) throws(NilusError) -> Int64? {
        guard let text = table.checkpoint else {
            // But for appended ones, rows meet what is there of them, so reading everything once is safe.
            guard !table.hasRows || load.effectiveStrategy != .append else { throw .checkpointMissing(load) }
            return nil
        }
        guard let checkpoint = Checkpoint(text: text) else { throw .checkpointUnreadable(load, text) }
        return checkpoint.createdBefore
    }

    private static func progressOfFullLoad(_ load: EndpointLoad) -> CheckpointRule {
        switch load.effectiveStrategy {
        case .replace: load.pageLimit == nil ? .advance(from: nil) : .clear
        case .append, .merge, .deleteInsert, .scd2:
            load.pageLimit == nil && load.interval == .everything ? .advance(from: nil) : .keep
        }
    }

    private static func warningsOfFullLoad(_ load: EndpointLoad) -> [String] {
        guard load.effectiveStrategy != .replace, load.pageLimit != nil else { return [] }
        return [trialWarning(load)]
    }

    private static func unknownRowsWarning(_ load: EndpointLoad) -> String {
        let fate =
            switch load.effectiveStrategy {
            case .deleteInsert: "takes their place"
            case .scd2: "compared with them"
            case .replace, .append, .merge: "merged into them"
            }
        return "table '\(load.table)' has rows but no checkpoint of ours: everything is read once and \(fate)"
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
                + "no checkpoint of ours; use 'incremental-strategy: merge', or set 'full-refresh: true' once"
        )
    }

    fileprivate static func checkpointUnreadable(_ load: EndpointLoad, _ text: String) -> NilusError {
        NilusError(
            .extract, .checkpointMissing,
            "cannot load endpoint '\(load.endpoint.name)' incrementally into '\(load.table)': its checkpoint "
                + "'\(text.prefix(80))' is not one this version understands; set 'full-refresh: true' once")
    }

    fileprivate static func gapBehindCheckpoint(
        _ load: EndpointLoad, start: Int64, checkpoint: Int64
    ) -> NilusError {
        func date(_ second: Int64) -> String { Timestamp(seconds: second)?.description ?? String(second) }
        return NilusError(
            .extract, .checkpointMissing,
            "cannot load endpoint '\(load.endpoint.name)' from \(date(start)) on: '\(load.table)' is complete up to "
                + "\(date(checkpoint)) and the rows between would be skipped; remove 'interval-start'")
    }
}
