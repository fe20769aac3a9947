import Iceberg
import Loading

/// What a load did to a table, in numbers; the same in its receipt and in that of a later attempt.
///
/// The summary of the snapshot counts what came in files: ends of versions among the rows, and the bytes of delete
/// files. What it does not tell is kept beside, in entries of our own.
struct LoadFigures: Hashable {
    /// Rows that the table did not have; versions that end are not among them, although they are written anew.
    let rowsAdded: Int
    /// Data files, without those of deletions.
    let filesAdded: Int
    /// Bytes of the data files.
    let bytesAdded: Int
    let effects: RowEffects

    private static let bytes = "nilus.bytes-added"
    private static let replaced = "nilus.rows-replaced"
    private static let deleted = "nilus.rows-deleted"
    private static let closed = "nilus.versions-closed"
    private static let unchanged = "nilus.rows-unchanged"

    /// The figures of a load that adds `files`, of data and of deletions.
    init(of files: [DataFile], _ effects: RowEffects) {
        let data = files.filter { $0.content == .data }
        rowsAdded = data.reduce(0) { $0 + Int($1.recordCount) } - effects.closed
        filesAdded = data.count
        bytesAdded = data.reduce(0) { $0 + Int($1.sizeBytes) }
        self.effects = effects
    }

    /// The figures as the summary of the load's snapshot has them; what it lacks is zero.
    init(_ summary: [String: String]) {
        func count(_ name: String) -> Int? { summary[name].flatMap { Int($0) } }
        var effects = RowEffects()
        effects.replaced = count(Self.replaced) ?? 0
        effects.deleted = count(Self.deleted) ?? 0
        effects.closed = count(Self.closed) ?? 0
        effects.unchanged = count(Self.unchanged) ?? 0
        rowsAdded = max(0, (count("added-records") ?? 0) &- effects.closed)
        filesAdded = count("added-data-files") ?? 0
        bytesAdded = count(Self.bytes) ?? count("added-files-size") ?? 0
        self.effects = effects
    }

    /// What goes into the summary besides Iceberg's own counters, without zeros.
    var facts: [TableProperty] {
        [
            (Self.bytes, bytesAdded), (Self.replaced, effects.replaced), (Self.deleted, effects.deleted),
            (Self.closed, effects.closed), (Self.unchanged, effects.unchanged),
        ].filter { $0.1 != 0 }.map { TableProperty($0.0, String($0.1)) }
    }
}
