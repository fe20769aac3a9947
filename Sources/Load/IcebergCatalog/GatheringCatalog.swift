package import Iceberg
package import Loading
package import NilusCore
import Synchronization

/// Commits the tables of several loads in one step, though each load commits its own.
///
/// A commit waits here until every other member has come with its own or has left, and goes to the catalog with
/// them. Each load gets the outcome for its own table, so that whatever it does after a lost race or an unknown
/// outcome, it does as if it were alone, and comes back. While a load waits it gives its place to another one.
package final class GatheringCatalog: Catalog {
    private let catalog: any TransactionalCatalog
    private let places: Turnstile
    private let state: Mutex<State>

    private struct State {
        var members: Set<TableName>
        var waiting: [Waiting] = []
        /// Tables whose commit landed, with the number of tables that landed in the same step.
        var landed: [TableName: Int] = [:]
        var refusal: NilusError?

        /// Those who wait, when nobody else is to come.
        mutating func takeRound() -> [Waiting] {
            guard !waiting.isEmpty, members.isSubset(of: waiting.map(\.table)) else { return [] }
            defer { waiting = [] }
            return waiting
        }
    }

    private struct Waiting {
        let commitment: TableCommitment
        let continuation: CheckedContinuation<CatalogTable, any Error>

        var table: TableName { commitment.table.identifier }
    }

    /// `places`: where each load holds a place while it works.
    package init(_ catalog: any TransactionalCatalog, of members: Set<TableName>, places: Turnstile) {
        self.catalog = catalog
        self.places = places
        state = Mutex(State(members: members))
    }

    /// No commit of a table is to be waited for any more; does nothing the second time.
    package func leave(_ table: TableName) {
        let round = state.withLock { state in
            state.members.remove(table)
            return state.takeRound()
        }
        if !round.isEmpty { Task { await send(round) } }
    }

    /// The number of tables that became visible in one step with a table, itself among them.
    package func tablesTogether(with table: TableName) -> Int {
        state.withLock { $0.landed[table] ?? 1 }
    }

    /// Why tables were committed one by one after all; `nil` when they were not.
    package var refusal: NilusError? { state.withLock { $0.refusal } }

    package func commit(_ change: TableChange, to table: CatalogTable) async throws -> CatalogTable {
        let isMember = state.withLock { $0.members.contains(table.identifier) }
        guard isMember else { return try await catalog.commit(change, to: table) }
        places.leave()
        let outcome = await Result { try await gathered(TableCommitment(change, to: table)) }
        // However it ended: the place is given back by whoever took it.
        try await Task { [places] in try await places.enter() }.value
        return try outcome.get()
    }

    private func gathered(_ commitment: TableCommitment) async throws -> CatalogTable {
        let table = commitment.table.identifier
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let round = state.withLock { state -> [Waiting] in
                    state.waiting.append(Waiting(commitment: commitment, continuation: continuation))
                    return state.takeRound()
                }
                if !round.isEmpty { Task { await send(round) } }
                if Task.isCancelled { cancel(table) }
            }
        } onCancel: {
            cancel(table)
        }
    }

    /// Ends the wait of a load that is to stop; what was sent is seen to its end.
    private func cancel(_ table: TableName) {
        let stopped = state.withLock { state -> Waiting? in
            state.waiting.firstIndex { $0.table == table }.map { state.waiting.remove(at: $0) }
        }
        stopped?.continuation.resume(throwing: CancellationError())
    }
}

extension GatheringCatalog {
    private func send(_ round: [Waiting]) async {
        let outcomes = await outcomes(of: round.map(\.commitment))
        // A table that is not in the way of the others stays as it is planned, and waits for them.
        let isRefused = outcomes.contains(where: \.isConflict)
        var ended: [(waiting: Waiting, outcome: Result<CatalogTable, any Error>)] = []
        var staying: [Waiting] = []
        for (waiting, outcome) in zip(round, outcomes) {
            if isRefused, outcome.isConflict, !outcome.isViolation(of: waiting.commitment) {
                staying.append(waiting)
            } else {
                ended.append((waiting, outcome))
            }
        }
        if ended.isEmpty {
            ended = staying.indices.map { (staying[$0], outcomes[$0]) }
            staying = []
        }
        let count = ended.count { $0.outcome.isSuccess }
        state.withLock { state in
            state.waiting += staying
            for (waiting, outcome) in ended where outcome.isSuccess {
                state.members.remove(waiting.table)
                state.landed[waiting.table] = state.refusal == nil ? count : 1
            }
        }
        for (waiting, outcome) in ended { waiting.continuation.resume(with: outcome) }
    }

    private func outcomes(of commitments: [TableCommitment]) async -> [Result<CatalogTable, any Error>] {
        if commitments.count > 1, refusal == nil {
            let outcomes = await catalog.commit(commitments)
            guard let refused = outcomes.lazy.compactMap(\.refusal).first else { return outcomes }
            state.withLock { $0.refusal = refused }
        }
        var outcomes: [Result<CatalogTable, any Error>] = []
        for commitment in commitments {
            outcomes.append(await Result { try await catalog.commit(commitment.change, to: commitment.table) })
        }
        return outcomes
    }
}

/// What is no commit goes to the catalog as it is.
extension GatheringCatalog {
    package func hasNamespace(_ namespace: [String]) async throws -> Bool { try await catalog.hasNamespace(namespace) }

    package func createNamespace(_ namespace: [String]) async throws { try await catalog.createNamespace(namespace) }

    package func tables(in namespace: [String]) async throws -> [TableName] {
        try await catalog.tables(in: namespace)
    }

    package func load(_ table: TableName) async throws -> CatalogTable? { try await catalog.load(table) }

    package func stage(_ table: TableName, _ draft: TableDraft) async throws -> CatalogTable {
        try await catalog.stage(table, draft)
    }

    package func storage(of table: CatalogTable) async throws -> TableStorage { try await catalog.storage(of: table) }
}

extension Result where Success == CatalogTable, Failure == any Error {
    fileprivate init(_ body: () async throws -> CatalogTable) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }

    fileprivate var isSuccess: Bool {
        if case .success = self { true } else { false }
    }

    private var error: NilusError? {
        if case .failure(let error) = self { error as? NilusError } else { nil }
    }

    fileprivate var isConflict: Bool { error?.code == .commitConflict }

    /// Whether the conflict is about this very table.
    fileprivate func isViolation(of commitment: TableCommitment) -> Bool {
        guard let conflict = error?.cause as? CommitConflict else { return true }
        return commitment.change.requirements.contains { $0.violation(by: conflict.head?.metadata) != nil }
    }

    /// The answer of a catalog that provably made nothing and will not, whatever the tables are by then.
    fileprivate var refusal: NilusError? { error.flatMap { $0.code == .sinkRefused ? $0 : nil } }
}
