import IcebergCatalog
import Loading
import NilusCore

/// When a table is tidied after a commit (`maintenance: auto`).
struct UpkeepRule {
    /// Delete files from which on reading a table is noticeably slower.
    static let mostDeleteFiles = 10
    /// Part of the rows that may be deleted and still lie in files.
    static let largestDeletedShare = 0.2
    /// Small files from which on they are put together.
    static let mostSmallFiles = 20
    /// Snapshots from which on those past their age are removed.
    static let mostSnapshots = 50

    /// What a table in such a state needs.
    struct Need: Hashable {
        var compaction = false
        var expiry = false
    }

    static func need(of table: TableDescription) -> Need {
        var need = Need()
        let rows = Double(max(0, table.rowCount ?? 0)) + Double(table.deletedRowCount)
        need.compaction =
            table.positionDeleteFileCount + table.equalityDeleteFileCount >= mostDeleteFiles
            || table.smallFileCount >= mostSmallFiles
            || Double(table.deletedRowCount) > rows * largestDeletedShare
        need.expiry = table.snapshotCount >= mostSnapshots
        return need
    }
}

/// Tidies a table after a load; the load is committed and does not fail with it.
struct Upkeep {
    let maintenance: TableMaintenance
    let table: TableName

    /// - Returns: what was done or what kept it from being done, for the status; empty when nothing was needed.
    func run() async -> [String] {
        do {
            let need = UpkeepRule.need(of: try await maintenance.describe(table))
            var done: [String] = []
            if need.compaction {
                let report = try await maintenance.compact(table)
                if report.snapshotID != nil {
                    done.append(
                        "compacted: \(report.filesRewritten) data files became \(report.filesWritten), "
                            + "\(report.rowsDropped) deleted rows left out")
                }
            }
            if need.expiry {
                let report = try await maintenance.expire(table, ExpiryRule())
                if report.snapshotsExpired > 0 { done.append("expired \(report.snapshotsExpired) snapshots") }
            }
            return done
        } catch {
            // Not the load's failure: the next run tries again.
            return ["maintenance did not succeed: \(NilusError.unexpected(.load, error).line)"]
        }
    }
}
