import Depots
import LoopbackServer
import NilusCore
import TemporaryFolders
import Testing

struct `A depot in the environment` {
    private let variables = [
        "TYPE": "S3", "DESTINATION_BUCKET": "s3a://data/tables/", "METASTORE_URL": "http://catalog:8181",
        "AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": "hush", "AWS_SESSION_TOKEN": "token",
        "AWS_REGION": "eu-west-1", "AWS_ENDPOINT": "http://s3:9000",
    ]

    @Test func `is taken when no file describes it`() async throws {
        var world = try DepotWorld()
        world.environment = variables

        let depot = try await world.remote()

        #expect(depot.location == "s3://data/tables")
        #expect(depot.catalogURL == "http://catalog:8181")
        #expect(
            depot.texts == [
                "s3.endpoint": "http://s3:9000", "s3.region": "eu-west-1", "s3.access-key-id": "AKIA1",
                "s3.secret-access-key": "hush", "s3.session-token": "token",
            ])
    }

    @Test func `gives way to a file`() async throws {
        var world = try DepotWorld()
        world.environment = variables
        try world.folder.write("{name: lake, type: depot, depot: {type: LOCAL, local: {path: /x}}}", to: "d.yaml")

        #expect(try await world.depot().storage == .local(path: "/x"))
    }

    @Test func `may be in Azure or Google's storage`() async throws {
        var world = try DepotWorld()
        world.environment = [
            "TYPE": "abfss", "DESTINATION_BUCKET": "abfss://c@acme.dfs.core.windows.net/t", "METASTORE_URL": "http://c",
            "AZURE_STORAGE_ACCOUNT_NAME": "acme", "AZURE_STORAGE_ACCOUNT_KEY": "a2V5",
        ]
        let azure = try await world.remote()
        world.environment = [
            "TYPE": "GCS", "DESTINATION_BUCKET": "gs://b/t", "METASTORE_URL": "http://c", "GCS_KEY_FILE": "/k.json",
        ]
        let google = try await world.remote()

        #expect(azure.location == "abfss://c@acme.dfs.core.windows.net/t")
        #expect(
            azure.texts == ["adls.auth.shared-key.account.name": "acme", "adls.auth.shared-key.account.key": "a2V5"])
        #expect(google.location == "gs://b/t")
        #expect(google.texts == ["nilus.gcs.service-account-file": "/k.json"])
    }

    @Test(arguments: [
        ("TYPE", "S4", "unknown depot type 'S4'; did you mean 'S3'?"),
        ("DESTINATION_BUCKET", "gs://b", "location 'gs://b' is not of type S3; expected 's3://…'"),
        ("METASTORE_URL", "", "'metastoreUrl' is missing; expected the address of its Iceberg REST catalog"),
    ])
    func `that is wrong says how`(_ name: String, _ value: String, _ fault: String) async throws {
        var world = try DepotWorld()
        world.environment = variables.merging([name: value]) { $1 }

        let error = try await world.error()

        #expect(error.code == .configurationInvalid)
        #expect(
            error.message
                == "cannot use depot 'lake' of the environment variables 'TYPE' and 'DESTINATION_BUCKET': \(fault)")
    }

    @Test func `is not taken from the envs of a manifest`() async throws {
        var world = try DepotWorld()
        world.manifest = variables

        #expect(try await world.error().message == world.nowhere())
    }
}

struct `A depot of the platform` {
    private static let resolve = "/depots/api/v2/resolve?address=dataos%3A%2F%2Flake"
    private static let answer = LoopbackServer.Answer.http(
        200,
        body: """
            {"depot": "lake", "type": "S3", "collection": "", "dataset": "", "format": "ICEBERG",
             "connection": {"bucket": "data", "relativePath": "tables", "region": "us-east-2",
                            "metastoreUrl": "https://catalog.example.com"}}
            """)
    /// `accesskeyid=AKIA1\nsecretkey=hush` in Base64.
    private static let secret = LoopbackServer.Answer.http(
        200,
        body: #"{"id": "x", "data": [{"key": "k", "base64Value": "YWNjZXNza2V5aWQ9QUtJQTEKc2VjcmV0a2V5PWh1c2g="}]}"#)

    private func world(_ platform: Platform, key: String? = "platform-key") throws -> DepotWorld {
        var world = try DepotWorld()
        world.environment = [
            "DEPOT_SERVICE_URL": "\(platform.base)/depots", "HEIMDALL_URL": "\(platform.base)/heimdall/",
        ]
        world.environment["DATAOS_RUN_AS_APIKEY"] = key
        return world
    }

    @Test func `is resolved, with the credentials of the secret made for it`() async throws {
        let platform = try Platform([Self.resolve: Self.answer, "/heimdall/api/v1/secrets/lake-rw": Self.secret])

        let depot = try await world(platform).remote()

        #expect(depot.location == "s3://data/tables")
        #expect(depot.catalogURL == "https://catalog.example.com")
        #expect(
            depot.texts == ["s3.region": "us-east-2", "s3.access-key-id": "AKIA1", "s3.secret-access-key": "hush"])
        #expect(platform.paths == [Self.resolve, "/heimdall/api/v1/secrets/lake-rw"])
        #expect(platform.keys == ["platform-key", "platform-key"])
    }

    @Test func `is resolved with the secrets that the answer names`() async throws {
        let answer = LoopbackServer.Answer.http(
            200,
            body: """
                {"type": "S3", "secrets": [{"name": "keys/1"}],
                 "connection": {"s3": {"bucket": "data"}, "metastoreUrl": "https://c"}}
                """)
        let platform = try Platform([Self.resolve: answer, "/heimdall/api/v1/secrets/keys%2F1": Self.secret])

        #expect(try await world(platform).remote().texts["s3.access-key-id"] == "AKIA1")
    }

    @Test func `may have no secret, where the catalog lends credentials`() async throws {
        let platform = try Platform([Self.resolve: Self.answer])

        #expect(try await world(platform).remote().texts == ["s3.region": "us-east-2"])
    }

    @Test func `is asked for at the address that a manifest names only on a host of the job's own environment`()
        async throws
    {
        let platform = try Platform([Self.resolve: Self.answer, "/heimdall/api/v1/secrets/lake-rw": Self.secret])
        var world = try world(platform)
        world.environment["DEPOT_SERVICE_URL"] = nil
        world.manifest = ["DEPOT_SERVICE_URL": "<\(platform.base)/depots>"]

        #expect(try await world.remote().location == "s3://data/tables")
    }

    @Test func `is never asked for where only a manifest leads`() async throws {
        let elsewhere = try Platform([Self.resolve: Self.answer, "/heimdall/api/v1/secrets/lake-rw": Self.secret])
        var world = try DepotWorld()
        world.environment = ["DATAOS_RUN_AS_APIKEY": "platform-key", "HEIMDALL_URL": "https://heimdall.example.com"]
        world.manifest = [
            "DEPOT_SERVICE_URL": "\(elsewhere.base)/depots", "HEIMDALL_URL": "\(elsewhere.base)/heimdall",
        ]

        let error = try await world.error()

        #expect(
            error.message
                == world.nowhere(
                    service: "'DEPOT_SERVICE_URL' is set by the manifest alone, and '\(elsewhere.base)' is sent no "
                        + "credential; set it in the job's own environment"))
        #expect(elsewhere.paths.isEmpty)
    }

    @Test func `gets its credentials from no host that only a manifest names`() async throws {
        let platform = try Platform([Self.resolve: Self.answer])
        let elsewhere = try Platform(["/heimdall/api/v1/secrets/lake-rw": Self.secret])
        var world = try world(platform)
        world.environment["HEIMDALL_URL"] = nil
        world.manifest = ["HEIMDALL_URL": "\(elsewhere.base)/heimdall"]

        #expect(try await world.remote().texts == ["s3.region": "us-east-2"])
        #expect(elsewhere.paths.isEmpty)
    }

    struct Failure: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let answers: [String: LoopbackServer.Answer]
        let told: String
        var code = ErrorCode.configurationInvalid
    }

    @Test(arguments: [
        Failure(
            testDescription: "unknown depot", answers: [:],
            told: "the depot service at '{base}' answered 404 (no such thing)"),
        Failure(
            testDescription: "refused key", answers: [resolve: .http(401, body: "")],
            told: "the depot service at '{base}' answered 401"),
        Failure(
            testDescription: "service out of order", answers: [resolve: .http(503, body: "busy")],
            told: "the depot service at '{base}' answered 503", code: .sinkUnavailable),
        Failure(
            testDescription: "no JSON", answers: [resolve: .http(200, body: "<html>")],
            told: "the depot service at '{base}' answered with no JSON"),
        Failure(
            testDescription: "no type", answers: [resolve: .http(200, body: "{}")],
            told: "the depot service at '{base}': its answer names no 'type'"),
        Failure(
            testDescription: "no lakehouse", answers: [resolve: .http(200, body: #"{"type": "JDBC"}"#)],
            told: "the depot service knows it, but unknown depot type 'JDBC'; "
                + "known are 'S3', 'ABFSS', 'WASBS', 'GCS', 'LOCAL'"),
        Failure(
            testDescription: "refused secret",
            answers: [resolve: answer, "/heimdall/api/v1/secrets/lake-rw": .http(403, body: #"{"error": "no"}"#)],
            told: "Heimdall at '{base}', asked for secret 'lake-rw' answered 403 (no)"),
        Failure(
            testDescription: "damaged secret",
            answers: [resolve: answer, "/heimdall/api/v1/secrets/lake-rw": .http(200, body: #"{"data": [{}]}"#)],
            told: "Heimdall at '{base}', asked for secret 'lake-rw': an item of its 'data' has no 'base64Value'"),
    ])
    func `that cannot be had says what each way answered`(_ failure: Failure) async throws {
        let platform = try Platform(failure.answers)
        let world = try world(platform)

        let error = try await world.error()

        #expect(error.code == failure.code)
        let told = failure.told.split(separator: "{base}", omittingEmptySubsequences: false).joined(
            separator: platform.base)
        let advice =
            failure.code == .sinkUnavailable
            ? "run again later" : "name a folder with '--depot-dir' or load into a local folder with '--warehouse'"
        #expect(
            error.message == "cannot find depot 'lake': no manifest or properties of it in '\(world.folder.path)'; the "
                + "environment variables 'TYPE' and 'DESTINATION_BUCKET' are not both set; \(told); \(advice)")
    }

    @Test func `needs the key of the job`() async throws {
        let platform = try Platform([Self.resolve: Self.answer])

        let world = try world(platform, key: nil)

        let error = try await world.error()

        #expect(error.message == world.nowhere(service: "'DATAOS_RUN_AS_APIKEY' is not set"))
        #expect(platform.paths.isEmpty)
    }

    @Test func `is nothing that a job without a platform finds`() async throws {
        let world = try DepotWorld()

        #expect(try await world.error().message == world.nowhere())
    }
}
