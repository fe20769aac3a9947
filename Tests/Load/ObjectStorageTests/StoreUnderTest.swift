import HTTPTransport
import LoopbackServer
import NilusCore
@testable import ObjectStorage
import RequestSigning
import TemporaryFolders
import Testing

/// An object store and an empty place in it; every implementation joins the list.
final class StoreUnderTest: Sendable {
    let store: any ObjectStore
    /// Ends without a slash.
    let folder: String
    /// The folder as messages name it: files of this machine by their path.
    var folderInMessages: String { folder.hasPrefix("file://") ? String(folder.dropFirst(7)) : folder }
    /// What goes when the test is over.
    private let place: (any Sendable)?

    private init(_ store: any ObjectStore, folder: String, in place: (any Sendable)? = nil) {
        self.store = store
        self.folder = folder
        self.place = place
    }

    /// A kind of store, from which each test makes a fresh one.
    struct Kind: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let make: @Sendable () throws -> StoreUnderTest
    }

    static let kinds = [
        Kind(testDescription: "local files by URL") {
            let folder = try TemporaryFolder()
            return StoreUnderTest(LocalObjectStore(), folder: "file://\(folder.path)", in: folder)
        },
        Kind(testDescription: "local files by path") {
            let folder = try TemporaryFolder()
            return StoreUnderTest(LocalObjectStore(), folder: folder.path, in: folder)
        },
        Kind(testDescription: "S3 with signed bodies") {
            let server = try S3Server.fromEnvironment()
            return StoreUnderTest(try server.store(signsPayload: true), folder: server.newFolder("s3"))
        },
        Kind(testDescription: "S3 with unsigned bodies, as over TLS") {
            let server = try S3Server.fromEnvironment()
            return StoreUnderTest(try server.store(signsPayload: false), folder: server.newFolder("s3a"))
        },
        Kind(testDescription: "Google, a stand-in by key") {
            try standIn(.google) { endpoint, connection in
                try .google(
                    GoogleSettings(endpoint: endpoint, key: SigningKey(id: "GOOG1E", secret: secret("s"))),
                    environment: EnvironmentVariables([:]), connection: connection)
            }
        },
        Kind(testDescription: "Google, a stand-in by token") {
            try standIn(.google) { endpoint, connection in
                try .google(
                    GoogleSettings(endpoint: endpoint, token: secret("stand-in-token")),
                    environment: EnvironmentVariables([:]), connection: connection)
            }
        },
        Kind(testDescription: "Azure, a stand-in by account key") {
            try standIn(.azure) { endpoint, connection in
                try .azure(
                    AzureSettings(account: "account", endpoint: endpoint, key: secret("c2VjcmV0")),
                    environment: EnvironmentVariables([:]), connection: connection)
            }
        },
        Kind(testDescription: "Azure, a stand-in by shared access signature") {
            try standIn(.azure) { endpoint, connection in
                try .azure(
                    AzureSettings(account: "account", endpoint: endpoint, signature: secret("?sv=1&sig=stand-in")),
                    environment: EnvironmentVariables([:]), connection: connection)
            }
        },
    ]

    private static func secret(_ text: String) -> Redacted<SecretBytes> { Redacted(SecretBytes(text)) }

    private static func standIn(
        _ dialect: StandInStorage.Dialect, _ open: (String, StorageConnection) throws -> RemoteObjectStore
    ) throws -> StoreUnderTest {
        let server = try StandInStorage(dialect).start()
        let connection = StorageConnection(http: S3Server.http, time: .system, retry: StorageRetry(patience: .zero))
        let folder = dialect == .google ? "gs://plain/t" : "abfss://plain@account.dfs.core.windows.net/t"
        return StoreUnderTest(try open(server.base, connection), folder: folder, in: server)
    }
}

/// The real S3 server that the tests run against.
struct S3Server {
    let endpoint: String
    let region: String
    let bucket: String
    let key: SigningKey

    struct Missing: Error, CustomStringConvertible {
        let description =
            "no S3 server to test against: run 'make room-tests', or 'scripts/seaweedfs.sh run swift test', which start "
            + "SeaweedFS and set NILUS_TEST_S3_ENDPOINT"
    }

    /// One client for all tests, as in the program.
    static let http = HTTPClient(HTTPConfiguration(userAgent: "nilus-test", maximumConnections: 16))

    static func fromEnvironment() throws -> S3Server {
        let environment = EnvironmentVariables.ofProcess()
        guard let endpoint = environment["NILUS_TEST_S3_ENDPOINT"], let region = environment["NILUS_TEST_S3_REGION"],
            let bucket = environment["NILUS_TEST_S3_BUCKET"], let id = environment["NILUS_TEST_S3_ACCESS_KEY_ID"],
            let secret = environment["NILUS_TEST_S3_SECRET_ACCESS_KEY"]
        else { throw Missing() }
        let key = SigningKey(id: id, secret: Redacted(SecretBytes(secret)))
        return S3Server(endpoint: endpoint, region: region, bucket: bucket, key: key)
    }

    func store(signsPayload: Bool? = nil, key: SigningKey? = nil, region: String? = nil) throws -> RemoteObjectStore {
        try RemoteObjectStore.s3(
            S3Settings(endpoint: endpoint, region: region ?? self.region, key: key ?? self.key),
            environment: EnvironmentVariables([:]),
            connection: StorageConnection(http: Self.http, time: .system, retry: StorageRetry(patience: .seconds(20))),
            signsPayload: signsPayload)
    }

    /// A folder that nobody has used.
    func newFolder(_ scheme: String = "s3") -> String {
        "\(scheme)://\(bucket)/tests/\(RemoteObjectStore.newMark())"
    }
}
