import Glibc
import HTTPTransport
import Iceberg
import IcebergCatalog
import Loading
import NilusCore
import RequestSigning
import Synchronization
import TemporaryFolders
import Testing

/// The Iceberg catalog of the SeaweedFS that `scripts/seaweedfs.sh run` starts around the tests.
enum SeaweedFS {
    /// Client for all tests; a catalog holds no state in it.
    static let http = HTTPClient(HTTPConfiguration(userAgent: "nilus-tests", maximumConnections: 8))

    private static let given = Atomic(0)

    /// The buckets that the script makes.
    private static let bucketCount = 60

    /// A catalog that no other test uses.
    static func catalog() async throws -> CatalogUnderTest {
        let number = given.wrappingAdd(1, ordering: .relaxed).oldValue
        try #require(number < bucketCount, "more tests want a catalog than 'scripts/seaweedfs.sh' makes buckets")
        let digits = number < 10 ? "0\(number)" : "\(number)"
        let place = try TemporaryFolder()
        let catalog = try await RESTCatalog.open(
            try connection(warehouse: "s3://conformance-\(digits)"), http: http, time: .system)
        return CatalogUnderTest(catalog: catalog, store: FolderStore(place: place), place: place)
    }

    static func connection(warehouse: String) throws -> RESTConnection {
        let base = try variable("NILUS_TEST_REST_CATALOG")
        let credentials = RESTClientCredentials(
            id: try variable("NILUS_TEST_S3_ACCESS_KEY_ID"),
            secret: Redacted(SecretBytes(try variable("NILUS_TEST_S3_SECRET_ACCESS_KEY"))),
            tokenURL: RESTClientCredentials.tokenURL(ofCatalogAt: base))
        return RESTConnection(
            base: base, warehouse: warehouse, authentication: .client(credentials), wantsCredentials: true)
    }

    private static func variable(_ name: String) throws -> String {
        try #require(
            EnvironmentVariables.ofProcess()[name],
            "no SeaweedFS to test with; run 'make test', or 'scripts/seaweedfs.sh run swift test'")
    }
}

struct `The catalog of SeaweedFS` {
    private let warehouse = "s3://warehouse"

    private func open(_ authentication: RESTAuthentication) async throws -> RESTCatalog {
        let base = try SeaweedFS.connection(warehouse: warehouse).base
        let connection = RESTConnection(
            base: base, warehouse: warehouse, authentication: authentication, wantsCredentials: false)
        return try await RESTCatalog.open(connection, http: SeaweedFS.http, time: .system)
    }

    private func key(_ secret: String? = nil) throws -> SigningKey {
        let environment = EnvironmentVariables.ofProcess()
        return SigningKey(
            id: try #require(environment["NILUS_TEST_S3_ACCESS_KEY_ID"]),
            secret: Redacted(SecretBytes(try secret ?? #require(environment["NILUS_TEST_S3_SECRET_ACCESS_KEY"]))))
    }

    @Test func `takes requests that are signed`() async throws {
        let key = try key()
        let signer = RequestSigner(service: "glue", region: "us-east-1")
        let catalog = try await open(.signature(signer, key: { key }))
        let namespace = ["signed-namespace"]

        try await catalog.createNamespace(namespace)

        #expect(try await catalog.hasNamespace(namespace))
        #expect(try await catalog.tables(in: namespace) == [])
    }

    @Test func `refuses a wrong signature, and the error shows no secret`() async throws {
        let key = try key("hush")
        let catalog = try await open(
            .signature(RequestSigner(service: "glue", region: "us-east-1"), key: { key }))

        let error = await #expect(throws: NilusError.self) { try await catalog.hasNamespace(["a"]) }

        #expect(error?.code == .sinkRefused)
        #expect(error?.tree.contains("hush") == false)
    }
}

struct `A table that is staged in the catalog of SeaweedFS` {
    @Test func `keeps the numbers of its partition spec and sort order when it comes to be`() async throws {
        let test = try await SeaweedFS.catalog()
        let table = CatalogUnderTest.charges
        let schema = IcebergSchema(creating: CatalogUnderTest.columns)
        let field = PartitionField(sourceID: 1, fieldID: PartitionField.firstID, name: "id", transform: .identity)
        try await test.catalog.createNamespace(table.namespace)

        let staged = try await test.catalog.stage(
            table,
            TableDraft(
                schema: schema, spec: PartitionSpec(id: 0, fields: [field]),
                sortOrder: SortOrder(id: 1, fields: [SortField(ascending: 2)]), properties: []))
        let made = try await test.catalog.commit(
            TableChange(requirements: [.create], updates: TableCreation(of: staged.metadata).updates), to: staged)

        #expect(staged.metadata.defaultSpec.fields == [field])
        #expect(staged.metadata.defaultSortOrder.fields == [SortField(ascending: 2)])
        #expect(made.metadata.defaultSpec.id == staged.metadata.defaultSpec.id)
        #expect(made.metadata.defaultSpec.fields == [field])
        #expect(made.metadata.defaultSortOrder.id == staged.metadata.defaultSortOrder.id)
        #expect(made.metadata.currentSchema.fields.map(\.id) == staged.metadata.currentSchema.fields.map(\.id))
    }
}
