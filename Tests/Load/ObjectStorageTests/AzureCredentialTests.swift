import HTTPTransport
import LoopbackServer
import NilusCore
@testable import ObjectStorage
import RequestSigning
import TemporaryFolders
import Testing

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
