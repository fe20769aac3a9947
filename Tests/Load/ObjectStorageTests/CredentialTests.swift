import Glibc
import HTTPTransport
import LoopbackServer
import NilusCore
@testable import ObjectStorage
import RequestSigning
import Synchronization
import TemporaryFolders
import Testing

struct `A credential that ends` {
    private let clock = TestClock()

    /// Fetches numbered keys that last an hour; refuses where it is told to.
    private final class Issuer: Sendable {
        let count = Atomic<Int>(0)
        let isClosed = Atomic<Bool>(false)
    }

    private func keys(_ issuer: Issuer, seconds: Int64? = 3_600) -> Renewable<String> {
        Renewable { [clock] in
            guard !issuer.isClosed.load(ordering: .relaxed) else { throw CancellationError() }
            let number = issuer.count.add(1, ordering: .relaxed).newValue
            let now = clock.time.utc().microseconds
            return Renewable<String>.Lease(
                credential: "key \(number)", expiry: seconds.map { Timestamp(microseconds: now + $0 * 1_000_000) })
        }
    }

    @Test func `is kept while it is good and replaced minutes before its end`() async throws {
        let issuer = Issuer()
        let keys = keys(issuer)

        #expect(try await keys.current(at: clock.time.utc()) == "key 1")
        clock.advance(.seconds(3_299))
        #expect(try await keys.current(at: clock.time.utc()) == "key 1")
        clock.advance(.seconds(2))
        #expect(try await keys.current(at: clock.time.utc()) == "key 2")
    }

    @Test func `serves its last minutes when the issuer does not answer`() async throws {
        let issuer = Issuer()
        let keys = keys(issuer)
        _ = try await keys.current(at: clock.time.utc())
        issuer.isClosed.store(true, ordering: .relaxed)

        clock.advance(.seconds(3_500))
        #expect(try await keys.current(at: clock.time.utc()) == "key 1")
        clock.advance(.seconds(101))
        await #expect(throws: CancellationError.self) { try await keys.current(at: clock.time.utc()) }
    }

    @Test func `is fetched once for many who need it`() async throws {
        let issuer = Issuer()
        let keys = keys(issuer)

        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<50 { group.addTask { [clock] in try await keys.current(at: clock.time.utc()) } }
            for try await key in group { #expect(key == "key 1") }
        }

        #expect(issuer.count.load(ordering: .relaxed) == 1)
    }

    @Test func `is replaced when the storage says it is over, one that lasts is not`() async throws {
        let keys = keys(Issuer())
        _ = try await keys.current(at: clock.time.utc())
        let lasting = Renewable(always: "key")
        _ = try await lasting.current(at: clock.time.utc())

        #expect(await keys.renew())
        #expect(try await keys.current(at: clock.time.utc()) == "key 2")
        #expect(await lasting.renew() == false)
    }
}

struct `Keys from the environment` {
    private let clock = TestClock()

    private var connection: StorageConnection {
        StorageConnection(
            http: S3Server.http, time: clock.time, retry: StorageRetry(patience: .seconds(5)), chance: { 0 })
    }

    private func keys(_ environment: [String: String]) throws -> Renewable<SigningKey> {
        try SigningKeys.fromEnvironment(EnvironmentVariables(environment), region: "eu-west-1", connection)
    }

    private func text(_ secret: Redacted<SecretBytes>?) -> String? {
        secret.map { $0.expose().withBytes { String(decoding: $0, as: UTF8.self) } }
    }

    private func tokenFile(_ content: String) throws -> (path: String, folder: TemporaryFolder) {
        let folder = try TemporaryFolder()
        try Files.replace("\(folder.path)/token", with: Array(content.utf8), isDurable: false)
        return ("\(folder.path)/token", folder)
    }

    @Test func `are a pair, with a token where there is one`() async throws {
        let key = try await keys([
            "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t",
            "AWS_ROLE_ARN": "ignored", "AWS_WEB_IDENTITY_TOKEN_FILE": "ignored",
        ]).current(at: clock.time.utc())

        #expect(key.id == "AKID")
        #expect(text(key.secret) == "s" && text(key.sessionToken) == "t")
    }

    /// The answer that the reference of the token service shows, shortened.
    private static let assumed = """
        <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <AssumeRoleWithWebIdentityResult>
            <SubjectFromWebIdentityToken>system:serviceaccount:a:b</SubjectFromWebIdentityToken>
            <AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/r/app1</Arn></AssumedRoleUser>
            <Credentials>
              <SessionToken>AQoDYXdzEE0a8ANXXXXXXXXNO1ewxE5TijQyp+IEXAMPLE</SessionToken>
              <SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY</SecretAccessKey>
              <Expiration>2026-01-02T04:04:05Z</Expiration>
              <AccessKeyId>ASgeIAIOSFODNN7EXAMPLE</AccessKeyId>
            </Credentials>
          </AssumeRoleWithWebIdentityResult>
        </AssumeRoleWithWebIdentityResponse>
        """

    @Test func `are a role's that is assumed by a token file`() async throws {
        let server = try LoopbackServer { number, _ in
            number == 0 ? .http(503) : .http(200, body: Self.assumed)
        }
        let (path, folder) = try tokenFile("ey.J-9_.x+\n")
        defer { withExtendedLifetime(folder) {} }

        let keys = try keys([
            "AWS_ROLE_ARN": "arn:aws:iam::1:role/r", "AWS_WEB_IDENTITY_TOKEN_FILE": path,
            "AWS_ENDPOINT_URL_STS": server.base,
        ])
        let key = try await keys.current(at: clock.time.utc())

        #expect(key.id == "ASgeIAIOSFODNN7EXAMPLE")
        #expect(text(key.secret) == "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY")
        #expect(text(key.sessionToken) == "AQoDYXdzEE0a8ANXXXXXXXXNO1ewxE5TijQyp+IEXAMPLE")
        #expect(key.expiry == Timestamp(iso8601: "2026-01-02T04:04:05Z"))
        #expect(
            server.received.last?.hasSuffix(
                "\r\n\r\nAction=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr"
                    + "&RoleSessionName=nilus&WebIdentityToken=ey.J-9_.x%2B") == true)
    }

    @Test func `of a role that is refused say so, without the token`() async throws {
        let server = try LoopbackServer { _, _ in
            .http(
                403,
                body:
                    "<ErrorResponse><Error><Code>AccessDenied</Code><Message>Not authorized</Message></Error></ErrorResponse>"
            )
        }
        let (path, folder) = try tokenFile("canary")
        defer { withExtendedLifetime(folder) {} }

        let keys = try keys([
            "AWS_ROLE_ARN": "arn:r", "AWS_WEB_IDENTITY_TOKEN_FILE": path, "AWS_ENDPOINT_URL_STS": server.base,
        ])
        let error = await #expect(throws: NilusError.self) { try await keys.current(at: clock.time.utc()) }

        #expect(error?.code == .sinkRefused)
        #expect(
            error?.message == "cannot assume role 'arn:r' by '\(path)': '\(server.base)' answered 403 AccessDenied: "
                + "Not authorized")
    }

    @Test(arguments: [("", "it is empty"), (nil, "no such file or directory")])
    func `by a token file that is not usable say so`(_ content: String?, _ finding: String) async throws {
        let (path, folder) = try tokenFile(content ?? "x")
        defer { withExtendedLifetime(folder) {} }
        if content == nil { unlink(path) }

        let keys = try keys([
            "AWS_ROLE_ARN": "arn:r", "AWS_WEB_IDENTITY_TOKEN_FILE": path, "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1",
        ])
        let error = await #expect(throws: NilusError.self) { try await keys.current(at: clock.time.utc()) }

        #expect(error?.code == .configurationInvalid)
        #expect(
            error?.message
                == "cannot assume role 'arn:r' by '\(path)': token file '\(path)' cannot be used, \(finding)")
    }

    @Test func `are a container's, whose token is read anew from its file`() async throws {
        let server = try LoopbackServer { number, _ in
            .http(
                200,
                body: "{\"AccessKeyId\":\"K\(number)\",\"SecretAccessKey\":\"s\",\"Token\":\"t\","
                    + "\"Expiration\":\"2026-01-02T04:0\(number):00Z\"}")
        }
        let (path, folder) = try tokenFile("first")
        defer { withExtendedLifetime(folder) {} }

        let keys = try keys([
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.base + "/v1/credentials",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": path,
        ])
        let first = try await keys.current(at: clock.time.utc())
        try Files.replace(path, with: Array("second".utf8), isDurable: false)
        clock.advance(.seconds(3_400))
        let second = try await keys.current(at: clock.time.utc())

        #expect(first.id == "K0" && second.id == "K1")
        #expect(server.received[0].hasPrefix("GET /v1/credentials "))
        #expect(server.received[0].contains("Authorization: first\r\n"))
        #expect(server.received[1].contains("Authorization: second\r\n"))
    }

    @Test(arguments: ["http://evil.example/c", "http://169.254.170.3/c", "http://127.0.0.1.evil.example/", "ftp://x"])
    func `are not fetched over an open network`(_ url: String) {
        let error = #expect(throws: NilusError.self) { try keys(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url]) }

        #expect(error?.code == .configurationInvalid)
    }

    @Test(arguments: [
        "http://169.254.170.2/c", "http://169.254.170.23/c", "http://[fd00:ec2::23]/c", "http://localhost:80/c",
        "http://127.3.2.1:1/c", "https://anything.example/c",
    ])
    func `are fetched from this machine, its platform, or over TLS`(_ url: String) throws {
        #expect(
            try ContainerKeyEndpoint.url(in: EnvironmentVariables(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url])) == url)
    }

    @Test func `are renewed once when the storage says they are over`() async throws {
        let issuer = try LoopbackServer { number, _ in
            .http(
                200,
                body:
                    "{\"AccessKeyId\":\"K\(number)\",\"SecretAccessKey\":\"s\",\"Expiration\":\"2026-01-02T06:00:00Z\"}"
            )
        }
        let storage = try LoopbackServer { _, request in
            request.contains("Credential=K0/")
                ? .http(400, body: "<Error><Code>ExpiredToken</Code></Error>") : .http(200, body: "x")
        }
        let store = try RemoteObjectStore.s3(
            S3Settings(endpoint: storage.base),
            environment: EnvironmentVariables(["AWS_CONTAINER_CREDENTIALS_FULL_URI": issuer.base]),
            connection: connection)

        #expect(try await store.read("s3://b/k", limit: 1) == Array("x".utf8))

        #expect(storage.received.count == 2)
    }
}

struct `A service account` {
    /// Made for this test; it opens nothing.
    static let file =
        "{\"type\":\"service_account\",\"private_key_id\":\"k1\",\"client_email\":\"load@p.iam.gserviceaccount.com\","
        + "\"token_uri\":\"TOKEN_URI\",\"private_key\":\""
        + "-----BEGIN PRIVATE KEY-----\\nMIICeAIBADANBgkqhkiG9w0BAQEFAASCAmIwggJeAgEAAoGBANZhcxTI"
        + "LMcKBvyo\\nOeTXdbMr1TGealRJnVQExnYbXva4urbyLBGKPLHwiWBk3E/3wHAk19JQBKrfB8o4\\nPJeCrI7N"
        + "2kmvBkrKnSZPcDS5IGSgnyj1dj4N/CJCA2CEiHfp9wK776z0+wXO8jKa\\nP+PK5MrRqY2YQPbHOfc9FtfHqG6"
        + "nAgMBAAECgYEAjTVjOC0iUXipYYLtn27MeFhG\\n9YgDQcG7f7wlfWZKBvlnA1pA7MzBbfOiiXvmIkZu229pOX"
        + "67lFGUL/8a6jGIttKG\\n5UoLGA9O78sX/oouhcv6nc3TY30gDB9uhWFRcl1G866xkTOOsMeJU60WTfx1AsE"
        + "w\\nNOS8P6wf7PYXiIuHZQECQQD3uqNX7LAsgFe/+gtzFZOGCH65bNrnr3qzUjUHpngD\\n5ny5+fJp62rbu/2"
        + "3MJbMAkKaRT8of12ImzHljiJys911AkEA3YnHo6uGWGzlLa8I\\n//CIpO22I9V6NCG2LDuscAhn/sY5Bblh49"
        + "/B6TBaI4W/IEREt1/Pi72WWTC+wlkV\\nhvXMKwJAVEsxoY1sNPhG45AVrUc+N3FUjYu4wPU47yOd38iJNeqLr"
        + "kyaa+grKDHD\\nlz31Ud3DA/NkFkegcAc+5zmCBz2ksQJBAJigVsFE57697zqFD588uPdfqg+QAKwv\\n2ZEp3"
        + "4gj0nntWNW/vVhADRk5rbAxcdaqEemAAb4VdKKn+ZRtyW38o5cCQQC5VED4\\n/6oNu0oaN/kafO1gFUKprGY1"
        + "RYXSx4yXwON5FhXUg/LjWBVSyNXMBB2DnkVFl89o\\naL7jmUHeKlfQf6Ca\\n-----END PRIVATE KEY----"
        + "-" + "\"}"

    private func account(_ issuer: String = "https://oauth2.googleapis.com/token") throws -> ServiceAccount {
        try ServiceAccount(Array(Self.file.replacing("TOKEN_URI", with: issuer).utf8), from: "'key.json'")
    }

    @Test func `signs its claim as other programs do`() throws {
        let claim = try account().assertion(at: Timestamp(microseconds: 1_600_000_000_000_000))

        // Signed by `openssl dgst -sha256 -sign`.
        #expect(
            claim == "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImsxIn0.eyJpc3MiOiJsb2FkQHAuaWFtLmdzZXJ2aWNl"
                + "YWNjb3VudC5jb20iLCJzY29wZSI6Imh0dHBzOi8vd3d3Lmdvb2dsZWFwaXMuY29tL2F1dGgvZGV2c3RvcmFnZS5y"
                + "ZWFkX3dyaXRlIiwiYXVkIjoiaHR0cHM6Ly9vYXV0aDIuZ29vZ2xlYXBpcy5jb20vdG9rZW4iLCJpYXQiOjE2MDAw"
                + "MDAwMDAsImV4cCI6MTYwMDAwMzYwMH0.O68RsYxifYko1uU0S2isDK31oTHzAyOasBd0h7YD2104onLf6LGrwm3g"
                + "KGx3c67gZVsgAgBJHIYjpU7BI9tj3znWECtIJMZZJhXD1JVoDRiot7GxCoTenVAV_rJo73UaVIyO4PshfpabKZom"
                + "aWqyCPHTo8tkDPdtAZHNkav4uEc")
    }

    @Test func `trades its claim for a token`() async throws {
        let clock = TestClock()
        let issuer = try LoopbackServer { number, _ in
            .http(200, body: "{\"access_token\":\"token\(number)\",\"expires_in\":3600,\"token_type\":\"Bearer\"}")
        }
        let storage = try LoopbackServer { _, _ in .http(200, body: "x") }
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/key.json"
        try Files.replace(
            path, with: Array(Self.file.replacing("TOKEN_URI", with: issuer.base + "/token").utf8), isDurable: false)
        let store = try RemoteObjectStore.google(
            GoogleSettings(endpoint: storage.base),
            environment: EnvironmentVariables(["GOOGLE_APPLICATION_CREDENTIALS": path]),
            connection: StorageConnection(http: S3Server.http, time: clock.time))

        _ = try await store.read("gs://b/k", limit: 1)
        _ = try await store.read("gs://b/k", limit: 1)
        clock.advance(.seconds(3_400))
        _ = try await store.read("gs://b/k", limit: 1)

        #expect(issuer.received.count == 2)
        #expect(
            issuer.received[0].contains(
                "\r\n\r\ngrant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=ey"))
        #expect(storage.received.map { $0.contains("Authorization: Bearer token0\r\n") } == [true, true, false])
        #expect(storage.received[2].contains("Authorization: Bearer token1\r\n"))
    }

    @Test func `that is refused says what the issuer said`() async throws {
        let issuer = try LoopbackServer { _, _ in
            .http(400, body: "{\"error\":\"invalid_grant\",\"error_description\":\"Invalid JWT Signature.\"}")
        }
        let tokens = try account(issuer.base).tokens(
            StorageConnection(http: S3Server.http, time: TestClock().time))

        let error = await #expect(throws: NilusError.self) { try await tokens.current(at: Timestamp(microseconds: 0)) }

        #expect(
            error?.message == "cannot get a token for service account 'load@p.iam.gserviceaccount.com': "
                + "'\(issuer.base)' answered 400 invalid_grant: Invalid JWT Signature.")
    }

    @Test(arguments: [
        ("[]", "its 'type' is not 'service_account'"), ("{", "it is no JSON object"),
        ("{\"type\":\"service_account\"}", "it has no 'client_email' and 'private_key'"),
        (
            "{\"type\":\"service_account\",\"client_email\":\"e\",\"private_key\":\"canary\"}",
            "its 'private_key' is no RSA key in PEM form"
        ),
    ])
    func `is not made of anything else`(_ content: String, _ finding: String) {
        let error = #expect(throws: NilusError.self) { try ServiceAccount(Array(content.utf8), from: "'key.json'") }

        #expect(
            error?.message == "cannot use service account 'key.json': \(finding); expected the JSON key file that "
                + "Google Cloud hands out")
    }

    @Test func `does not send its claim over an open network`() {
        let error = #expect(throws: NilusError.self) { try account("http://oauth2.example/token") }

        #expect(
            error?.message == "cannot use service account 'key.json': its 'token_uri' is no 'https://' address; "
                + "expected the JSON key file that Google Cloud hands out")
    }
}

struct `A workload identity of Azure` {
    @Test func `trades its token file for a token`() async throws {
        let clock = TestClock()
        let issuer = try LoopbackServer { _, _ in .http(200, body: "{\"access_token\":\"at\",\"expires_in\":\"3599\"}")
        }
        let storage = try LoopbackServer { _, _ in .http(200, body: "x") }
        let folder = try TemporaryFolder()
        try Files.replace("\(folder.path)/token", with: Array("assertion+1".utf8), isDurable: false)
        let store = try RemoteObjectStore.azure(
            AzureSettings(account: "acc", endpoint: storage.base),
            environment: EnvironmentVariables([
                "AZURE_FEDERATED_TOKEN_FILE": "\(folder.path)/token", "AZURE_CLIENT_ID": "client",
                "AZURE_TENANT_ID": "tenant", "AZURE_AUTHORITY_HOST": issuer.base + "/",
            ]),
            connection: StorageConnection(http: S3Server.http, time: clock.time))

        _ = try await store.read("abfss://c@acc.dfs.core.windows.net/k", limit: 1)

        #expect(issuer.received[0].hasPrefix("POST /tenant/oauth2/v2.0/token "))
        #expect(
            issuer.received[0].hasSuffix(
                "\r\n\r\ngrant_type=client_credentials&client_id=client&scope=https%3A%2F%2Fstorage.azure.com%2F.default"
                    + "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
                    + "&client_assertion=assertion%2B1"))
        #expect(storage.received[0].hasPrefix("GET /c/k "))
        #expect(storage.received[0].contains("Authorization: Bearer at\r\n"))
        #expect(storage.received[0].contains("x-ms-date: Fri, 02 Jan 2026 03:04:05 GMT\r\n"))
    }
}

struct `An account key of Azure` {
    struct Example: Sendable, CustomTestStringConvertible {
        let method: HTTPMethod
        let url: String
        var headers: [HTTPHeader] = []
        var body: String?
        let signature: String
        var testDescription: String { "\(method.rawValue) \(url)" }
    }

    /// The key that the emulator of Azure's storage publishes.
    private static let key =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

    // The values are those of Microsoft's library for Python, azure-storage-blob 12.31.1.
    @Test(arguments: [
        Example(
            method: .put, url: "https://devstoreaccount1.blob.core.windows.net/lake/a%20b/c.parquet",
            headers: [
                HTTPHeader("x-ms-blob-type", "BlockBlob"), HTTPHeader("Content-MD5", "XUFAKrxLKna5cZ2REBfFkg=="),
                HTTPHeader("Content-Type", "application/octet-stream"), HTTPHeader("If-None-Match", "*"),
                HTTPHeader("x-ms-meta-nilus_writer", "m"),
            ], body: "hello", signature: "TePq6QofLThi1bXUVt6904Bf55P4PKHTKXt3gw1GlHA="),
        Example(
            method: .get,
            url: "https://devstoreaccount1.blob.core.windows.net/lake?restype=container&comp=list&prefix=a%2Fb%20c%2F"
                + "&maxresults=1000&marker=x%3D%3D", signature: "8lg4BU0YetXtFzKyvbmenDbRaG+qOEA51GnQEVxjWSc="),
        Example(
            method: .head, url: "https://devstoreaccount1.blob.core.windows.net/lake/k",
            signature: "slCOuNQVFCBKThEHsPyYW81s1i9dqMMe4r4JtInxCGk="),
    ])
    func `signs as Microsoft's own library does`(_ example: Example) throws {
        let key = try #require(
            SharedKey(account: "devstoreaccount1", base64: Redacted(SecretBytes(Self.key))))
        let request = HTTPRequest(
            example.method, url: example.url,
            headers: example.headers + [
                HTTPHeader("x-ms-date", "Fri, 26 Jun 2015 23:39:12 GMT"), HTTPHeader("x-ms-version", "2021-12-02"),
            ], body: example.body.map { .text($0) }, maximumBodyBytes: 1, timeout: .seconds(1))
        let target = try #require(RequestTarget(url: example.url))

        #expect(key.authorization(of: request, target) == "SharedKey devstoreaccount1:\(example.signature)")
    }

    @Test func `signs the text of the published example`() throws {
        let url = "https://myaccount.blob.core.windows.net/mycontainer?comp=metadata&restype=container&timeout=20"
        let request = HTTPRequest(
            url: url,
            headers: [
                HTTPHeader("x-ms-version", "2015-02-21"), HTTPHeader("x-ms-date", "Fri, 26 Jun 2015 23:39:12 GMT"),
            ], maximumBodyBytes: 1, timeout: .seconds(1))

        let text = SharedKey.text(of: request, try #require(RequestTarget(url: url)), account: "myaccount")

        #expect(
            text == "GET" + String(repeating: "\n", count: 12)
                + "x-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2015-02-21\n/myaccount/mycontainer\n"
                + "comp:metadata\nrestype:container\ntimeout:20")
    }

    @Test func `must be Base64`() {
        let error = #expect(throws: NilusError.self) {
            try RemoteObjectStore.azure(
                AzureSettings(account: "acc", key: Redacted(SecretBytes("canary!"))),
                environment: EnvironmentVariables([:]),
                connection: StorageConnection(http: S3Server.http, time: TestClock().time))
        }

        #expect(error?.code == .configurationInvalid)
        #expect(error?.message.contains("canary") == false)
    }
}

struct `A shared access signature` {
    @Test func `goes with every request and into no message`() async throws {
        let server = try LoopbackServer { _, _ in .http(403, ["x-ms-error-code: AuthorizationPermissionMismatch"]) }
        let store = try RemoteObjectStore.azure(
            AzureSettings(
                account: "acc", endpoint: server.base, signature: Redacted(SecretBytes("sv=2021&sig=canary%3D"))),
            environment: EnvironmentVariables([:]),
            connection: StorageConnection(http: S3Server.http, time: TestClock().time))

        let error = await #expect(throws: NilusError.self) {
            try await store.forEachPage(under: "abfss://c@acc.dfs.core.windows.net/f") { _ in }
        }

        #expect(server.received[0].prefix { $0 != "\r\n" }.hasSuffix("&maxresults=1000&sv=2021&sig=canary%3D HTTP/1.1"))
        #expect(
            error?.message == "cannot list 'abfss://c@acc.dfs.core.windows.net/f': container 'c' refuses action "
                + "'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read' to the shared access signature "
                + "(403 AuthorizationPermissionMismatch); grant it or use another key")
        #expect(error?.tree.contains("canary") == false)
    }
}

struct `A date of HTTP` {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("2015-06-26T23:39:12Z", "Fri, 26 Jun 2015 23:39:12 GMT"),
        ("2024-02-29T12:00:00Z", "Thu, 29 Feb 2024 12:00:00 GMT"),
        ("1969-12-31T23:59:59Z", "Wed, 31 Dec 1969 23:59:59 GMT"),
    ])
    func `is written and read`(_ iso: String, _ text: String) throws {
        let moment = try #require(Timestamp(iso8601: iso))

        #expect(HTTPDate.text(of: moment) == text)
        #expect(HTTPDate.moment(text) == moment)
    }

    @Test(arguments: [
        "", "Fri, 26 Jun 2015 23:39:12", "Fri, 26 Foo 2015 23:39:12 GMT", "Fri, 99 Jun 2015 23:39:12 GMT",
    ])
    func `is nothing else`(_ text: String) {
        #expect(HTTPDate.moment(text) == nil)
    }
}

struct `A wait before the next attempt` {
    private func delay(
        _ failures: Int, elapsed: Duration = .zero, requested: Duration? = nil, chance: Double = 0
    ) -> Duration? {
        StorageRetry(patience: .seconds(120)).delay(
            afterFailures: failures, elapsed: elapsed, requested: requested, chance: chance)
    }

    @Test func `doubles, is spread, and has a bound`() {
        #expect((1...9).map { delay($0)?.milliseconds } == [50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000])
        #expect(delay(1, chance: 0.5) == .milliseconds(75))
        #expect(delay(.max, chance: 0) == .seconds(5))
        #expect(delay(0) == .milliseconds(50))
    }

    @Test func `is what the storage asks for, within reason`() {
        #expect(delay(1, requested: .seconds(7)) == .seconds(7))
        #expect(delay(1, requested: .seconds(100_000)) == .seconds(30))
    }

    @Test func `is none when the time is up`() {
        #expect(delay(8, elapsed: .seconds(115)) == .seconds(5))
        #expect(delay(8, elapsed: .seconds(116)) == nil)
    }
}
