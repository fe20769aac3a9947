import LakehouseSink
import NilusCore

extension TableDescription {
    /// The newest snapshots as a terminal of 80 columns shows them: what each did, then what it left.
    var snapshotLines: [String] {
        let shown = newestSnapshots.count
        guard shown > 0 else { return [] }
        let title = shown == snapshotCount ? "snapshots" : "newest \(shown) of \(snapshotCount) snapshots"
        return [title] + newestSnapshots.flatMap { $0.lines(isCurrent: $0.id == current?.id) }
    }
}

extension SnapshotDescription {
    private static let widestLine = 80

    fileprivate func lines(isCurrent: Bool) -> [String] {
        let second = Timestamp(seconds: time.seconds) ?? time
        let mark = isCurrent ? ", current" : isInLine ? "" : ", not in line"
        let head = "  \(id)  \(second)  \(operation)  +\(rowsAdded) -\(rowsRemoved)\(mark)"
        let facts = [
            loadID.map { "load \($0)" }, runID.map { "run \($0)" }, checkpoint.map { "checkpoint \($0)" },
        ]
        return [head] + Self.filled(facts.compactMap(\.self))
    }

    /// As many facts on a line as it has room for.
    private static func filled(_ facts: [String]) -> [String] {
        facts.reduce(into: []) { lines, fact in
            if let last = lines.last, last.count + 2 + fact.count <= widestLine {
                lines[lines.count - 1] = "\(last)  \(fact)"
            } else {
                lines.append("    \(fact)")
            }
        }
    }
}
