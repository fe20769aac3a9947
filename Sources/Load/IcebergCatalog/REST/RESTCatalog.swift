package import HTTPTransport
import Iceberg
import JSON
package import Loading
package import NilusCore
import RequestSigning

/// A catalog that is a service: it keeps the metadata files itself and answers over HTTP.
///
/// - SeeAlso: apache/iceberg, `open-api/rest-catalog-open-api.yaml`.
package struct RESTCatalog: Catalog {
    let session: RESTSession
    let routes: RESTRoutes
    let settings: RESTServerSettings
    let wantsCredentials: Bool

    /// More tables than so many pages hold are not listed.
    private static let mostPages = 1_000

    /// Opens a catalog: asks it what it is like, and how its URLs are made.
    ///
    /// - Throws: `sinkRefused` (terminal) when there is no Iceberg catalog, or it does not know the job;
    ///   `sinkUnavailable` (transient).
    package static func open(
        _ connection: RESTConnection, http: HTTPClient, time: TimeSource
    ) async throws -> RESTCatalog {
        let session = RESTSession(
            connection.authentication, timeout: connection.timeout, http: http, time: time)
        let url = RESTRoutes.settings(base: connection.base, warehouse: connection.warehouse)
        let work = RESTWork("open the catalog", at: url)
        let document = try await session.document(for: RESTRequest(.get, url), work)
        do throws(RESTDocumentFault) {
            let settings = try RESTServerSettings(document)
            return RESTCatalog(
                session: session, routes: try RESTRoutes(base: connection.base, settings), settings: settings,
                wantsCredentials: connection.wantsCredentials)
        } catch {
            throw NilusError.answerUnusable(work, error)
        }
    }

    package func hasNamespace(_ namespace: [String]) async throws -> Bool {
        let request = RESTRequest(.get, try routes.namespace(namespace))
        return try await session.documentIfFound(for: request, work("look for namespace", namespace)) != nil
    }

    /// Makes a namespace and those around it; does nothing when they are there.
    package func createNamespace(_ namespace: [String]) async throws {
        if try await hasNamespace(namespace) { return }
        for count in 1...max(1, namespace.count) {
            let levels = Array(namespace.prefix(count))
            if count < namespace.count, try await hasNamespace(levels) { continue }
            let work = work("create namespace", levels)
            let request = RESTRequest(.post, routes.namespaces, body: RESTDocuments.creation(ofNamespace: levels))
            let response = try await session.answer(to: request, work)
            // Another writer may have made it meanwhile.
            guard response.isSuccess || response.status == 409 else { throw NilusError.catalogRefused(work, response) }
        }
    }

    package func tables(in namespace: [String]) async throws -> [TableName] {
        let url = try routes.tables(in: namespace)
        let work = work("list namespace", namespace)
        var names: [String] = []
        var next: String?
        for _ in 0..<Self.mostPages {
            let request = RESTRequest(.get, url + (next.map { "?pageToken=\(URIEncoding.encoded($0))" } ?? ""))
            guard let document = try await session.documentIfFound(for: request, work) else { break }
            let page = try work.reading { () throws(RESTDocumentFault) in try TablePage(document) }
            names += page.names
            next = page.next
            if next == nil { break }
        }
        return names.map { TableName(namespace: namespace, name: $0) }
    }

    package func load(_ table: TableName) async throws -> CatalogTable? {
        let work = RESTWork("load table '\(table)'", at: routes.base)
        let request = RESTRequest(.get, try routes.table(table), headers: delegation)
        guard let document = try await session.documentIfFound(for: request, work) else { return nil }
        let answer = try work.reading { try TableAnswer(document, table: table) }
        guard let location = answer.location else {
            throw NilusError.answerUnusable(work, RESTDocumentFault("member 'metadata-location' is missing"))
        }
        return CatalogTable(
            identifier: table, metadata: answer.metadata, metadataLocation: location, storage: answer.storage)
    }

    package func stage(_ table: TableName, _ draft: TableDraft) async throws -> CatalogTable {
        let work = RESTWork("create table '\(table)'", at: routes.base)
        let request = RESTRequest(
            .post, try routes.tables(in: table.namespace),
            body: RESTDocuments.staging(table.name, draft), headers: delegation)
        let response = try await session.answer(to: request, work)
        if response.status == 409 {
            throw NilusError.commitConflict(table, "the table exists", head: try await load(table))
        }
        guard response.isSuccess else {
            let refusal = RESTRefusal(status: response.status, body: response.body)
            var error = NilusError.catalogRefused(work, refusal)
            if refusal.isNamespaceMissing { error.cause = NamespaceMissing() }
            throw error
        }
        let answer = try work.reading { try TableAnswer(try response.document(), table: table) }
        return CatalogTable(
            identifier: table, metadata: answer.metadata, metadataLocation: nil, storage: answer.storage)
    }

    /// What the catalog says now about reaching a table's files, with credentials that last again.
    package func storage(of table: CatalogTable) async throws -> TableStorage {
        if table.isStaged {
            // It may exist by now.
            if let made = try await load(table.identifier) {
                return made.metadata.location == table.metadata.location ? made.storage : table.storage
            }
            let again = try await stage(table.identifier, TableDraft(schema: table.metadata.currentSchema))
            guard again.metadata.location == table.metadata.location else { return table.storage }
            return again.storage
        }
        if settings.offers(.loadCredentials) {
            let work = RESTWork("renew the credentials of table '\(table.identifier)'", at: routes.base)
            let request = RESTRequest(.get, try routes.credentials(of: table.identifier), headers: delegation)
            let document = try await session.document(for: request, work)
            let fresh = try work.reading { () throws(RESTDocumentFault) in try TableStorage(document) }
            return TableStorage(settings: table.storage.settings, grants: fresh.grants)
        }
        return try await load(table.identifier)?.storage ?? table.storage
    }

    /// Asks for credentials to the storage.
    private var delegation: [HTTPHeader] {
        wantsCredentials ? [HTTPHeader("X-Iceberg-Access-Delegation", "vended-credentials")] : []
    }

    private func work(_ verb: String, _ namespace: [String]) -> RESTWork {
        RESTWork("\(verb) '\(namespace.joined(separator: "."))'", at: routes.base)
    }
}

extension RESTWork {
    /// Names what was being done when an answer cannot be read.
    func reading<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let fault as RESTDocumentFault {
            throw NilusError.answerUnusable(self, fault)
        }
    }
}

extension RESTSession {
    /// Sends a request; a refusal is an answer too.
    func answer(to request: RESTRequest, _ work: RESTWork) async throws -> HTTPResponse {
        do { return try await answer(to: request) } catch let failure as HTTPFailure {
            throw NilusError.catalogUnreachable(work, failure)
        }
    }

    /// The JSON that answers a request; a refusal is an error.
    func document(for request: RESTRequest, _ work: RESTWork) async throws -> JSONValue {
        let response = try await answer(to: request, work)
        guard response.isSuccess else { throw NilusError.catalogRefused(work, response) }
        return try work.reading { () throws(RESTDocumentFault) in try response.document() }
    }

    /// The same; `nil` when a catalog says that there is no such thing.
    func documentIfFound(for request: RESTRequest, _ work: RESTWork) async throws -> JSONValue? {
        let response = try await answer(to: request, work)
        if response.status == 404, RESTRefusal(status: 404, body: response.body).isOfCatalog { return nil }
        guard response.isSuccess else { throw NilusError.catalogRefused(work, response) }
        return try work.reading { () throws(RESTDocumentFault) in try response.document() }
    }
}

extension NilusError {
    static func catalogRefused(_ work: RESTWork, _ response: HTTPResponse) -> NilusError {
        catalogRefused(work, RESTRefusal(status: response.status, body: response.body))
    }
}
