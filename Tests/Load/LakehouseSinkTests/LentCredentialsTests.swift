import HTTPTransport
import Iceberg
import IcebergCatalog
import Loading
import LoopbackServer
import NilusCore
import ObjectStorage
import Records
import Testing

@testable import LakehouseSink

struct `Credentials that a catalog lends` {
    private static let moment = Timestamp(microseconds: 1_700_000_000_000_000)
    private static let time = TimeSource(monotonic: { .zero }, utc: { moment }, sleep: { _ in })
    private static let http = HTTPClient(HTTPConfiguration(userAgent: "nilus-tests", maximumConnections: 4))

    /// A key of a name, for the prefix `s3://lake`, that ends after so many seconds.
    private static func storage(_ key: String, endingAfter seconds: Int64, at endpoint: String) -> TableStorage {
        let end = moment.microseconds / 1_000 + seconds * 1_000
        return TableStorage(
            settings: ["s3.endpoint": Redacted(endpoint), "s3.region": Redacted("r")],
            grants: [
                TableStorage.Grant(
                    prefix: "s3://lake",
                    settings: [
                        "s3.access-key-id": Redacted(key), "s3.secret-access-key": Redacted("hush"),
                        "s3.session-token": Redacted("token"),
                        "s3.session-token-expires-at-ms": Redacted(String(end)),
                    ])
            ])
    }

    /// Knows one thing: what it says about the storage of a table when it is asked again.
    private struct Lender: Catalog {
        let next: TableStorage

        func storage(of table: CatalogTable) async throws -> TableStorage { next }

        func hasNamespace(_ namespace: [String]) async throws -> Bool { throw unasked }
        func createNamespace(_ namespace: [String]) async throws { throw unasked }
        func tables(in namespace: [String]) async throws -> [TableName] { throw unasked }
        func load(_ table: TableName) async throws -> CatalogTable? { throw unasked }
        func commit(_ change: TableChange, to table: CatalogTable) async throws -> CatalogTable { throw unasked }
        func stage(_ table: TableName, _ draft: TableDraft) async throws -> CatalogTable { throw unasked }

        private var unasked: NilusError { .defect(.load, "nobody asks this") }
    }

    private func table(_ storage: TableStorage) throws -> CatalogTable {
        let creation = TableCreation(
            uuid: "11111111-2222-4333-8444-555555555555", location: "s3://lake/sales/charges",
            schema: IcebergSchema(creating: RecordSchema([Field("id", .text)])))
        return CatalogTable(
            identifier: TableName(namespace: ["sales"], name: "charges"),
            metadata: try TableMetadata.creating(creation.updates, at: Self.moment), metadataLocation: "m",
            storage: storage)
    }

    /// A storage that has every object, and the keys that requests were signed with.
    private func stand() throws -> LoopbackServer {
        try LoopbackServer { _, _ in .http(200, body: "x") }
    }

    private func keys(_ server: LoopbackServer) -> [String] {
        server.received.map { request in
            let start = request.split(separator: "Credential=", maxSplits: 1).last ?? ""
            return String(start.prefix { $0 != "/" })
        }
    }

    private func opener(_ written: [String: String] = [:]) -> StorageOpener {
        StorageOpener(
            written: written.mapValues { Redacted($0) }, environment: EnvironmentVariables([:]),
            connection: StorageConnection(http: Self.http, time: Self.time))
    }

    @Test func `sign requests, and the next ones do before they end`() async throws {
        let server = try stand()
        let lender = Lender(next: Self.storage("second", endingAfter: 3_600, at: server.base))
        let store = opener().store(
            of: try table(Self.storage("first", endingAfter: 60, at: server.base)), in: lender)

        for _ in 0..<3 { _ = try await store.read("s3://lake/sales/charges/data/a", limit: 10) }

        #expect(keys(server) == ["first", "second", "second"])
        #expect(server.received.allSatisfy { $0.lowercased().contains("x-amz-security-token: token") })
    }

    @Test func `are not touched while they last`() async throws {
        let server = try stand()
        let lender = Lender(next: Self.storage("second", endingAfter: 3_600, at: server.base))
        let store = opener().store(
            of: try table(Self.storage("first", endingAfter: 3_600, at: server.base)), in: lender)

        for _ in 0..<3 { _ = try await store.read("s3://lake/sales/charges/data/a", limit: 10) }

        #expect(keys(server) == ["first", "first", "first"])
    }

    @Test func `give way to those that were written`() async throws {
        let server = try stand()
        let lent = Self.storage("lent", endingAfter: 60, at: server.base)
        let store = opener(["s3.access-key-id": "written", "s3.secret-access-key": "own"]).store(
            of: try table(lent), in: Lender(next: lent))

        _ = try await store.read("s3://lake/sales/charges/data/a", limit: 10)

        #expect(keys(server) == ["written"])
        #expect(server.received.allSatisfy { !$0.lowercased().contains("x-amz-security-token") })
    }

    @Test func `that are lent no more are told`() async throws {
        let server = try stand()
        let lender = Lender(next: .unsaid)
        let store = opener().store(of: try table(Self.storage("first", endingAfter: 0, at: server.base)), in: lender)
        _ = try await store.read("s3://lake/sales/charges/data/a", limit: 10)

        let error = await #expect(throws: NilusError.self) {
            try await store.read("s3://lake/sales/charges/data/a", limit: 10)
        }

        #expect(error?.code == .sinkRefused)
        #expect(
            error?.message == "cannot renew the credentials to the storage: the catalog lends none any more; "
                + "give the job keys of its own")
    }
}
