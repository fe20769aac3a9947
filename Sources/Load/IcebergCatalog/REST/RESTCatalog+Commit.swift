import HTTPTransport
package import Iceberg
import Loading
import NilusCore

/// Commits: the one kind of request whose outcome must be known.
extension RESTCatalog {
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
        let response = try await answer(to: request, [table.identifier], work)
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

    /// Whether several tables can be changed in one step.
    package var commitsTogether: Bool { settings.offers(.commitTransaction) }

    /// Makes changes to several tables in one step, if all requirements of all of them are met.
    ///
    /// - Precondition: ``commitsTogether``
    /// - Throws: as ``Catalog/commit(_:to:)``, for the first table that is in the way.
    /// - Returns: the tables after the change, in the same order.
    package func commit(_ changes: [TableCommitment]) async throws -> [CatalogTable] {
        let request = RESTRequest(
            .post, routes.transactions,
            body: RESTDocuments.transaction(changes.map { ($0.change, $0.table.identifier) }), repetition: .harmful)
        return try await Task { try await commit(request, changes) }.value
    }

    private func commit(_ request: RESTRequest, _ changes: [TableCommitment]) async throws -> [CatalogTable] {
        let names = changes.map(\.table.identifier)
        guard let first = names.first else { return [] }
        let list = names.map { "'\($0)'" }.joined(separator: ", ")
        let work = RESTWork("commit tables \(list) together", at: routes.base)
        let response = try await answer(to: request, names, work)
        switch CommitVerdict(status: response.status) {
        case .made:
            var tables: [CatalogTable] = []
            for name in names {
                guard let table = try? await load(name) else { throw NilusError.commitUnknown(name, cause: nil) }
                tables.append(table)
            }
            return tables
        case .conflict:
            var tables: [CatalogTable] = []
            for item in changes {
                tables.append(try await settle(item.change, item.table, RESTRefusal(response)))
            }
            return tables
        case .unknown: throw NilusError.commitUnknown(first, cause: RESTRefusal(response))
        case .refused: throw NilusError.catalogRefused(work, response)
        }
    }

    private func answer(
        to request: RESTRequest, _ tables: [TableName], _ work: RESTWork
    ) async throws -> HTTPResponse {
        do { return try await session.answer(to: request) } catch let failure as HTTPFailure {
            guard failure.mayHaveArrived, let table = tables.first else {
                throw NilusError.catalogUnreachable(work, failure)
            }
            throw NilusError.commitUnknown(table, cause: failure)
        }
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

/// A change and the table that it is planned on.
package struct TableCommitment: Sendable {
    package let change: TableChange
    package let table: CatalogTable

    /// A change to a table.
    package init(_ change: TableChange, to table: CatalogTable) {
        self.change = change
        self.table = table
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
