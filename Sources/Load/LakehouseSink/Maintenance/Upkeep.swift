import Iceberg
import IcebergCatalog
import Loading
import NilusCore

/// When a table is tidied after a commit (`maintenance: auto`).
///
/// Files are counted by partition: each load adds one to every partition that it touches, and that is no reason to
/// write all of them anew.
struct UpkeepRule {
    /// Delete files of a partition from which on reading it is noticeably slower.
    static let mostDeleteFiles = 10
    /// Part of the table's rows that may be deleted and still lie in files.
    static let largestDeletedShare = 0.2
    /// Small files of a partition from which on they are put together.
    static let mostSmallFiles = 20
    /// Snapshots from which on those past their age are removed.
    static let mostSnapshots = 50

    /// What makes reading a table slow.
    struct Burden: Hashable {
        /// Of positions and of values, by partition; those that concern all partitions as of no partition.
        var deleteFiles: [FilePartition: Int] = [:]
        /// By partition, as a compaction puts them together.
        var smallFiles: [FilePartition: Int] = [:]
        /// Rows that lie in files, deleted ones too.
        var rows: Int64 = 0
        var deletedRows: Int64 = 0
        var snapshots = 0
    }

    /// What a table in such a state needs.
    struct Need: Hashable {
        /// What is to be compacted; `nil` for nothing.
        var compaction: CompactionScope?
        var expiry = false
    }

    static func need(of burden: Burden) -> Need {
        Need(compaction: compaction(of: burden), expiry: burden.snapshots >= mostSnapshots)
    }

    private static func compaction(of burden: Burden) -> CompactionScope? {
        if Double(burden.deletedRows) > Double(burden.rows) * largestDeletedShare { return .table }
        let full = Set(burden.deleteFiles.filter { $0.value >= mostDeleteFiles }.keys)
            .union(burden.smallFiles.filter { $0.value >= mostSmallFiles }.keys)
        if full.isEmpty { return nil }
        return full.contains(.unpartitioned) ? .table : .partitions(full)
    }
}

extension UpkeepRule.Burden {
    init(of table: TableDescription) {
        deleteFiles = table.deleteFiles
        smallFiles = table.smallFiles
        rows = table.storedRowCount
        deletedRows = table.deletedRowCount
        snapshots = table.snapshotCount
    }
}

/// Tidies a table after a load; the load is committed and does not fail with it.
struct Upkeep {
    let maintenance: TableMaintenance
    let table: TableName
    /// Entered before anything is done.
    let turn: Turnstile

    /// - Returns: what was done or what kept it from being done, for the status; empty when nothing was needed.
    func run() async -> [String] {
        do { try await turn.enter() } catch { return [Self.remark(error)] }
        defer { turn.leave() }
        return await tidy()
    }

    private func tidy() async -> [String] {
        var need = UpkeepRule.Need()
        let failure = await trying {
            need = UpkeepRule.need(of: UpkeepRule.Burden(of: try await maintenance.describe(table)))
            return nil
        }
        var remarks = [failure]
        // A table that cannot be compacted must not keep all its snapshots as well.
        if let scope = need.compaction { remarks.append(await trying { try await compact(scope) }) }
        if need.expiry { remarks.append(await trying(expire)) }
        return remarks.compactMap(\.self)
    }

    private func compact(_ scope: CompactionScope) async throws -> String? {
        let report = try await maintenance.compact(table, in: scope)
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
        do { return try await step() } catch { return Self.remark(error) }
    }

    private static func remark(_ error: any Error) -> String {
        "maintenance did not succeed: \(NilusError.unexpected(.load, error).line)"
    }
}
