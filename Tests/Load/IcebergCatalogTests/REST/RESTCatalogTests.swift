import Iceberg
import IcebergCatalog
import JSON
import Loading
import LoopbackServer
import NilusCore
import Synchronization
import Testing

struct `A REST catalog` {
    private let charges = CatalogService.charges

    @Test func `repeats what may be done twice while the catalog is out of order`() async throws {
        let loaded = try CatalogService.body(snapshots: [1])
        let service = try CatalogService { number, _ in number < 3 ? .http(503) : .http(200, body: loaded) }

        let table = try await (try await service.open()).load(charges)

        #expect(table?.metadata.currentSnapshot?.id == 1)
        #expect(service.pauses == [500, 1_000, 2_000].map { .milliseconds($0) })
    }

    @Test func `gives up on a catalog that stays out of order`() async throws {
        let service = try CatalogService { _, _ in CatalogService.refusal(500, "InternalServerError", "oops") }
        let catalog = try await service.open()

        let error = await #expect(throws: NilusError.self) { try await catalog.load(charges) }

        #expect(error?.code == .sinkUnavailable)
        #expect(
            error?.message == "cannot load table 'sales.charges': the catalog at '\(service.base)' answered "
                + "500 InternalServerError (oops); run again later")
        #expect(service.requests.count == 5)
    }

    @Test func `has no table where the catalog says so, and asks on where a proxy says so`() async throws {
        let missing = try CatalogService { _, _ in
            CatalogService.refusal(404, "NoSuchTableException", "Table does not exist: charges")
        }
        let proxy = try CatalogService { _, _ in .http(404, body: "<html>not here</html>") }
        let misled = try await proxy.open()

        #expect(try await missing.open().load(charges) == nil)
        let error = await #expect(throws: NilusError.self) { try await misled.load(charges) }

        #expect(error?.code == .sinkRefused)
        #expect(error?.message.hasSuffix("answered 404; expected an Iceberg REST catalog there") == true)
    }

    @Test(arguments: ["<html>", "[]", #"{"defaults": 1}"#, #"{"overrides": {"prefix": "a b"}}"#])
    func `is refused where something else answers`(_ settings: String) async throws {
        let service = try CatalogService(settings: settings) { _, _ in .http(404) }

        let error = await #expect(throws: NilusError.self) { try await service.open() }

        #expect(error?.code == .sinkRefused)
        #expect(
            error?.message.hasPrefix("cannot open the catalog: the answer of '\(service.base)' is not as expected")
                == true)
    }

    @Test(arguments: [
        "{}", #"{"metadata": {}}"#, #"{"metadata-location": "m", "metadata": {"format-version": 9}}"#,
    ])
    func `refuses a table that is none`(_ body: String) async throws {
        let service = try CatalogService { _, _ in .http(200, body: body) }
        let catalog = try await service.open()

        let error = await #expect(throws: NilusError.self) { try await catalog.load(charges) }

        #expect(error?.code == .sinkRefused)
    }

    @Test func `lists tables page by page`() async throws {
        let service = try CatalogService { _, request in
            request.line.contains("pageToken=p%2F2")
                ? .http(
                    200, body: #"{"identifiers": [{"namespace": ["sales"], "name": "b"}], "next-page-token": null}"#)
                : .http(
                    200, body: #"{"identifiers": [{"namespace": ["sales"], "name": "a"}], "next-page-token": "p/2"}"#)
        }

        let tables = try await (try await service.open()).tables(in: ["sales"])

        #expect(tables.map(\.name) == ["a", "b"])
    }

    @Test func `makes the namespaces around one, and leaves alone those that are there`() async throws {
        let service = try CatalogService { _, request in
            switch request.line {
            case "GET /v1/namespaces/a": .http(200, body: #"{"namespace": ["a"]}"#)
            case "POST /v1/namespaces": .http(409, body: "")
            default: CatalogService.refusal(404, "NoSuchNamespaceException", "none")
            }
        }

        try await (try await service.open()).createNamespace(["a", "b", "c"])

        let made = service.requests.filter { $0.line.hasPrefix("POST") }.map(\.body)
        #expect(
            made == [
                #"{"namespace":["a","b"],"properties":{}}"#, #"{"namespace":["a","b","c"],"properties":{}}"#,
            ])
    }

    @Test func `has a conflict when a table is made while it is staged`() async throws {
        let loaded = try CatalogService.body(snapshots: [1])
        let service = try CatalogService { _, request in
            request.line.hasPrefix("POST")
                ? CatalogService.refusal(409, "AlreadyExistsException", "exists") : .http(200, body: loaded)
        }
        let catalog = try await service.open()

        let error = await #expect(throws: NilusError.self) {
            try await catalog.stage(charges, TableDraft(schema: IcebergSchema(creating: CatalogUnderTest.columns)))
        }

        #expect(error?.code == .commitConflict)
        #expect((error?.cause as? CommitConflict)?.head?.metadata.currentSnapshot?.id == 1)
    }
}

struct `Credentials lent by a REST catalog` {
    private let charges = CatalogService.charges

    private static func body(_ key: String) throws -> String {
        try CatalogService.body(
            snapshots: [1],
            more: [
                "config": ["s3.region": "r"],
                "storage-credentials": [["prefix": "s3://lake", "config": ["s3.access-key-id": .string(key)]]],
            ])
    }

    private func key(_ storage: TableStorage?) -> String? {
        storage?.settings(for: "s3://lake/sales/charges/data/a")["s3.access-key-id"]?.expose()
    }

    @Test func `are asked for, and come with the table`() async throws {
        let body = try Self.body("lent")
        let service = try CatalogService { _, _ in .http(200, body: body) }

        let table = try await (try await service.open(wantsCredentials: true)).load(charges)

        #expect(key(table?.storage) == "lent")
        #expect(service.requests.first?.header("X-Iceberg-Access-Delegation") == "vended-credentials")
    }

    @Test func `are not asked for by a job that has its own`() async throws {
        let body = try Self.body("lent")
        let service = try CatalogService { _, _ in .http(200, body: body) }

        _ = try await (try await service.open()).load(charges)

        #expect(service.requests.first?.header("X-Iceberg-Access-Delegation") == nil)
    }

    @Test func `are renewed where the catalog has an address for that`() async throws {
        let body = try Self.body("old")
        let operation = "GET /v1/{prefix}/namespaces/{namespace}/tables/{table}/credentials"
        let service = try CatalogService(settings: #"{"endpoints": ["\#(operation)"]}"#) { _, request in
            request.line.hasSuffix("/charges/credentials")
                ? .http(
                    200,
                    body: #"{"storage-credentials": [{"prefix": "s3://lake", "config": {"s3.access-key-id": "new"}}]}"#)
                : .http(200, body: body)
        }
        let catalog = try await service.open(wantsCredentials: true)
        let table = try #require(try await catalog.load(charges))

        let storage = try await catalog.storage(of: table)

        #expect(key(table.storage) == "old")
        #expect(key(storage) == "new")
        #expect(storage.settings["s3.region"]?.expose() == "r")
    }

    @Test func `are renewed by loading the table again elsewhere`() async throws {
        let (old, new) = (try Self.body("old"), try Self.body("new"))
        let service = try CatalogService { number, _ in .http(200, body: number == 0 ? old : new) }
        let catalog = try await service.open(wantsCredentials: true)
        let table = try #require(try await catalog.load(charges))

        #expect(key(try await catalog.storage(of: table)) == "new")
    }

    @Test func `of a table that does not exist yet are renewed by staging it again`() async throws {
        let (old, new) = (try Self.body("old"), try Self.body("new"))
        let service = try CatalogService { number, request in
            request.line.hasPrefix("GET")
                ? CatalogService.refusal(404, "NoSuchTableException", "none")
                : .http(200, body: number == 0 ? old : new)
        }
        let (catalog, table) = try await staged(service)

        #expect(table.isStaged)
        #expect(key(try await catalog.storage(of: table)) == "new")
    }

    @Test func `of a table that exists by now are renewed by loading it`() async throws {
        let (old, new) = (try Self.body("old"), try Self.body("new"))
        let service = try CatalogService { _, request in .http(200, body: request.line.hasPrefix("GET") ? new : old) }
        let (catalog, table) = try await staged(service)

        #expect(key(try await catalog.storage(of: table)) == "new")
    }

    private func staged(_ service: CatalogService) async throws -> (RESTCatalog, CatalogTable) {
        let catalog = try await service.open(wantsCredentials: true)
        let table = try await catalog.stage(
            charges, TableDraft(schema: IcebergSchema(creating: CatalogUnderTest.columns)))
        return (catalog, table)
    }
}

struct `The identity of the job before a REST catalog` {
    private let charges = CatalogService.charges
    private static let forbidden = CatalogService.refusal(401, "NotAuthorizedException", "expired")

    private func client(_ service: CatalogService) -> RESTAuthentication {
        .client(
            RESTClientCredentials(
                id: "me", secret: Redacted(SecretBytes("hush")),
                tokenURL: RESTClientCredentials.tokenURL(ofCatalogAt: service.base)))
    }

    /// A service that hands out tokens `t1`, `t2`, … and refuses all but the last.
    private func service(lifetime: Int = 3_600, refusing: Set<String> = []) throws -> CatalogService {
        let count = Mutex(0)
        return try CatalogService { _, request in
            if request.line == "POST /v1/oauth/tokens" {
                let number = count.withLock { count in
                    count += 1
                    return count
                }
                return .http(200, body: #"{"access_token": "t\#(number)", "expires_in": \#(lifetime)}"#)
            }
            return refusing.contains(request.header("authorization") ?? "")
                ? Self.forbidden : CatalogService.refusal(404, "NoSuchTableException", "none")
        }
    }

    private func tokens(_ service: CatalogService) -> [String?] {
        service.requests.filter { $0.line.hasPrefix("GET") }.map { $0.header("authorization") }
    }

    @Test func `may be a token`() async throws {
        let service = try CatalogService { _, _ in CatalogService.refusal(404, "NoSuchTableException", "none") }

        _ = try await (try await service.open(.bearer(Redacted(SecretBytes("abc"))))).load(charges)

        #expect(tokens(service) == ["Bearer abc"])
        #expect(service.settingsRequests.first?.header("authorization") == "Bearer abc")
    }

    @Test func `may be the key of the platform`() async throws {
        let service = try CatalogService { _, _ in CatalogService.refusal(404, "NoSuchTableException", "none") }

        _ = try await (try await service.open(.apiKey(Redacted(SecretBytes("abc"))))).load(charges)

        #expect(service.requests.first?.header("apikey") == "abc")
        #expect(service.requests.first?.header("authorization") == nil)
        #expect(service.settingsRequests.first?.header("apikey") == "abc")
    }

    @Test func `may be a client, for which one token is fetched`() async throws {
        let service = try service()

        let catalog = try await service.open(client(service))
        _ = try await catalog.load(charges)

        #expect(tokens(service) == ["Bearer t1"])
        let forms = service.requests.filter { $0.line.hasPrefix("POST") }
        #expect(forms.count == 1)
        #expect(forms.first?.header("content-type") == "application/x-www-form-urlencoded")
        #expect(forms.first?.body == "grant_type=client_credentials&scope=catalog&client_id=me&client_secret=hush")
    }

    @Test func `is renewed before the token ends`() async throws {
        let service = try service(lifetime: 100)
        let catalog = try await service.open(client(service))

        _ = try await catalog.load(charges)
        service.pass(.seconds(91))
        _ = try await catalog.load(charges)

        #expect(tokens(service) == ["Bearer t1", "Bearer t2"])
    }

    @Test func `is renewed when the catalog does not take the token any more`() async throws {
        let service = try service(refusing: ["Bearer t1"])

        let catalog = try await service.open(client(service))

        #expect(try await catalog.load(charges) == nil)
        #expect(tokens(service) == ["Bearer t1", "Bearer t2"])
    }

    @Test func `is renewed once and no more`() async throws {
        let service = try service(refusing: ["Bearer t1", "Bearer t2", "Bearer t3"])
        let catalog = try await service.open(client(service))

        let error = await #expect(throws: NilusError.self) { try await catalog.load(charges) }

        #expect(error?.code == .sinkRefused)
        #expect(
            error?.message == "cannot load table 'sales.charges': the catalog at '\(service.base)' answered "
                + "401 NotAuthorizedException (expired); check the token or credential of the catalog")
        #expect(tokens(service) == ["Bearer t1", "Bearer t2"])
    }

    @Test func `is fetched once for many who wait`() async throws {
        let service = try service()
        let catalog = try await service.open(client(service))

        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { _ = try await catalog.load(CatalogService.charges) } }
            try await group.waitForAll()
        }

        #expect(service.requests.filter { $0.line.hasPrefix("POST") }.count == 1)
        #expect(tokens(service).count == 8)
    }

    @Test func `that is refused is told without the password`() async throws {
        let service = try CatalogService { _, _ in
            .http(401, body: #"{"error": "invalid_client", "error_description": "Invalid client credentials"}"#)
        }

        let error = await #expect(throws: NilusError.self) {
            try await (try await service.open(client(service))).load(charges)
        }

        #expect(error?.code == .sinkRefused)
        #expect(
            error?.message == "cannot fetch a token: '\(service.base)' answered 401 invalid_client "
                + "(Invalid client credentials); check the client's name and password in 'credential'")
        #expect(error?.tree.contains("hush") == false)
    }

    @Test func `does not travel to where a redirection points`() async throws {
        let elsewhere = try CatalogService { _, _ in .http(200) }
        let service = try CatalogService { _, _ in .http(307, ["Location: \(elsewhere.base)/v1/x"]) }
        let catalog = try await service.open(.bearer(Redacted(SecretBytes("abc"))))

        let error = await #expect(throws: NilusError.self) { try await catalog.load(charges) }

        #expect(error?.code == .sinkRefused)
        #expect(elsewhere.requests.isEmpty)
    }
}
