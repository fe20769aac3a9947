import JSON
import Loading
import NilusCore
import Testing

@testable import IcebergCatalog

/// Reads a JSON text; the texts of tests are correct.
func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: text.utf8) }

struct `The URLs of a REST catalog` {
    private func routes(_ settings: String) throws -> RESTRoutes {
        try RESTRoutes(base: "http://c:8181/api", try RESTServerSettings(try json(settings)))
    }

    @Test func `hold the prefix that the catalog names`() throws {
        let routes = try routes(#"{"defaults": {}, "overrides": {"prefix": "catalogs/1"}}"#)
        let table = TableName(namespace: ["a b", "c/d"], name: "é")

        #expect(routes.namespaces == "http://c:8181/api/v1/catalogs/1/namespaces")
        #expect(
            try routes.table(table) == "http://c:8181/api/v1/catalogs/1/namespaces/a%20b%1Fc%2Fd/tables/%C3%A9")
        #expect(routes.transactions == "http://c:8181/api/v1/catalogs/1/transactions/commit")
    }

    @Test func `hold none where it names none`() throws {
        #expect(try routes("{}").namespace(["a"]) == "http://c:8181/api/v1/namespaces/a")
        #expect(
            RESTRoutes.settings(base: "http://c", warehouse: "s3://w/x y")
                == "http://c/v1/config?warehouse=s3%3A%2F%2Fw%2Fx%20y")
        #expect(RESTRoutes.settings(base: "http://c", warehouse: nil) == "http://c/v1/config")
    }

    @Test(arguments: [(".", "."), ("%2E", "%2E"), ("\u{1F}", "%1F")])
    func `separate levels as the catalog asks`(_ written: String, _ used: String) throws {
        var settings = JSONObject()
        settings["overrides"] = ["namespace-separator": .string(written)]

        let routes = try RESTRoutes(base: "http://c", try RESTServerSettings(.object(settings)))

        #expect(try routes.namespace(["a", "b"]) == "http://c/v1/namespaces/a\(used)b")
    }

    @Test(arguments: ["", ".", "..", "a\u{1F}b", "a\nb"])
    func `refuse names that mean something else in a URL`(_ name: String) throws {
        let routes = try routes("{}")

        #expect(throws: NilusError.self) { try routes.namespace(["a", name]) }
        #expect(throws: NilusError.self) { try routes.table(TableName(namespace: ["a"], name: name)) }
    }

    @Test func `refuse a prefix that would leave the path`() throws {
        #expect(throws: RESTDocumentFault("setting 'prefix' holds characters that no URL can have")) {
            try routes(#"{"overrides": {"prefix": "a?b"}}"#)
        }
    }
}

struct `The settings of a REST catalog` {
    @Test func `rank: what it insists on, what the client wants, what it proposes`() throws {
        let settings = try RESTServerSettings(
            try json(#"{"defaults": {"a": "1", "b": "1", "c": "1"}, "overrides": {"a": "3"}}"#))

        #expect(settings.setting("a", wanted: "2") == "3")
        #expect(settings.setting("b", wanted: "2") == "2")
        #expect(settings.setting("c") == "1")
        #expect(settings.setting("d") == nil)
    }

    @Test func `offer only the operations that they list`() throws {
        let listed = try RESTServerSettings(try json(#"{"endpoints": ["POST /v1/{prefix}/transactions/commit"]}"#))
        let silent = try RESTServerSettings(try json("{}"))

        #expect(listed.offers(.commitTransaction))
        #expect(!listed.offers(.loadCredentials))
        #expect(!silent.offers(.commitTransaction))
    }

    @Test(arguments: ["[]", "1", #"{"defaults": []}"#, #"{"overrides": "x"}"#])
    func `are refused in another form`(_ text: String) throws {
        #expect(throws: RESTDocumentFault.self) { try RESTServerSettings(try json(text)) }
    }
}

struct `A refusal by a REST catalog` {
    private func refusal(_ status: Int, _ body: String) -> RESTRefusal {
        RESTRefusal(status: status, body: GrowableBytes(body.utf8))
    }

    @Test func `is told with its type and its message`() {
        let refusal = refusal(
            404, #"{"error": {"message": "Table does not exist: t", "type": "NoSuchTableException", "code": 404}}"#)

        #expect(refusal.description == "404 NoSuchTableException (Table does not exist: t)")
        #expect(refusal.isOfCatalog)
    }

    @Test func `of a token server is told too`() {
        #expect(
            refusal(401, #"{"error": "invalid_client", "error_description": "unknown client"}"#).description
                == "401 invalid_client (unknown client)")
    }

    @Test(arguments: ["<html>gone</html>", "", "{", "[]", #"{"error": 7}"#, String(repeating: "x", count: 70_000)])
    func `is told by its status where nobody explains it`(_ body: String) {
        #expect(refusal(502, body).description == "502")
        #expect(!refusal(502, body).isOfCatalog)
    }

    @Test func `is cut, and shows no credential`() {
        let long = String(repeating: "word ", count: 200)
        let refusal = refusal(400, #"{"error": {"message": "sk_live_abc is no key \#(long)", "type": "T"}}"#)

        let words = String(repeating: "word ", count: 55)
        #expect(refusal.description == "400 T (<redacted> is no key \(words)wor)")
    }
}

struct `The token of a client` {
    private let secret = Redacted(SecretBytes("t"))

    private func number(_ action: TokenState.Action) -> Int? {
        if case .use(let token) = action { token.number } else { nil }
    }

    @Test func `is fetched before the first request and used until a tenth of its life is left`() {
        var state = TokenState()
        #expect(number(state.action(at: .seconds(1))) == nil)

        let token = state.received(secret, lifetime: .seconds(1_000), at: .seconds(10))

        #expect(number(state.action(at: .seconds(909))) == token.number)
        #expect(number(state.action(at: .seconds(910))) == nil)
    }

    @Test func `is renewed five minutes before its end when it lives long`() {
        var state = TokenState()
        _ = state.received(secret, lifetime: .seconds(86_400), at: .zero)

        #expect(number(state.action(at: .seconds(86_099))) == 1)
        #expect(number(state.action(at: .seconds(86_100))) == nil)
    }

    @Test(arguments: [nil, Duration.zero, .seconds(-1)])
    func `without a life is used until it is refused`(_ lifetime: Duration?) {
        var state = TokenState()
        _ = state.received(secret, lifetime: lifetime, at: .zero)
        #expect(number(state.action(at: .seconds(1_000_000))) == 1)

        state.refused(number: 1)

        #expect(number(state.action(at: .seconds(1_000_000))) == nil)
    }

    @Test func `stays when an older one is refused late`() {
        var state = TokenState()
        _ = state.received(secret, lifetime: nil, at: .zero)
        state.refused(number: 1)
        _ = state.received(secret, lifetime: nil, at: .zero)

        state.refused(number: 1)

        #expect(number(state.action(at: .zero)) == 2)
    }

    @Test func `is read with its life`() throws {
        let answer = try TokenAnswer(try json(#"{"access_token": "abc", "expires_in": 3600}"#))

        #expect(answer.token == Redacted(SecretBytes("abc")))
        #expect(answer.lifetime == .seconds(3_600))
    }

    @Test(arguments: [
        "{}", #"{"access_token": ""}"#, #"{"access_token": "a b"}"#, #"{"access_token": "a\r\nX: y"}"#,
        #"{"access_token": 5}"#,
    ])
    func `is refused where it could not stand in a header line`(_ text: String) throws {
        #expect(throws: RESTDocumentFault("member 'access_token' is missing or no token")) {
            try TokenAnswer(try json(text))
        }
    }

    @Test func `is asked for with an encoded form`() {
        let client = RESTClientCredentials(
            id: "a&b", secret: Redacted(SecretBytes("p=%+ü")), scope: "PRINCIPAL_ROLE:ALL", tokenURL: "http://c/t")

        let form = client.form.expose().withBytes { String(decoding: $0, as: UTF8.self) }

        #expect(
            form == "grant_type=client_credentials&scope=PRINCIPAL_ROLE%3AALL&client_id=a%26b"
                + "&client_secret=p%3D%25%2B%C3%BC")
        #expect("\(client)".contains("<redacted>"))
        #expect(!"\(client)".contains("p=%"))
    }
}

struct `The storage of a table` {
    private func storage(_ text: String) throws -> TableStorage { try TableStorage(try json(text)) }

    private func keys(_ storage: TableStorage, _ location: String) -> String? {
        storage.settings(for: location)["s3.access-key-id"]?.expose()
    }

    @Test func `is reached with the credentials of the longest prefix`() throws {
        let storage = try storage(
            """
            {"config": {"s3.access-key-id": "general", "s3.region": "r"}, "storage-credentials": [
              {"prefix": "s3://lake/sales", "config": {"s3.access-key-id": "sales"}},
              {"prefix": "s3://lake/sales/charges", "config": {"s3.access-key-id": "charges"}},
              {"prefix": "s3", "config": {"s3.access-key-id": "any"}}]}
            """)

        #expect(keys(storage, "s3://lake/sales/charges/data/a") == "charges")
        #expect(keys(storage, "s3://lake/sales/refunds/data/a") == "sales")
        #expect(keys(storage, "s3://other/a") == "any")
        #expect(keys(storage, "gs://lake/a") == "general")
        #expect(storage.settings(for: "s3://lake/sales/charges")["s3.region"]?.expose() == "r")
        #expect(storage.lendsCredentials)
    }

    @Test func `is not lent by settings alone`() throws {
        let storage = try storage(#"{"config": {"s3.endpoint": "http://e", "s3.region": "r"}}"#)

        #expect(!storage.lendsCredentials)
        #expect(storage.expiry(for: "s3://a") == nil)
        #expect(try self.storage("{}") == .unsaid)
    }

    @Test(arguments: [
        "s3.session-token-expires-at-ms", "gcs.oauth2.token-expires-at", "adls.sas-token-expires-at-ms.account",
    ])
    func `ends when the catalog says`(_ name: String) throws {
        let storage = try storage(
            #"{"storage-credentials": [{"prefix": "x", "config": {"\#(name)": "1700000000000", "a": "1"}}]}"#)

        #expect(storage.expiry(for: "x://a") == Timestamp(microseconds: 1_700_000_000_000_000))
        #expect(storage.expiry(for: "y://a") == nil)
    }

    @Test func `prints no credential`() throws {
        let storage = try storage(#"{"config": {"s3.secret-access-key": "hush"}}"#)

        #expect(!"\(storage)".contains("hush"))
    }

    @Test func `is refused without the prefix of a grant`() throws {
        #expect(throws: RESTDocumentFault("an item of 'storage-credentials' has no 'prefix'")) {
            try storage(#"{"storage-credentials": [{"config": {}}]}"#)
        }
    }
}
