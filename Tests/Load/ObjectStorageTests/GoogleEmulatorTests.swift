import HTTPTransport
import NilusCore
@testable import ObjectStorage
import RequestSigning
import Testing

/// What independent emulators of Google Cloud Storage speak of the interface that the store uses; the whole suite
/// wants more of it than they have.
struct `Emulators of Google Cloud Storage` {
    private struct Missing: Error, CustomStringConvertible {
        let description =
            "no emulators to test against: run 'make room-tests', or 'scripts/google-emulators.sh run swift test', which "
            + "start them and set NILUS_TEST_GCS_READING and NILUS_TEST_GCS_WRITING"
    }

    private func endpoint(_ variable: String) throws -> String {
        guard let endpoint = EnvironmentVariables.ofProcess()[variable] else { throw Missing() }
        return endpoint
    }

    private func store(_ endpoint: String) throws -> RemoteObjectStore {
        try .google(
            GoogleSettings(endpoint: endpoint, key: SigningKey(id: "GOOG1E", secret: Redacted(SecretBytes("s")))),
            environment: EnvironmentVariables([:]),
            connection: StorageConnection(
                http: S3Server.http, time: .system, retry: StorageRetry(patience: .seconds(20))))
    }

    /// Stores an object by the JSON interface, as another client would have.
    private func seed(_ content: [UInt8], at name: String, _ endpoint: String) async throws {
        let query = URIEncoding.query([("uploadType", "media"), ("name", name)])
        let answer = try await S3Server.http.send(
            HTTPRequest(
                .post, url: "\(endpoint)/upload/storage/v1/b/plain/o?\(query)", body: .bytes(content),
                maximumBodyBytes: 65_536, timeout: .seconds(20)))
        try #require(answer.status == 200)
    }

    @Test func `hand out, list and delete what others stored`() async throws {
        let endpoint = try endpoint("NILUS_TEST_GCS_READING")
        let store = try store(endpoint)
        let folder = "t/\(RemoteObjectStore.newMark())"
        let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        try await seed(content, at: "\(folder)/a b/ü+&.bin", endpoint)
        try await seed([1], at: "\(folder)/z", endpoint)
        let location = "gs://plain/\(folder)/a b/ü+&.bin"

        #expect(try await store.size(of: location) == content.count)
        #expect(try await store.read(location, limit: content.count) == content)
        #expect(try await store.read(location, range: 99_990..<99_999) == Array(content[99_990..<99_999]))
        var found: [StoredObject] = []
        try await store.forEachPage(under: "gs://plain/\(folder)") { found += $0 }
        #expect(found.map(\.location) == [location, "gs://plain/\(folder)/z"])
        #expect(found.map(\.sizeBytes) == [content.count, 1])
        #expect(found.allSatisfy { $0.modified > Timestamp(microseconds: 1_700_000_000_000_000) })

        try await store.delete(location)
        try await store.delete(location)

        #expect(try await store.size(of: location) == nil)
        let error = await #expect(throws: NilusError.self) { try await store.read(location, limit: 9) }
        #expect(error?.code == .sinkRefused)
    }

    @Test func `take whole objects and hand them out`() async throws {
        let store = try store(try endpoint("NILUS_TEST_GCS_WRITING"))
        let location = "gs://plain/t/\(RemoteObjectStore.newMark())/a b.bin"

        try await store.put([1], at: location)
        try await store.put([1, 2, 3, 4], at: location)

        #expect(try await store.read(location, limit: 4) == [1, 2, 3, 4])
        #expect(try await store.read(location, range: 1..<3) == [2, 3])
    }
}
