import Foundation
import NilusCore
import Secrets
import TemporaryFolders
import Testing

private func find(
    in folder: TemporaryFolder? = nil, environment: [String: String] = [:], manifest: [String: String] = [:],
    name: String = "STRIPE_API_KEY"
) throws -> FoundSecret? {
    let store = SecretStore(
        directories: folder.map { [$0.path, "/does/not/exist"] } ?? [],
        environment: EnvironmentVariables(environment), manifestEnvironment: manifest)
    return try store.find(name) { $0.hasPrefix("sk_") }
}

private func link(_ path: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
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
        let folder = try TemporaryFolder()
        try folder.write(form.content, to: form.file)

        let found = try #require(try find(in: folder))

        #expect(found.text == "sk_test_canary")
        #expect(found.origin.description.contains(form.file))
    }

    @Test func `is found through the links of a Kubernetes mount`() throws {
        let folder = try TemporaryFolder()
        try folder.write("sk_test_canary", to: "..2026_06_01/STRIPE_API_KEY")
        try link("\(folder.path)/..data", to: "..2026_06_01")
        try link("\(folder.path)/STRIPE_API_KEY", to: "..data/STRIPE_API_KEY")

        let found = try #require(try find(in: folder))

        #expect(found.text == "sk_test_canary")
        #expect(found.origin == .file(folder.path + "/STRIPE_API_KEY"))
    }

    @Test func `is found in the environment, and in the manifest's envs only when nowhere else`() throws {
        let manifest = ["STRIPE_API_KEY": "sk_test_manifest"]

        #expect(try find(environment: ["STRIPE_API_KEY": "sk_test_real"], manifest: manifest)?.text == "sk_test_real")
        #expect(try find(manifest: manifest)?.text == "sk_test_manifest")
        #expect(try find(environment: ["STRIPE_API_KEY": ""], manifest: manifest)?.text == "sk_test_manifest")
    }

    @Test func `is missed where a variable is set and empty`() {
        let error = #expect(throws: NilusError.self) { try find(environment: ["STRIPE_API_KEY": ""]) }

        #expect(error?.code == .secretRefused)
        #expect(
            error?.message == "cannot use the secret in environment variable 'STRIPE_API_KEY': it is empty; "
                + "put the key there")
    }

    @Test func `may be in two places when they agree`() throws {
        let folder = try TemporaryFolder()
        try folder.write("sk_test_canary\n", to: "STRIPE_API_KEY")

        #expect(try find(in: folder, environment: ["STRIPE_API_KEY": "sk_test_canary"])?.text == "sk_test_canary")
    }

    @Test func `that was rotated is the one in the file, whatever the environment still says`() throws {
        let folder = try TemporaryFolder()
        try folder.write("sk_test_old", to: "STRIPE_API_KEY")
        let store = SecretStore(
            directories: [folder.path], environment: EnvironmentVariables(["STRIPE_API_KEY": "sk_test_old"]))
        #expect(try store.find("STRIPE_API_KEY") { $0.hasPrefix("sk_") }?.text == "sk_test_old")

        try folder.write("sk_test_new", to: "STRIPE_API_KEY")

        #expect(try store.findMounted("STRIPE_API_KEY") { $0.hasPrefix("sk_") }?.text == "sk_test_new")
    }

    @Test func `of the environment alone is mounted nowhere`() throws {
        let store = SecretStore(directories: [], environment: EnvironmentVariables(["STRIPE_API_KEY": "sk_test_old"]))

        #expect(try store.findMounted("STRIPE_API_KEY") { $0.hasPrefix("sk_") } == nil)
    }

    @Test func `of another name is none`() throws {
        let folder = try TemporaryFolder()
        try folder.write("sk_test_other", to: "MY_STRIPE_API_KEY")
        try folder.write("X_STRIPE_API_KEY=sk_test_other", to: "OTHER")

        #expect(try find(in: folder) == nil)
    }

    @Test func `in a file that all may read is marked`() throws {
        let folder = try TemporaryFolder()
        try folder.write("sk_test_canary", to: "STRIPE_API_KEY", mode: 0o644)

        #expect(try find(in: folder)?.readableByAll == [.file(folder.path + "/STRIPE_API_KEY")])
    }

    @Test func `in several files is marked wherever all may read it, not only in the first`() throws {
        let folder = try TemporaryFolder()
        try folder.write("sk_test_canary", to: "STRIPE_API_KEY", mode: 0o600)
        try folder.write("sk_test_canary", to: "a_STRIPE_API_KEY", mode: 0o644)
        try folder.write("STRIPE_API_KEY=sk_test_canary\nSTRIPE_API_KEY=sk_test_canary", to: "b", mode: 0o644)

        let found = try #require(try find(in: folder, environment: ["STRIPE_API_KEY": "sk_test_canary"]))

        #expect(found.origin == .file(folder.path + "/STRIPE_API_KEY"))
        #expect(
            found.readableByAll == [
                .file(folder.path + "/a_STRIPE_API_KEY"), .property("STRIPE_API_KEY", inFile: folder.path + "/b"),
            ])
    }
}

struct `A secret that cannot be used` {
    private func refusal(_ body: () throws -> FoundSecret?) throws -> NilusError {
        try #require(throws: NilusError.self) { _ = try body() }
    }

    @Test func `differs between a file and the environment: both are named, no value is`() throws {
        let folder = try TemporaryFolder()
        try folder.write("sk_test_one", to: "STRIPE_API_KEY")

        let error = try refusal { try find(in: folder, environment: ["STRIPE_API_KEY": "sk_test_two"]) }

        #expect(error.code == .secretRefused)
        #expect(
            error.message == "cannot choose a value for secret 'STRIPE_API_KEY': file '\(folder.path)/STRIPE_API_KEY' "
                + "and environment variable 'STRIPE_API_KEY' differ; remove one of them")
    }

    @Test func `differs between two folders: neither wins without a word`() throws {
        let folders = [try TemporaryFolder(), try TemporaryFolder()]
        try folders[0].write("sk_test_one", to: "STRIPE_API_KEY")
        try folders[1].write("sk_test_two", to: "STRIPE_API_KEY")
        let store = SecretStore(directories: folders.map(\.path), environment: EnvironmentVariables([:]))

        let error = try refusal { try store.find("STRIPE_API_KEY") { $0.hasPrefix("sk_") } }

        #expect(
            error.message == "cannot choose a value for secret 'STRIPE_API_KEY': file "
                + "'\(folders[0].path)/STRIPE_API_KEY' and file '\(folders[1].path)/STRIPE_API_KEY' differ; remove one of them"
        )
        try folders[1].write("sk_test_one", to: "STRIPE_API_KEY")
        let agreed = try store.find("STRIPE_API_KEY") { $0.hasPrefix("sk_") }
        #expect(agreed?.origin == .file(folders[0].path + "/STRIPE_API_KEY"))
    }

    @Test(arguments: [
        "STRIPE_API_KEY=sk_test_one\nOTHER=1\nSTRIPE_API_KEY=sk_test_two\n",
        // printf 'STRIPE_API_KEY=sk_test_one\nSTRIPE_API_KEY=sk_test_two' | base64
        "U1RSSVBFX0FQSV9LRVk9c2tfdGVzdF9vbmUKU1RSSVBFX0FQSV9LRVk9c2tfdGVzdF90d28=",
    ])
    func `differs between two lines of a file: neither wins without a word`(_ content: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(content, to: "stripe.properties")

        let error = try refusal { try find(in: folder) }

        #expect(error.code == .secretRefused)
        #expect(
            error.message == "cannot choose a value for secret 'STRIPE_API_KEY': key 'STRIPE_API_KEY' in file "
                + "'\(folder.path)/stripe.properties' stands there twice and differs; remove one of them")
    }

    @Test func `may stand in two lines of a file that agree`() throws {
        let folder = try TemporaryFolder()
        try folder.write("STRIPE_API_KEY=sk_test_one\nSTRIPE_API_KEY='sk_test_one'", to: "stripe.properties")

        #expect(try find(in: folder)?.value.expose() == SecretBytes("sk_test_one"))
    }

    /// A link to itself is a folder that nobody can list, root neither, who runs these tests in containers.
    @Test func `may be in a folder that cannot be listed: it does not count as empty`() throws {
        let folder = try TemporaryFolder()
        let loop = "\(folder.path)/loop"
        try link(loop, to: "loop")
        let store = SecretStore(
            directories: [loop], environment: EnvironmentVariables(["STRIPE_API_KEY": "sk_test_other"]))

        let error = try refusal { try store.find("STRIPE_API_KEY") { $0.hasPrefix("sk_") } }

        #expect(error.code == .secretRefused)
        #expect(
            error.message == "cannot list the secrets in folder '\(loop)': too many levels of symbolic links; "
                + "let the job's user read it")
        #expect(throws: NilusError.self) { try store.files(ofSecret: "stripe-secret") }
    }

    @Test(arguments: ["absent", "file"])
    func `is not looked for in a folder that is not there, or is a file`(_ name: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("", to: "file")
        let store = SecretStore(directories: ["\(folder.path)/\(name)"], environment: EnvironmentVariables([:]))

        #expect(try store.find("STRIPE_API_KEY") { $0.hasPrefix("sk_") } == nil)
    }

    @Test func `is in a file that cannot be reached`() throws {
        let folder = try TemporaryFolder()
        try link("\(folder.path)/STRIPE_API_KEY", to: "STRIPE_API_KEY")

        let error = try refusal { try find(in: folder) }

        #expect(
            error.message == "cannot read secret 'STRIPE_API_KEY' from file '\(folder.path)/STRIPE_API_KEY': "
                + "too many levels of symbolic links; let the job's user read it")
    }

    /// A person who writes the key where its name belongs.
    @Test func `is not shown where its name looks like a key`() throws {
        let folder = try TemporaryFolder()
        let name = "my_sk_live_canary"
        try folder.write("\(name)=", to: "properties")

        let missing = NilusError.secretMissing(
            name, lookedIn: SecretStore(directories: [], environment: EnvironmentVariables([:])).places(for: name))
        let empty = try refusal { try find(in: folder, name: name) }
        let ofEnvironment = try refusal { try find(environment: [name: " "], name: name) }
        let ofManifest = try refusal { try find(manifest: [name: " "], name: name) }

        #expect(
            [missing, empty, ofEnvironment, ofManifest].map(\.message) == [
                "cannot find secret (17 characters, not shown): looked in environment variable (17 characters, not "
                    + "shown); mount it there or set the variable",
                "cannot use the secret in key (17 characters, not shown) in file '\(folder.path)/properties': it is "
                    + "empty; put the key there",
                "cannot use the secret in environment variable (17 characters, not shown): it holds only white space; "
                    + "put the key there",
                "cannot use the secret in (17 characters, not shown) in the manifest's 'envs': it holds only white "
                    + "space; put the key there",
            ])
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
        let folder = try TemporaryFolder()
        try folder.write(bad.content, to: "STRIPE_API_KEY")

        let error = try refusal { try find(in: folder) }

        #expect(error.code == .secretRefused)
        #expect(error.message == "cannot use the secret in file '\(folder.path)/STRIPE_API_KEY': \(bad.found)")
    }

    @Test func `is too large`() throws {
        let folder = try TemporaryFolder()
        try folder.write(String(repeating: "x", count: 100_000), to: "STRIPE_API_KEY")

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
