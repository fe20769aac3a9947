import Iceberg
import IcebergCatalog
import JSON
import LoopbackServer
import NilusCore
import Testing

/// What a commit means for the table, by what the catalog answers.
struct `A commit to a REST catalog` {
    typealias Answer = LoopbackServer.Answer
    private let charges = CatalogService.charges

    /// A service where the table has snapshot 1, and that answers the commit of snapshot 2 in turn as told.
    private func service(
        afterwards ids: [Int64] = [1], _ answers: [Answer]
    ) throws -> CatalogService {
        let loaded = try CatalogService.body(snapshots: ids)
        return try CatalogService { number, request in
            request.line.hasPrefix("POST") ? answers[min(number, answers.count - 1)] : .http(200, body: loaded)
        }
    }

    private func commit(
        _ service: CatalogService, timeout: Duration = RESTConnection.standardTimeout
    ) async throws -> CatalogTable {
        let table = try CatalogService.table(snapshots: [1])
        let change = try CatalogService.change(adding: 2, to: table.metadata)
        return try await (try await service.open(timeout: timeout)).commit(change, to: table)
    }

    private func error(_ service: CatalogService) async throws -> NilusError {
        try #require(await #expect(throws: NilusError.self) { try await commit(service) })
    }

    @Test func `sends requirements and updates to the table`() async throws {
        let service = try service([.http(200, body: try CatalogService.body(snapshots: [1, 2]))])

        let after = try await commit(service)

        #expect(after.metadata.currentSnapshot?.id == 2)
        #expect(after.metadataLocation == "s3://lake/sales/charges/metadata/2.json")
        let request = try #require(service.requests.first)
        #expect(request.line == "POST /v1/namespaces/sales/tables/charges")
        #expect(request.header("content-type") == "application/json")
        let body = try JSONValue(parsing: request.body.utf8)
        #expect(body["identifier"] == ["namespace": ["sales"], "name": "charges"])
        #expect(body["requirements"] == [["type": "assert-ref-snapshot-id", "ref": "main", "snapshot-id": 1]])
        #expect(body["updates"]?.array?.map { $0["action"] } == ["add-snapshot", "set-snapshot-ref"])
    }

    @Test(arguments: [500, 502, 503, 504, 507, 408])
    func `is not known to be made or not after this status`(_ status: Int) async throws {
        let service = try service([CatalogService.refusal(status, "ServiceFailure", "out of order")])

        let error = try await error(service)

        #expect(error.code == .commitUnknown)
        #expect(error.disposition == .outcomeUnknown)
        #expect(
            error.tree == """
                cannot tell whether table 'sales.charges' was committed: the catalog failed during the commit; load the \
                table and look for the snapshot before anything else
                  stage: load
                  code: commitUnknown
                  caused by: \(status) ServiceFailure (out of order)
                """)
        #expect(service.requests.count == 1)
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"metadata\""])
    func `is not known to be made or not after half an answer`(_ text: String) async throws {
        let error = try await error(try service([.raw(text)]))

        #expect(error.code == .commitUnknown)
    }

    @Test func `is not known to be made or not when there is no answer in time, and is not sent again`() async throws {
        let service = try service([.silence])

        let error = await #expect(throws: NilusError.self) {
            try await commit(service, timeout: .milliseconds(500))
        }

        #expect(error?.code == .commitUnknown)
        #expect(error?.disposition == .outcomeUnknown)
        #expect(service.requests.count == 1)
    }

    @Test(arguments: ["", "{}", "{", #"{"metadata": {}}"#])
    func `is not known to be made or not when the answer cannot be read`(_ body: String) async throws {
        let error = try await error(try service([.http(200, body: body)]))

        #expect(error.code == .commitUnknown)
    }

    @Test(arguments: [
        (400, ""), (401, "; check the token or credential of the catalog"),
        (403, "; the catalog knows the job and does not let it do this"), (404, ""), (406, ""), (301, ""),
    ])
    func `is provably not made after this status`(_ status: Int, _ advice: String) async throws {
        let service = try service([CatalogService.refusal(status, "SomeException", "no")])

        let error = try await error(service)

        #expect(error.code == .sinkRefused)
        #expect(error.disposition == .terminal)
        #expect(
            error.message == "cannot commit table 'sales.charges': the catalog at '\(service.base)' answered "
                + "\(status) SomeException (no)\(advice)")
    }

    @Test func `that was too fast is sent again, a bounded number of times`() async throws {
        let service = try service([.http(429, ["Retry-After: 7"])])

        let error = try await error(service)

        #expect(error.code == .sinkUnavailable)
        #expect(service.requests.count == 5)
        #expect(service.pauses == [7, 7, 7, 7].map { .seconds($0) })
    }

    @Test func `that never left is sent again, and is provably not made`() async throws {
        let service = try service([.http(200)])
        let table = try CatalogService.table(snapshots: [1])
        let change = try CatalogService.change(adding: 2, to: table.metadata)
        let unreachable = try await service.open(asking: "http://127.0.0.1:1")

        let error = await #expect(throws: NilusError.self) { try await unreachable.commit(change, to: table) }

        #expect(error?.code == .sinkUnavailable)
        #expect(service.pauses == [500, 1_000, 2_000, 4_000].map { .milliseconds($0) })
    }

    @Test func `that came too late tells the new state`() async throws {
        let service = try service(
            afterwards: [1, 3], [CatalogService.refusal(409, "CommitFailedException", "stale")])

        let error = try await error(service)

        #expect(error.code == .commitConflict)
        #expect(
            error.message == "cannot commit table 'sales.charges': branch 'main' is at snapshot 3 instead of at "
                + "snapshot 1; another writer was faster, plan the commit on the new state")
        #expect((error.cause as? CommitConflict)?.head?.metadata.currentSnapshot?.id == 3)
    }

    @Test func `that conflicts with something unseen tells what the catalog says`() async throws {
        let service = try service([CatalogService.refusal(409, "CommitFailedException", "locked")])

        let error = try await error(service)

        #expect((error.cause as? CommitConflict)?.reason == "the catalog answered 409 CommitFailedException (locked)")
    }

    @Test func `that arrived twice is recognised as made`() async throws {
        let service = try service(
            afterwards: [1, 2], [CatalogService.refusal(409, "CommitFailedException", "stale")])

        #expect(try await commit(service).metadata.currentSnapshot?.id == 2)
    }

    @Test func `that arrived twice is recognised below the work of another`() async throws {
        let service = try service(
            afterwards: [1, 2, 3], [CatalogService.refusal(409, "CommitFailedException", "stale")])

        #expect(try await commit(service).metadata.currentSnapshot?.id == 3)
    }

    @Test func `that conflicts with a state nobody can read is not known to be made or not`() async throws {
        let service = try CatalogService { _, request in
            request.line.hasPrefix("POST")
                ? CatalogService.refusal(409, "CommitFailedException", "stale")
                : CatalogService.refusal(403, "ForbiddenException", "no")
        }

        #expect(try await error(service).code == .commitUnknown)
    }

    @Test func `is seen to its end when the run is asked to stop`() async throws {
        let service = try service([.http(200, body: try CatalogService.body(snapshots: [1, 2]))])
        let catalog = try await service.open()
        let table = try CatalogService.table(snapshots: [1])
        let change = try CatalogService.change(adding: 2, to: table.metadata)

        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await catalog.commit(change, to: table)
        }

        #expect(try await task.value.metadata.currentSnapshot?.id == 2)
    }
}

struct `A commit to several tables of a REST catalog` {
    private static let offering = #"{"endpoints": ["POST /v1/{prefix}/transactions/commit"]}"#

    private func commitments() throws -> [TableCommitment] {
        let table = try CatalogService.table(snapshots: [1])
        return [TableCommitment(try CatalogService.change(adding: 2, to: table.metadata), to: table)]
    }

    @Test func `is offered where the catalog lists it`() async throws {
        let with = try CatalogService(settings: Self.offering) { _, _ in .http(404) }
        let without = try CatalogService { _, _ in .http(404) }

        #expect(try await with.open().transactions != nil)
        #expect(try await without.open().transactions == nil)
    }

    @Test func `goes to the catalog in one request`() async throws {
        let loaded = try CatalogService.body(snapshots: [1, 2])
        let service = try CatalogService(settings: Self.offering) { _, request in
            request.line == "POST /v1/transactions/commit" ? .http(204) : .http(200, body: loaded)
        }

        let tables = try await service.open().commit(try commitments())

        #expect(try tables.map { try $0.get().metadata.currentSnapshot?.id } == [2])
        let body = try JSONValue(parsing: try #require(service.requests.first).body.utf8)
        #expect(body["table-changes"]?.array?.count == 1)
        #expect(body["table-changes"]?.array?.first?["identifier"] == ["namespace": ["sales"], "name": "charges"])
    }

    @Test(arguments: [(409, ErrorCode.commitConflict), (503, .commitUnknown), (400, .sinkRefused)])
    func `ends as one commit does`(_ status: Int, _ code: ErrorCode) async throws {
        let loaded = try CatalogService.body(snapshots: [1, 3])
        let service = try CatalogService(settings: Self.offering) { _, request in
            request.line.hasPrefix("POST") ? CatalogService.refusal(status, "T", "m") : .http(200, body: loaded)
        }
        let catalog = try await service.open()

        let outcomes = await catalog.commit(try commitments())

        #expect(outcomes.count == 1)
        let error = #expect(throws: NilusError.self) { try outcomes[0].get() }
        #expect(error?.code == code)
    }
}
