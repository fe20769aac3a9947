import Iceberg
import NilusCore

/// Which snapshots of a branch are to be kept.
struct ExpiryRule: Sendable, Hashable {
    /// Snapshots that are older go.
    let age: Duration
    /// The newest snapshots of the branch that stay, whatever their age; at least one.
    let keepLast: Int

    /// Five days and one snapshot, as the table format's own defaults are.
    ///
    /// - SeeAlso: Iceberg documentation, "Table behavior properties", `history.expire.max-snapshot-age-ms`.
    init(age: Duration = .seconds(5 * 86_400), keepLast: Int = 1) {
        self.age = age
        self.keepLast = max(1, keepLast)
    }

    /// What a branch says of itself, or the table of all, with `standard` for what they leave open.
    fileprivate init(_ said: (String) -> Int64?, else standard: ExpiryRule) {
        self.init(
            age: said("max-snapshot-age-ms").map { .milliseconds($0) } ?? standard.age,
            keepLast: said("min-snapshots-to-keep").map { Int(clamping: $0) } ?? standard.keepLast)
    }

    /// What is asked for, with the rule itself for what is not.
    fileprivate func with(age: Duration?, keepLast: Int?) -> ExpiryRule {
        ExpiryRule(age: age ?? self.age, keepLast: keepLast ?? self.keepLast)
    }

    /// Whether a snapshot is young enough to stay.
    fileprivate func isYoung(_ snapshot: Snapshot, _ now: Timestamp) -> Bool {
        snapshot.timestampMilliseconds >= now.microseconds / 1_000 - age.milliseconds
    }

    /// Those of a branch that stay; `ancestors` are the branch's, newest first.
    fileprivate func kept(_ ancestors: [Snapshot], _ now: Timestamp) -> [Int64] {
        ancestors.enumerated().filter { $0.offset < keepLast || isYoung($0.element, now) }.map(\.element.id)
    }
}

/// How long the snapshots of a table stay, by the branches that they are on.
///
/// - SeeAlso: Iceberg Table Spec, "Snapshot Retention Policy".
struct Retention: Sendable {
    /// The rule of `main`, and of snapshots that are on no branch: a rollback left them behind.
    let ofMain: ExpiryRule
    /// The rules of the other branches by name.
    private let ofOthers: [String: ExpiryRule]

    /// What is asked for, else what each branch says of itself, else the table of all, else the defaults.
    ///
    /// What is asked for goes before what `main` says; another branch has its settings because somebody wants
    /// its snapshots for longer, or less long, than those of the table.
    init(of table: TableMetadata, age: Duration? = nil, keepLast: Int? = nil) {
        let ofTable = ExpiryRule(
            { table.properties["history.expire.\($0)"].flatMap { Int64($0) }.flatMap(\.ifCount) }, else: ExpiryRule())
        let main = table.references[SnapshotReference.main]
        ofMain = ExpiryRule({ main?.number($0)?.ifCount }, else: ofTable).with(age: age, keepLast: keepLast)
        let asked = ofTable.with(age: age, keepLast: keepLast)
        ofOthers = table.references.filter { $0.key != SnapshotReference.main && $0.value.kind == "branch" }
            .mapValues { branch in ExpiryRule({ branch.number($0)?.ifCount }, else: asked) }
    }

    /// The snapshots that go: those that no branch keeps and no branch or tag is at.
    ///
    /// Branches and tags themselves stay, however old (`max-ref-age-ms` is not heeded): removing one is for
    /// whoever made it.
    func expired(of table: TableMetadata, now: Timestamp) -> [Snapshot] {
        var kept = Set(table.references.values.map(\.snapshotID))
        var onBranches: Set<Int64> = []
        let branches = [(table.currentSnapshot?.id, ofMain)] + ofOthers.map { (table.references[$0]?.snapshotID, $1) }
        for (head, rule) in branches {
            let ancestors = table.ancestors(of: head)
            onBranches.formUnion(ancestors.map(\.id))
            kept.formUnion(rule.kept(ancestors, now))
        }
        return table.snapshots.filter { snapshot in
            let isLeftBehind = !onBranches.contains(snapshot.id)
            return !kept.contains(snapshot.id) && !(isLeftBehind && ofMain.isYoung(snapshot, now))
        }
    }
}

extension Int64 {
    /// The number, unless it is negative and so counts nothing.
    fileprivate var ifCount: Int64? { self < 0 ? nil : self }
}
