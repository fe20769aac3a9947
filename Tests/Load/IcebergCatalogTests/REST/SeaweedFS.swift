import Glibc
import HTTPTransport
import IcebergCatalog
import NilusCore
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
