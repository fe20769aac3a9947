import HTTPTransport
import LoopbackServer
import NilusCore
@testable import ObjectStorage
import RequestSigning
import Testing

struct `The address of an object in S3` {
    struct Case: Sendable, CustomTestStringConvertible {
        let address: S3Address
        let bucket: String
        var key = "a b/c+d"
        var query = ""
        let url: String
        var testDescription: String { url }
    }

    @Test(arguments: [
        Case(
            address: .amazon(region: "eu-west-1"), bucket: "lake",
            url: "https://lake.s3.eu-west-1.amazonaws.com/a%20b/c%2Bd"),
        Case(
            address: .amazon(region: "cn-north-1"), bucket: "lake", key: "", query: "list-type=2",
            url: "https://lake.s3.cn-north-1.amazonaws.com.cn/?list-type=2"),
        Case(
            address: .amazon(region: "us-east-1"), bucket: "my.lake", key: "k",
            url: "https://s3.us-east-1.amazonaws.com/my.lake/k"),
        Case(
            address: .amazon(region: "us-east-1", usesPathStyle: true), bucket: "lake", key: "k",
            url: "https://s3.us-east-1.amazonaws.com/lake/k"),
        Case(
            address: S3Address(endpoint: "http://127.0.0.1:8333", usesPathStyle: true), bucket: "lake", key: "../x",
            url: "http://127.0.0.1:8333/lake/../x"),
    ])
    func `has the bucket in the host or in the path`(_ test: Case) {
        #expect(test.address.url(bucket: test.bucket, key: test.key, query: test.query) == test.url)
    }

    @Test(arguments: [
        ("localhost:9000", "https://localhost:9000"), ("http://h:1/", "http://h:1"), ("https://h", "https://h"),
    ])
    func `begins with the endpoint that a person gave`(_ text: String, _ endpoint: String) throws {
        #expect(try S3Address.endpoint(text) == endpoint)
    }

    @Test(arguments: ["http://h/path", "http://h?x=1", "http://user:canary@h", "http://", "h h"])
    func `needs an endpoint that is a host alone`(_ text: String) {
        let error = #expect(throws: NilusError.self) { try S3Address.endpoint(text) }

        #expect(error?.code == .configurationInvalid)
    }
}

struct `A location` {
    private func stores(
        _ properties: [String: String] = [:],
        _ environment: [String: String] = ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s"]
    ) -> ObjectStores {
        ObjectStores(
            StorageProperties(properties), environment: EnvironmentVariables(environment),
            connection: StorageConnection(http: S3Server.http, time: TestClock().time))
    }

    private func endpoint(_ location: String, _ stores: ObjectStores) throws -> String? {
        (try stores.store(for: location) as? RemoteObjectStore)?.service.endpoint
    }

    @Test func `leads to the storage of its scheme`() throws {
        let stores = stores(
            [
                "s3.region": "eu-west-1", "gcs.oauth2.token": "t", "adls.sas-token.acc.dfs.core.windows.net": "sig=1",
            ])

        for scheme in ["s3", "s3a", "s3n"] {
            #expect(try endpoint("\(scheme)://b/k", stores) == "https://s3.eu-west-1.amazonaws.com")
        }
        #expect(try endpoint("gs://b/k", stores) == "https://storage.googleapis.com")
        for location in ["abfss://c@acc.dfs.core.windows.net/k", "wasbs://c@acc.blob.core.windows.net/k"] {
            #expect(try endpoint(location, stores) == "https://acc.blob.core.windows.net")
        }
        for location in ["file:///a", "/a", "file:/a"] {
            #expect(try stores.store(for: location) is LocalObjectStore)
        }
    }

    @Test func `leads to what a catalog said before the environment`() throws {
        let stores = stores(
            ["s3.endpoint": "http://catalog:1", "s3.access-key-id": "V", "s3.secret-access-key": "v"],
            ["AWS_ENDPOINT_URL": "http://environment:1"])

        #expect(try endpoint("s3://b/k", stores) == "http://catalog:1")
        #expect(
            try endpoint(
                "s3://b/k",
                self.stores(
                    [:],
                    [
                        "AWS_ENDPOINT_URL": "http://environment:1", "AWS_ACCESS_KEY_ID": "A",
                        "AWS_SECRET_ACCESS_KEY": "s",
                    ])) == "http://environment:1")
    }

    @Test(arguments: [
        ("hdfs://h/k", "no storage has this scheme; 'file', 's3', 's3a', 'gs', 'abfss' or 'wasbs' was expected"),
        (
            "abfss://c/k",
            "it names no object here; 'abfss://container@account.dfs.core.windows.net/path' was expected"
        ),
    ])
    func `of no storage is refused`(_ location: String, _ finding: String) {
        let error = #expect(throws: NilusError.self) { try stores().store(for: location) }

        #expect(error?.code == .sinkRefused)
        #expect(error?.message == "cannot use location '\(location)': \(finding)")
    }

    @Test(arguments: ["s3://b/a?b", "s3://b/a#b", "s3:///k", "s3://b c/k", "s3://b/a\nb", "gs://b/k"])
    func `that readers of tables trip over is refused`(_ location: String) async throws {
        let store = try stores().store(for: "s3://b/k")

        let error = await #expect(throws: NilusError.self) { try await store.put([], at: location) }

        #expect(error?.code == .sinkRefused)
        #expect(
            error?.message == "cannot use location \(MessageText.quoted(location)): it names no object here; "
                + "'s3://bucket/path' was expected")
    }

    @Test func `in a storage without a credential says what to set`() {
        let s3 = #expect(throws: NilusError.self) { try stores([:], [:]).store(for: "s3://b/k") }
        let google = #expect(throws: NilusError.self) { try stores([:], [:]).store(for: "gs://b/k") }
        let azure = #expect(throws: NilusError.self) {
            try stores([:], [:]).store(for: "abfss://c@acc.dfs.core.windows.net/k")
        }
        let half = #expect(throws: NilusError.self) {
            try stores([:], ["AWS_ACCESS_KEY_ID": "AKID"]).store(for: "s3://b/k")
        }

        #expect(
            s3?.message == "cannot sign requests to S3: no key is given; set 'AWS_ACCESS_KEY_ID' and "
                + "'AWS_SECRET_ACCESS_KEY', or 'AWS_ROLE_ARN' and 'AWS_WEB_IDENTITY_TOKEN_FILE', or "
                + "'AWS_CONTAINER_CREDENTIALS_FULL_URI'")
        #expect(
            google?.message == "cannot prove requests to Google Cloud Storage: no credential is given; set "
                + "'GOOGLE_APPLICATION_CREDENTIALS', or 'GCS_HMAC_ACCESS_KEY_ID' and 'GCS_HMAC_SECRET_ACCESS_KEY'")
        #expect(
            azure?.message == "cannot prove requests to storage account 'acc': no credential is given for it; set "
                + "'AZURE_STORAGE_ACCOUNT_NAME' and 'AZURE_STORAGE_ACCOUNT_KEY', or 'AZURE_STORAGE_SAS_TOKEN', or "
                + "'AZURE_FEDERATED_TOKEN_FILE' with 'AZURE_CLIENT_ID' and 'AZURE_TENANT_ID'")
        #expect(
            half?.message
                == "cannot sign requests to S3: 'AWS_ACCESS_KEY_ID' is 'AKID' but 'AWS_SECRET_ACCESS_KEY' is not "
                + "set; set both")
        for error in [s3, google, azure, half] { #expect(error?.code == .configurationInvalid) }
    }
}

struct `The checksum of a body` {
    private func headers(endpoint: String, _ environment: [String: String] = [:]) async throws -> [String: String] {
        let store = try RemoteObjectStore.s3(
            S3Settings(endpoint: endpoint, key: SigningKey(id: "A", secret: Redacted(SecretBytes("s")))),
            environment: EnvironmentVariables(environment),
            connection: StorageConnection(http: S3Server.http, time: TestClock().time))
        let object = try store.service.name(of: "s3://b/k")
        let request = store.service.put(Array("123456789".utf8), at: object, onlyIfAbsentBy: nil)
        let (proven, _) = try await store.service.proven(request, at: Timestamp(microseconds: 0))
        return Dictionary(proven.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }

    private let digest = "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"

    @Test func `goes along, and over TLS instead of the digest`() async throws {
        let plain = try await headers(endpoint: "http://h")
        let secure = try await headers(endpoint: "https://h")

        #expect(plain["x-amz-checksum-crc32c"] == "4waSgw==" && plain["x-amz-content-sha256"] == digest)
        #expect(secure["x-amz-checksum-crc32c"] == "4waSgw==" && secure["x-amz-content-sha256"] == "UNSIGNED-PAYLOAD")
    }

    @Test func `gives way to the digest for a storage that trips over it`() async throws {
        let headers = try await headers(
            endpoint: "https://h", ["AWS_REQUEST_CHECKSUM_CALCULATION": "WHEN_REQUIRED"])

        #expect(headers["x-amz-checksum-crc32c"] == nil && headers["x-amz-content-sha256"] == digest)
    }
}
