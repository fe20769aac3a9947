import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import Synchronization

/// A catalog with transactions, which go as a script says, one step each; after the script they go well.
final class TogetherCatalog: TransactionalCatalog {
    enum Step: Sendable {
        case answer
        /// The changes are made and the answer is lost.
        case loseAnswer
        /// The changes never arrive, and nobody knows.
        case loseRequest
        /// The catalog has no transactions after all.
        case refuse
        /// Something happens before the changes arrive.
        case after(@Sendable () async throws -> Void)
    }

    private let catalog: any Catalog
    private let steps: Mutex<[Step]>
    private let sent = Mutex<[[String]]>([])

    init(_ catalog: any Catalog, _ steps: [Step] = []) {
        self.catalog = catalog
        self.steps = Mutex(steps)
    }

    /// The tables of each transaction and of each commit of one table.
    var log: [[String]] { sent.withLock { $0 } }

    var transactions: (any TransactionalCatalog)? { self }

    func commit(_ changes: [TableCommitment]) async -> [Result<CatalogTable, any Error>] {
        sent.withLock { $0.append(changes.map(\.table.identifier.name).sorted()) }
        let step = steps.withLock { $0.isEmpty ? .answer : $0.removeFirst() }
        do {
            switch step {
            case .answer: return try await make(changes)
            case .after(let event):
                try await event()
                return try await make(changes)
            case .refuse: throw NilusError(.load, .sinkRefused, "no transactions")
            case .loseRequest: throw NilusError(.load, .commitUnknown, "scripted")
            case .loseAnswer:
                _ = try await make(changes)
                throw NilusError(.load, .commitUnknown, "scripted")
            }
        } catch {
            return changes.map { _ in .failure(error) }
        }
    }

    /// Checks the requirements of all before anything is changed, as a service does.
    private func make(_ changes: [TableCommitment]) async throws -> [Result<CatalogTable, any Error>] {
        var heads: [CatalogTable?] = []
        for change in changes { heads.append(try await catalog.load(change.table.identifier)) }
        let isViolated = zip(changes, heads).contains { change, head in
            change.change.requirements.contains { $0.violation(by: head?.metadata) != nil }
        }
        if isViolated {
            return heads.map { head in
                .failure(
                    NilusError(
                        .load, .commitConflict, "scripted", cause: CommitConflict(reason: "scripted", head: head)))
            }
        }
        var made: [Result<CatalogTable, any Error>] = []
        for change in changes { made.append(.success(try await catalog.commit(change.change, to: change.table))) }
        return made
    }

    func commit(_ change: TableChange, to table: CatalogTable) async throws -> CatalogTable {
        sent.withLock { $0.append([table.identifier.name]) }
        return try await catalog.commit(change, to: table)
    }

    func load(_ table: TableName) async throws -> CatalogTable? { try await catalog.load(table) }

    func hasNamespace(_ namespace: [String]) async throws -> Bool { try await catalog.hasNamespace(namespace) }

    func createNamespace(_ namespace: [String]) async throws { try await catalog.createNamespace(namespace) }

    func tables(in namespace: [String]) async throws -> [TableName] { try await catalog.tables(in: namespace) }

    func stage(_ table: TableName, _ draft: TableDraft) async throws -> CatalogTable {
        try await catalog.stage(table, draft)
    }
}
