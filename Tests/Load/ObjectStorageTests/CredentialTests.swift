import Glibc
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
