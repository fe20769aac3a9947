import Foundation
import NilusCore
import Secrets
import Testing

/// A folder that is removed with the test.
private final class Folder {
    let path = FileManager.default.temporaryDirectory.path + "/nilus-secrets-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ content: String, mode: Int = 0o600) throws {
        let file = path + "/" + name
        let parent = (file as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try Data(content.utf8).write(to: URL(filePath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path + "/" + name, withDestinationPath: target)
    }
}

private func find(
    in folder: Folder? = nil, environment: [String: String] = [:], manifest: [String: String] = [:],
    name: String = "STRIPE_API_KEY"
) throws -> FoundSecret? {
    let store = SecretStore(
        directories: folder.map { [$0.path, "/does/not/exist"] } ?? [],
        environment: EnvironmentVariables(environment), manifestEnvironment: manifest)
    return try store.find(name) { $0.hasPrefix("sk_") }
}

extension FoundSecret {
    fileprivate var text: String { value.expose().withBytes { String(decoding: $0, as: UTF8.self) } }
}

struct `A secret` {
    struct Form: Sendable, CustomTestStringConvertible {
        let file: String
        let content: String
        var testDescription: String { "\(file): \(content.debugDescription)" }
    }

    // printf 'sk_test_canary' | base64, and the same with a line feed, and of "STRIPE_API_KEY=sk_test_canary".
    @Test(arguments: [
        Form(file: "STRIPE_API_KEY", content: "sk_test_canary"),
        Form(file: "STRIPE_API_KEY", content: "sk_test_canary\n"),
        Form(file: "STRIPE_API_KEY", content: "sk_test_canary\r\n"),
        Form(file: "STRIPE_API_KEY", content: "c2tfdGVzdF9jYW5hcnk="),
        Form(file: "STRIPE_API_KEY", content: "c2tfdGVzdF9jYW5hcnkK\n"),
        Form(file: "stripe-secret_STRIPE_API_KEY", content: "sk_test_canary"),
        Form(file: "stripe-secret/STRIPE_API_KEY", content: "sk_test_canary"),
        Form(file: "stripe-secret", content: "OTHER=1\nSTRIPE_API_KEY=sk_test_canary\n"),
        Form(
            file: "stripe-secret_stripe.properties", content: "# a comment\n  STRIPE_API_KEY = \"sk_test_canary\"\r\n"),
        Form(file: "stripe.properties", content: "STRIPE_API_KEY=c2tfdGVzdF9jYW5hcnk="),
        Form(file: "data", content: "U1RSSVBFX0FQSV9LRVk9c2tfdGVzdF9jYW5hcnk="),
        Form(file: "STRIPE_API_KEY", content: "STRIPE_API_KEY=sk_test_canary\nOTHER=2"),
    ])
    func `is found in every form a mounted file can have`(_ form: Form) throws {
        let folder = try Folder()
        try folder.write(form.file, form.content)

        let found = try #require(try find(in: folder))

        #expect(found.text == "sk_test_canary")
        #expect(found.origin.description.contains(form.file))
    }

    @Test func `is found through the links of a Kubernetes mount`() throws {
        let folder = try Folder()
        try folder.write("..2026_06_01/STRIPE_API_KEY", "sk_test_canary")
        try folder.link("..data", to: "..2026_06_01")
        try folder.link("STRIPE_API_KEY", to: "..data/STRIPE_API_KEY")

        let found = try #require(try find(in: folder))

        #expect(found.text == "sk_test_canary")
        #expect(found.origin == .file(folder.path + "/STRIPE_API_KEY"))
    }

    @Test func `is found in the environment, and in the manifest's envs only when nowhere else`() throws {
        let manifest = ["STRIPE_API_KEY": "sk_test_manifest"]

        #expect(try find(environment: ["STRIPE_API_KEY": "sk_test_real"], manifest: manifest)?.text == "sk_test_real")
        #expect(try find(manifest: manifest)?.text == "sk_test_manifest")
        #expect(try find(environment: ["STRIPE_API_KEY": ""])?.text == nil)
    }

    @Test func `may be in two places when they agree`() throws {
        let folder = try Folder()
        try folder.write("STRIPE_API_KEY", "sk_test_canary\n")

        #expect(try find(in: folder, environment: ["STRIPE_API_KEY": "sk_test_canary"])?.text == "sk_test_canary")
    }

    @Test func `of another name is none`() throws {
        let folder = try Folder()
        try folder.write("MY_STRIPE_API_KEY", "sk_test_other")
        try folder.write("OTHER", "X_STRIPE_API_KEY=sk_test_other")

        #expect(try find(in: folder) == nil)
    }

    @Test func `in a file that all may read is marked`() throws {
        let folder = try Folder()
        try folder.write("STRIPE_API_KEY", "sk_test_canary", mode: 0o644)

        #expect(try find(in: folder)?.isReadableByAll == true)
    }
}

struct `A secret that cannot be used` {
    private func refusal(_ body: () throws -> FoundSecret?) throws -> NilusError {
        try #require(throws: NilusError.self) { _ = try body() }
    }

    @Test func `differs between a file and the environment: both are named, no value is`() throws {
        let folder = try Folder()
        try folder.write("STRIPE_API_KEY", "sk_test_one")

        let error = try refusal { try find(in: folder, environment: ["STRIPE_API_KEY": "sk_test_two"]) }

        #expect(error.code == .secretRefused)
        #expect(
            error.message == "cannot choose a value for secret 'STRIPE_API_KEY': file '\(folder.path)/STRIPE_API_KEY' "
                + "and environment variable 'STRIPE_API_KEY' differ; remove one of them")
    }

    struct Bad: Sendable {
        let content: String
        let found: String
    }

    @Test(arguments: [
        Bad(content: "", found: "it is empty; put the key there"),
        Bad(content: "\n", found: "it is empty; put the key there"),
        Bad(content: "  \t\n", found: "it holds only white space; put the key there"),
        Bad(
            content: "sk_test_a\nsk_test_b\n",
            found: "it has several lines; expected one line with the value, or lines of 'key=value'"),
    ])
    func `is refused with its place`(_ bad: Bad) throws {
        let folder = try Folder()
        try folder.write("STRIPE_API_KEY", bad.content)

        let error = try refusal { try find(in: folder) }

        #expect(error.code == .secretRefused)
        #expect(error.message == "cannot use the secret in file '\(folder.path)/STRIPE_API_KEY': \(bad.found)")
    }

    @Test func `is too large`() throws {
        let folder = try Folder()
        try folder.write("STRIPE_API_KEY", String(repeating: "x", count: 100_000))

        let error = try refusal { try find(in: folder) }

        #expect(
            error.message == "cannot read secret 'STRIPE_API_KEY' from file '\(folder.path)/STRIPE_API_KEY': "
                + "file too large; expected at most 64 KiB")
    }
}

struct `Secret bytes` {
    @Test func `print as nothing`() {
        let secret = Redacted(SecretBytes("sk_test_canary"))

        #expect("\(secret) \(secret.description) \(String(reflecting: secret))" == "<redacted> <redacted> <redacted>")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("canary"))
    }

    @Test func `compare by content`() {
        #expect(SecretBytes("abc") == SecretBytes("abc"))
        #expect(SecretBytes("abc") != SecretBytes("abd"))
        #expect(SecretBytes("abc") != SecretBytes("abcd"))
    }
}
