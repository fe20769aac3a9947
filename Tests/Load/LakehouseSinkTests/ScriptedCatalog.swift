import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import Synchronization

/// A catalog whose commits go as a script says, one step each; after the script they go well.
final class ScriptedCatalog: Catalog {
    enum Step: Sendable {
        /// The change is made and answered.
        case answer
        /// The change is made and the answer is lost.
        case loseAnswer
        /// The change is made, the answer is lost, and something happens before anyone looks.
        case loseAnswerBefore(@Sendable () async throws -> Void)
        /// The change never arrives, and nobody knows.
        case loseRequest
        /// The catalog says that it was not ready.
        case unavailable
        /// Something happens before the change arrives.
        case after(@Sendable () async throws -> Void)
        /// The catalog refuses for good.
        case refuse
        /// A conflict without the state that won.
        case conflictUnread
    }

    private let catalog: any Catalog
    private let steps: Mutex<[Step]>
    private let sent = Mutex(0)
    /// What is answered when a table is loaded after the script began; `nil` to let it through.
    let failingLoads: Mutex<Int>
    /// What happens before the table to be staged is said to exist.
    private let stagings: Mutex<[@Sendable () async throws -> Void]>

    init(
        _ catalog: any Catalog, _ steps: [Step] = [], failingLoads: Int = 0,
        stagings: [@Sendable () async throws -> Void] = []
    ) {
        self.catalog = catalog
        self.steps = Mutex(steps)
        self.failingLoads = Mutex(failingLoads)
        self.stagings = Mutex(stagings)
    }

    /// How many tables are still to be said to exist.
    var stagingsLeft: Int { stagings.withLock { $0.count } }

    /// How often a change was sent.
    var commitCount: Int { sent.withLock { $0 } }

    func commit(_ change: TableChange, to table: CatalogTable) async throws -> CatalogTable {
        sent.withLock { $0 += 1 }
        switch steps.withLock({ $0.isEmpty ? .answer : $0.removeFirst() }) {
        case .answer: return try await catalog.commit(change, to: table)
        case .loseAnswer:
            _ = try await catalog.commit(change, to: table)
            throw Self.error(.commitUnknown)
        case .loseAnswerBefore(let event):
            _ = try await catalog.commit(change, to: table)
            try await event()
            throw Self.error(.commitUnknown)
        case .loseRequest: throw Self.error(.commitUnknown)
        case .refuse: throw Self.error(.sinkRefused)
        case .unavailable: throw Self.error(.sinkUnavailable)
        case .after(let event):
            try await event()
            return try await catalog.commit(change, to: table)
        case .conflictUnread: throw Self.error(.commitConflict)
        }
    }

    func load(_ table: TableName) async throws -> CatalogTable? {
        let fails =
            commitCount > 0
            && failingLoads.withLock { left in
                left -= 1
                return left >= 0
            }
        if fails { throw Self.error(.sinkUnavailable) }
        return try await catalog.load(table)
    }

    func hasNamespace(_ namespace: [String]) async throws -> Bool { try await catalog.hasNamespace(namespace) }

    func createNamespace(_ namespace: [String]) async throws { try await catalog.createNamespace(namespace) }

    func tables(in namespace: [String]) async throws -> [TableName] { try await catalog.tables(in: namespace) }

    func stage(_ table: TableName, _ draft: TableDraft) async throws -> CatalogTable {
        if let event = stagings.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
            try await event()
            throw Self.error(.commitConflict)
        }
        return try await catalog.stage(table, draft)
    }

    private static func error(_ code: ErrorCode) -> NilusError { NilusError(.load, code, "scripted") }
}
