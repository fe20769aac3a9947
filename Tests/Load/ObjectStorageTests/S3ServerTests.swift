import Digests
import HTTPTransport
import NilusCore
@testable import ObjectStorage
import RequestSigning
import Testing

struct `A real S3 server` {
    private let server: S3Server

    init() throws {
        server = try .fromEnvironment()
    }

    private func key(_ id: String, _ secret: String) -> SigningKey {
        SigningKey(id: id, secret: Redacted(SecretBytes(secret)))
    }

    @Test func `refuses a wrong secret, and the error names the key`() async throws {
        let store = try server.store(key: key(server.key.id, "canary-wrong"))

        let error = await #expect(throws: NilusError.self) {
            try await store.put([1], at: "s3://\(server.bucket)/k")
        }

        #expect(error?.code == .sinkRefused)
        #expect(
            error?.message == "cannot write 's3://\(server.bucket)/k': the proof by key id '\(server.key.id)' does not "
                + "match (403 SignatureDoesNotMatch); check the secret that belongs to it and the region")
        #expect(error?.tree.contains("canary") == false)
    }

    @Test func `refuses an unknown key`() async throws {
        let store = try server.store(key: key("AKIDUNKNOWN", "s"))

        let error = await #expect(throws: NilusError.self) {
            try await store.put([1], at: "s3://\(server.bucket)/k")
        }

        #expect(
            error?.message == "cannot write 's3://\(server.bucket)/k': '\(server.endpoint)' does not know key id "
                + "'AKIDUNKNOWN' (403 InvalidAccessKeyId); check the key and the endpoint")
    }

    @Test func `has no bucket of another name`() async throws {
        let store = try server.store()

        let error = await #expect(throws: NilusError.self) { try await store.put([1], at: "s3://no-such-bucket/k") }

        #expect(error?.code == .sinkRefused)
        #expect(
            error?.message == "cannot write 's3://no-such-bucket/k': there is no bucket 'no-such-bucket' at "
                + "'\(server.endpoint)'; create it or name another")
    }

    @Test func `takes a body only with its own checksum`() async throws {
        let store = try server.store(signsPayload: false)
        let location = server.newFolder() + "/k"
        let name = try store.service.name(of: location)
        var changed = store.service.put([1, 2, 3], at: name, onlyIfAbsentBy: nil)
        changed.body = [1, 2, 4]
        changed.expectedStatuses = [400]

        let answer = try await store.send(changed)

        #expect(answer.response.status == 400)
        #expect(try await store.size(of: location) == nil)
    }

    @Test func `keeps nothing of an upload that was aborted or dropped`() async throws {
        let store = try server.store()
        let folder = server.newFolder()
        let content = [UInt8](repeating: 1, count: StorageLimits.smallestPartBytes + 1)

        let aborted = try await store.upload(to: "\(folder)/aborted")
        try content.withUnsafeBytes { try aborted.append($0) }
        try await aborted.send()
        #expect(try await uploads(under: folder).count == 1)
        await aborted.abort()

        #expect(try await uploads(under: folder) == [])
    }

    /// The keys of uploads that were begun and are not ended.
    private func uploads(under folder: String) async throws -> [String] {
        let prefix = folder.dropFirst("s3://\(server.bucket)/".count)
        let query = URIEncoding.query([("uploads", ""), ("prefix", String(prefix))])
        let request = HTTPRequest(
            url: "\(server.endpoint)/\(server.bucket)?\(query)", maximumBodyBytes: 65_536, timeout: .seconds(20))
        let proof = try #require(
            RequestSigner(service: "s3", region: server.region).signed(request, with: server.key, at: Timestamp.now()))
        let response = try await S3Server.http.send(proof)
        let facts = try XMLFacts(reading: response.body, records: "Upload", wanted: ["Key"])
        #expect(response.status == 200 && facts.root == "ListMultipartUploadsResult")
        return facts.records.compactMap { $0["Key"] }
    }
}
