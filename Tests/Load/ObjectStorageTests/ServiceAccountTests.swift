import LoopbackServer
import NilusCore
@testable import ObjectStorage
import TemporaryFolders
import Testing

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
