import HTTPTransport
import IcebergCatalog
import NilusCore
import TemporaryFolders
import Testing

@testable import LakehouseSink

struct `An address of a REST lakehouse` {
    @Test func `names catalog, warehouse, storage and client`() async throws {
        var text = SinkText(
            "iceberg+rest://catalog:8181/api?warehouse=s3%3A%2F%2Flake&endpoint=s3:9000&use_ssl=false&region=eu-west-1"
                + "&access_key_id=AKIA1&secret_access_key={S3_SECRET}&session_token=t&credential=me:{CLIENT}"
                + "&scope=all&rest_use_ssl=false")
        text.environment = ["S3_SECRET": "a/b+c", "CLIENT": "hush:1"]

        let place = try await text.rest()

        #expect(place.catalogURL == "http://catalog:8181/api")
        #expect(place.warehouse == "s3://lake")
        #expect(
            place.storageTexts == [
                "s3.endpoint": "http://s3:9000", "s3.region": "eu-west-1", "s3.access-key-id": "AKIA1",
                "s3.secret-access-key": "a/b+c", "s3.session-token": "t",
            ])
        #expect(
            place.identity
                == .client(
                    RESTClientCredentials(
                        id: "me", secret: Redacted(SecretBytes("hush:1")), scope: "all",
                        tokenURL: "http://catalog:8181/api/v1/oauth/tokens")))
        #expect(place.storage.hasStorageKey)
        #expect(place.mayUseEnvironment)
        #expect(!"\(place)".contains("hush"))
    }

    struct URL: Sendable, CustomTestStringConvertible {
        let address: String
        let url: String
        var endpoint: String?
        var testDescription: String { address }
    }

    @Test(arguments: [
        URL(address: "catalog", url: "https://catalog"),
        URL(address: "catalog:80/x/", url: "https://catalog:80/x/"),
        URL(address: "catalog?rest_use_ssl=false", url: "http://catalog"),
        URL(address: "127.0.0.1:8181", url: "http://127.0.0.1:8181"),
        URL(address: "localhost:8181?rest_use_ssl=true", url: "https://localhost:8181"),
        URL(address: "c?endpoint=s3:9000", url: "https://c", endpoint: "https://s3:9000"),
        URL(address: "c?endpoint=localhost:9000", url: "https://c", endpoint: "http://localhost:9000"),
        URL(address: "c?endpoint=http://s3:9000", url: "https://c", endpoint: "http://s3:9000"),
        URL(address: "c?endpoint=https://s3&use_ssl=true", url: "https://c", endpoint: "https://s3"),
    ])
    func `is reached by TLS but on this machine, unless told otherwise`(_ test: URL) async throws {
        let place = try await SinkText("iceberg+rest://\(test.address)").rest()

        #expect(place.catalogURL == test.url)
        #expect(place.storageTexts["s3.endpoint"] == test.endpoint)
    }

    struct Identity: Sendable, CustomTestStringConvertible {
        let address: String
        let identity: RESTPlace.Identity
        var testDescription: String { address }
    }

    @Test(arguments: [
        Identity(address: "c", identity: .none),
        Identity(address: "c?token=abc", identity: .token(Redacted("abc"))),
        Identity(
            address: "c?credential=hush&oauth2-server-uri=https://login/t",
            identity: .client(
                RESTClientCredentials(id: "", secret: Redacted(SecretBytes("hush")), tokenURL: "https://login/t"))),
        Identity(
            address: "c?rest.sigv4-enabled=true&region=eu-west-1",
            identity: .signature(service: "glue", region: "eu-west-1")),
        Identity(
            address: "c?rest.sigv4-enabled=true&rest.signing-name=execute-api&rest.signing-region=us-west-2&region=x",
            identity: .signature(service: "execute-api", region: "us-west-2")),
        Identity(
            address: "s3tables.eu-central-1.amazonaws.com/iceberg",
            identity: .signature(service: "s3tables", region: "eu-central-1")),
        Identity(
            address: "glue.us-east-2.amazonaws.com/iceberg",
            identity: .signature(service: "glue", region: "us-east-2")),
        Identity(
            address: "glue.us-east-2.amazonaws.com.example.com",
            identity: .signature(service: "glue", region: "us-east-2")),
        Identity(address: "glue.us-east-2.amazonaws.com?rest.sigv4-enabled=false", identity: .none),
    ])
    func `says how the job makes itself known`(_ test: Identity) async throws {
        #expect(try await SinkText("iceberg+rest://\(test.address)").rest().identity == test.identity)
    }

    @Test func `gets the key of the platform on a host of the platform alone`() async throws {
        var text = SinkText("iceberg+rest://platform.example.com/catalog")
        text.environment = [
            "DATAOS_RUN_AS_APIKEY": "hush", "HEIMDALL_URL": "https://platform.example.com/heimdall",
        ]
        #expect(try await text.rest().identity == .platformKey(Redacted(SecretBytes("hush"))))

        text.address = "iceberg+rest://elsewhere.example.com/catalog"
        #expect(try await text.rest().identity == .none)

        text.address = "iceberg+rest://elsewhere.example.com/catalog"
        text.manifest = ["HEIMDALL_URL": "https://elsewhere.example.com/heimdall"]
        #expect(try await text.rest().identity == .none)
    }

    @Test func `gives way to the options about the storage, and to a folder`() async throws {
        var text = SinkText("iceberg+rest://c?region=a&endpoint=https://b")
        text.options = "aws_region: eu-north-1\naws_endpoint: https://other"
        #expect(
            try await text.rest().storageTexts == ["s3.region": "eu-north-1", "s3.endpoint": "https://other"])

        text.warehouse = "/lake"
        #expect(
            try await text.place()
                == .local(LocalPlace(catalogPath: "/lake/catalog.db", catalogName: "nilus", warehouse: "file:///lake")))
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let address: String
        let message: String
        var testDescription: String { address }
    }

    @Test(arguments: [
        Fault(
            address: "c?endpoint=https://s3&use_ssl=false",
            message: "cannot use the storage: 'use_ssl' and the scheme of 'endpoint' contradict; keep one of them"),
        Fault(
            address: "c?endpoint=s3://x",
            message: "cannot use storage endpoint 's3://x': expected 'host:port' or 'https://host:port'"),
        Fault(
            address: "user@c", message: "cannot find the catalog: expected 'iceberg+rest://host:port/path?warehouse=…'"),
        Fault(
            address: "c:port", message: "cannot find the catalog: expected 'iceberg+rest://host:port/path?warehouse=…'"),
        Fault(
            address: "c?use_ssl={SWITCH}&endpoint=s3",
            message: "cannot read parameter 'use_ssl': expected 'true' or 'false'"),
    ])
    func `that leads nowhere says why`(_ fault: Fault) async throws {
        var text = SinkText("iceberg+rest://\(fault.address)")
        text.environment = ["SWITCH": "maybe"]

        let error = try await text.error()

        #expect(error.code == .configurationInvalid)
        #expect(error.message == fault.message)
        #expect(error.location != nil)
    }

    @Test(arguments: ["token=hush", "credential=id:hush", "credential={ID}:hush", "region=sk_live_hush"])
    func `is warned of when it shows a credential`(parameter: String) {
        let name = parameter.prefix { $0 != "=" }
        let faults = SinkText("iceberg+rest://c?\(parameter)").faults

        #expect(
            faults == [
                "w.yaml:5:\(31 + name.utf8.count): warning: the credential in parameter '\(name)' stands in the manifest, "
                    + "where others can read it; put it into an instance secret and write "
                    + "'\(name)={\(name.uppercased())}'"
            ])
    }

    @Test(arguments: ["token={TOKEN}", "credential={ID}:{SECRET}", "credential=id:{SECRET}", "region=eu-west-1"])
    func `may name a credential`(parameter: String) {
        #expect(SinkText("iceberg+rest://c?\(parameter)").faults == [])
    }

    @Test func `needs the secrets that it names`() async throws {
        #expect(try await SinkText("iceberg+rest://c?token={NOWHERE}").error().code == .secretMissing)
    }
}

struct `A host that only the envs of a manifest name` {
    private func text(_ address: String) -> SinkText {
        var text = SinkText("iceberg+rest://\(address)")
        text.environment = ["JOB_SECRET": "hush"]
        text.manifest = ["HOST": "evil.example.com", "OWN_SECRET": "own"]
        return text
    }

    @Test(arguments: [
        ("{HOST}?token={JOB_SECRET}", "token", "the catalog"),
        ("{HOST}?credential=a:{JOB_SECRET}", "credential", "the catalog"),
        ("{HOST}?access_key_id=a&secret_access_key={JOB_SECRET}", "secret_access_key", "the catalog"),
        ("c?credential={JOB_SECRET}&oauth2-server-uri=https://{HOST}/t", "credential", "'oauth2-server-uri'"),
        ("c?endpoint={HOST}&access_key_id=a&secret_access_key={JOB_SECRET}", "secret_access_key", "'endpoint'"),
    ])
    func `is sent no secret of the job`(_ address: String, _ name: String, _ host: String) async throws {
        let error = try await text(address).error()

        #expect(error.code == .configurationInvalid)
        #expect(
            error.message
                == "cannot send '\(name)' to a host that only the manifest's 'envs' name: it is a secret of the "
                + "job; write the host of \(host) in the address, or set its variable in the job's own environment")
    }

    @Test(arguments: ["{HOST}", "c?endpoint={HOST}"])
    func `gets nothing from the job's environment`(_ address: String) async throws {
        var text = text(address)
        text.environment["DATAOS_RUN_AS_APIKEY"] = "hush"

        let place = try await text.rest()

        #expect(!place.mayUseEnvironment)
        #expect(place.identity == .none)
    }

    @Test func `is sent what the manifest itself holds`() async throws {
        let place = try await text("{HOST}?token={OWN_SECRET}").rest()

        #expect(place.catalogURL == "https://evil.example.com")
        #expect(place.identity == .token(Redacted("own")))
    }

    @Test func `may be sent secrets where the job's environment names it too`() async throws {
        var text = text("{HOST}?token={JOB_SECRET}")
        text.environment["METASTORE_URL"] = "https://evil.example.com/catalog"

        #expect(try await text.rest().identity == .token(Redacted("hush")))
    }
}

struct `A depot as a lakehouse` {
    private func text(_ depot: String, _ secret: String = "", in folder: TemporaryFolder) throws -> SinkText {
        try folder.write("{name: lake, type: depot, depot: \(depot)}", to: "lake.yaml")
        try folder.write(secret, to: "lake-rw")
        var text = SinkText()
        text.folders = [folder.path]
        return text
    }

    private let s3 =
        "{type: S3, secrets: [{name: lake-rw}], s3: {bucket: b, relativePath: t, metastoreUrl: 'https://c/x'}}"

    @Test func `is a catalog that is sent the key of the platform`() async throws {
        let folder = try TemporaryFolder()
        var text = try text(s3, "accesskeyid=AKIA1\nsecretkey=hush", in: folder)
        text.environment = ["DATAOS_RUN_AS_APIKEY": "platform"]
        text.options = "aws_region: eu-west-3"

        let place = try await text.rest()

        #expect(place.catalogURL == "https://c/x")
        #expect(place.warehouse == "s3://b/t")
        #expect(place.identity == .platformKey(Redacted(SecretBytes("platform"))))
        #expect(
            place.storageTexts == [
                "s3.access-key-id": "AKIA1", "s3.secret-access-key": "hush", "s3.region": "eu-west-3",
            ])
        #expect(place.mayUseEnvironment)
    }

    @Test func `may ask for a token or a client instead`() async throws {
        let folder = try TemporaryFolder()
        var text = try text(s3, "credential=me:hush", in: folder)
        text.environment = ["DATAOS_RUN_AS_APIKEY": "platform"]

        #expect(
            try await text.rest().identity
                == .client(
                    RESTClientCredentials(
                        id: "me", secret: Redacted(SecretBytes("hush")), tokenURL: "https://c/x/v1/oauth/tokens")))

        try folder.write("token=abc", to: "lake-rw")
        #expect(try await text.rest().identity == .token(Redacted("abc")))
    }

    @Test func `may be a folder`() async throws {
        let folder = try TemporaryFolder()

        let place = try await text("{type: LOCAL, local: {path: tables}}", in: folder).place()

        #expect(place == .local(try LocalPlace(folder: "\(folder.path)/tables")))
    }
}

struct `What a manifest may say of a lakehouse` {
    @Test func `is nothing wrong`() {
        #expect(
            SinkText(
                "iceberg+rest://c:1?warehouse=w&endpoint=e&region=r&use_ssl=false&rest_use_ssl=true&access_key_id=a"
                    + "&secret_access_key={S}&session_token={T}&credential={C}&scope=s&oauth2-server-uri=u"
            ).faults == [])
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let address: String
        let faults: [String]
        var testDescription: String { address }
    }

    @Test(arguments: [
        Fault(
            address: "iceberg+rest://c?warehose=w",
            faults: ["w.yaml:5:30: unknown parameter 'warehose' in a 'iceberg+rest' address; did you mean 'warehouse'?"]
        ),
        Fault(
            address: "iceberg+rest:///x",
            faults: [
                "w.yaml:5:12: an 'iceberg+rest' address names a host; write 'iceberg+rest://host:port/path?warehouse=…'"
            ]),
        Fault(
            address: "iceberg+rest://c?use_ssl=maybe",
            faults: ["w.yaml:5:30: parameter 'use_ssl' must be 'true' or 'false'"]),
        Fault(
            address: "iceberg+rest://c?access_key_id=a",
            faults: ["w.yaml:5:30: parameter 'access_key_id' needs 'secret_access_key' beside it"]),
        Fault(
            address: "iceberg+rest://c?token={A}&credential={B}",
            faults: ["w.yaml:5:30: 'token' and 'credential' are both given; keep one of them"]),
        Fault(
            address: "iceberg+sqlite:///c.db?token={A}",
            faults: ["w.yaml:5:36: unknown parameter 'token' in a 'iceberg+sqlite' address"]),
    ])
    func `is told with its place`(_ fault: Fault) {
        #expect(SinkText(fault.address).faults == fault.faults)
    }
}
