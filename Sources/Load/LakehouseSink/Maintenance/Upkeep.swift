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

    /// What makes reading a table slow.
    struct Burden: Hashable {
        /// Of positions and of values.
        var deleteFiles = 0
        /// Small files that a compaction can put together.
        var smallFiles = 0
        /// Rows that lie in files, deleted ones too.
        var rows: Int64 = 0
        var deletedRows: Int64 = 0
        var snapshots = 0
    }

    /// What a table in such a state needs.
    struct Need: Hashable {
        var compaction = false
        var expiry = false
    }

    static func need(of burden: Burden) -> Need {
        Need(
            compaction: burden.deleteFiles >= mostDeleteFiles || burden.smallFiles >= mostSmallFiles
                || Double(burden.deletedRows) > Double(burden.rows) * largestDeletedShare,
            expiry: burden.snapshots >= mostSnapshots)
    }
}

extension UpkeepRule.Burden {
    init(of table: TableDescription) {
        deleteFiles = table.positionDeleteFileCount + table.equalityDeleteFileCount
        smallFiles = table.joinableFileCount
        rows = max(0, table.rowCount ?? 0) + table.deletedRowCount
        deletedRows = table.deletedRowCount
        snapshots = table.snapshotCount
    }
}

/// Tidies a table after a load; the load is committed and does not fail with it.
struct Upkeep {
    let maintenance: TableMaintenance
    let table: TableName

    /// - Returns: what was done or what kept it from being done, for the status; empty when nothing was needed.
    func run() async -> [String] {
        var need = UpkeepRule.Need()
        let failure = await trying {
            need = UpkeepRule.need(of: UpkeepRule.Burden(of: try await maintenance.describe(table)))
            return nil
        }
        var remarks = [failure]
        // A table that cannot be compacted must not keep all its snapshots as well.
        if need.compaction { remarks.append(await trying(compact)) }
        if need.expiry { remarks.append(await trying(expire)) }
        return remarks.compactMap(\.self)
    }

    private func compact() async throws -> String? {
        let report = try await maintenance.compact(table)
        guard report.snapshotID != nil else { return nil }
        return "compacted: \(report.filesRewritten) data files became \(report.filesWritten), "
            + "\(report.rowsDropped) deleted rows left out"
    }

    private func expire() async throws -> String? {
        let report = try await maintenance.expire(table)
        return report.snapshotsExpired > 0 ? "expired \(report.snapshotsExpired) snapshots" : nil
    }

    /// What a step remarks; in words why, when it does not succeed: that is not the load's failure, the next run
    /// tries again.
    private func trying(_ step: () async throws -> String?) async -> String? {
        do { return try await step() } catch {
            return "maintenance did not succeed: \(NilusError.unexpected(.load, error).line)"
        }
    }
}
