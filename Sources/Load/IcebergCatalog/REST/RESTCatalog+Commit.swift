import HTTPTransport
package import Iceberg
import Loading
import NilusCore

/// Commits: the one kind of request whose outcome must be known.
extension RESTCatalog: TransactionalCatalog {
    package func commit(_ change: TableChange, to table: CatalogTable) async throws -> CatalogTable {
        let request = RESTRequest(
            .post, try routes.table(table.identifier), body: RESTDocuments.commit(change, to: table.identifier),
            repetition: .harmful)
        // A commit that is under way is seen to its end: what became of it must be known before files go.
        return try await Task { try await commit(request, change, table) }.value
    }

    private func commit(
        _ request: RESTRequest, _ change: TableChange, _ table: CatalogTable
    ) async throws -> CatalogTable {
        let work = RESTWork("commit table '\(table.identifier)'", at: routes.base)
        let response: HTTPResponse
        do { response = try await session.answer(to: request) } catch {
            throw unanswered(error, table.identifier, work)
        }
        switch CommitVerdict(status: response.status) {
        case .made:
            let answer: TableAnswer
            do { answer = try TableAnswer(try response.document(), table: table.identifier) } catch {
                throw NilusError.commitUnknown(table.identifier, cause: error)
            }
            return CatalogTable(
                identifier: table.identifier, metadata: answer.metadata,
                metadataLocation: answer.location ?? table.metadataLocation, storage: table.storage)
        case .conflict: return try await settle(change, table, RESTRefusal(response))
        case .unknown: throw NilusError.commitUnknown(table.identifier, cause: RESTRefusal(response))
        case .refused: throw NilusError.catalogRefused(work, response)
        }
    }

    /// This catalog, where it says that it can.
    package var transactions: (any TransactionalCatalog)? { settings.offers(.commitTransaction) ? self : nil }

    package func commit(_ changes: [TableCommitment]) async -> [Result<CatalogTable, any Error>] {
        let request = RESTRequest(
            .post, routes.transactions,
            body: RESTDocuments.transaction(changes.map { ($0.change, $0.table.identifier) }), repetition: .harmful)
        return await Task { await commit(request, changes) }.value
    }

    private func commit(
        _ request: RESTRequest, _ changes: [TableCommitment]
    ) async -> [Result<CatalogTable, any Error>] {
        let names = changes.map { "'\($0.table.identifier)'" }.joined(separator: ", ")
        let work = RESTWork("commit tables \(names) together", at: routes.base)
        let response: HTTPResponse
        do { response = try await session.answer(to: request) } catch {
            return changes.map { .failure(unanswered(error, $0.table.identifier, work)) }
        }
        var outcomes: [Result<CatalogTable, any Error>] = []
        for change in changes {
            do { outcomes.append(.success(try await outcome(of: change, response, work))) } catch {
                outcomes.append(.failure(error))
            }
        }
        return outcomes
    }

    /// What the answer to a transaction, which tells of no table, means for one.
    private func outcome(
        of item: TableCommitment, _ response: HTTPResponse, _ work: RESTWork
    ) async throws -> CatalogTable {
        let table = item.table.identifier
        switch CommitVerdict(status: response.status) {
        case .made:
            do { if let made = try await load(table) { return made } } catch {
                throw NilusError.commitUnknown(table, cause: error)
            }
            throw NilusError.commitUnknown(table, cause: nil)
        case .conflict: return try await settle(item.change, item.table, RESTRefusal(response))
        case .unknown: throw NilusError.commitUnknown(table, cause: RESTRefusal(response))
        case .refused: throw NilusError.catalogRefused(work, response)
        }
    }

    private func unanswered(_ error: any Error, _ table: TableName, _ work: RESTWork) -> any Error {
        guard let failure = error as? HTTPFailure else { return error }
        return failure.mayHaveArrived
            ? NilusError.commitUnknown(table, cause: failure) : NilusError.catalogUnreachable(work, failure)
    }

    /// Finds out what a conflict means.
    ///
    /// A request may reach the catalog twice, when a connection breaks after it was sent: then the second one
    /// meets the work of the first, and the snapshot is there.
    private func settle(
        _ change: TableChange, _ table: CatalogTable, _ refusal: RESTRefusal
    ) async throws -> CatalogTable {
        let head: CatalogTable?
        do { head = try await load(table.identifier) } catch {
            throw NilusError.commitUnknown(table.identifier, cause: error)
        }
        if let head, let id = change.addedSnapshotID, head.metadata.snapshot(withID: id) != nil { return head }
        let violation = change.requirements.lazy.compactMap { $0.violation(by: head?.metadata) }.first
        throw NilusError.commitConflict(table.identifier, violation ?? "the catalog answered \(refusal)", head: head)
    }
}

/// What the status of an answer says about a commit.
enum CommitVerdict: Equatable {
    case made
    /// Provably not made, because something was otherwise than required.
    case conflict
    /// Provably not made, and not to be tried again as it is.
    case refused
    case unknown

    init(status: Int) {
        self =
            switch status {
            case 200..<300: .made
            case 409: .conflict
            // A proxy that gave up waiting, for us or for the catalog.
            case 408, 500...: .unknown
            default: .refused
            }
    }
}

extension TableChange {
    /// The snapshot that the change adds; `nil` when it adds none.
    fileprivate var addedSnapshotID: Int64? {
        updates.lazy.compactMap { if case .addSnapshot(let snapshot) = $0 { snapshot.id } else { nil } }.first
    }
}

extension RESTRefusal {
    fileprivate init(_ response: HTTPResponse) {
        self.init(status: response.status, body: response.body)
    }
}
