import Depots
import NilusCore
import TemporaryFolders
import Testing

struct `A depot among the mounted files` {
    @Test func `is found by its name among several`() async throws {
        let world = try DepotWorld()
        try world.folder.write("type: secret\nname: lake\n", to: "a.yaml")
        try world.folder.write(
            """
            name: other
            type: depot
            depot: {type: LOCAL, local: {path: /data/other}}
            ---
            name: lake
            version: v1
            type: depot
            depot:
              type: local
              spec: {path: tables}
            """, to: "b.yml")

        #expect(try await world.depot().storage == .local(path: "\(world.folder.path)/tables"))
    }

    @Test func `is an S3 depot of version 2 with the keys of its secret`() async throws {
        let world = try DepotWorld()
        try world.folder.write(
            """
            name: lake
            version: v2alpha
            type: depot
            depot:
              type: S3
              external: true
              secrets:
                - {name: lake-rw, allkeys: true}
              s3:
                scheme: s3a
                bucket: data
                relativePath: /tables/all/
                format: ICEBERG
                region: eu-central-1
                endpoint: https://s3.example.com
                icebergCatalogType: hadoop
                metastoreType: rest
                metastoreUrl: https://catalog.example.com/iceberg
            """, to: "depot.yaml")
        try world.secretFolder.write("accesskeyid=AKIA1\nsecretkey=\"hush=1\"\n", to: "lake-rw_properties")
        try world.secretFolder.write("AKIA2", to: "other_accesskeyid")

        let depot = try await world.remote()

        #expect(depot.location == "s3://data/tables/all")
        #expect(depot.catalogURL == "https://catalog.example.com/iceberg")
        #expect(depot.warehouse == nil)
        #expect(
            depot.texts == [
                "s3.endpoint": "https://s3.example.com", "s3.region": "eu-central-1", "s3.access-key-id": "AKIA1",
                "s3.secret-access-key": "hush=1",
            ])
        #expect(!"\(depot)".contains("hush"))
    }

    @Test func `is an S3 depot of version 1 with the keys in it`() async throws {
        let world = try DepotWorld()
        try world.folder.write(
            """
            name: lake
            version: v1
            type: depot
            depot:
              type: S3
              connectionSecret:
                - acl: rw
                  type: key-value-properties
                  data: {awsaccesskeyid: AKIA1, awssecretaccesskey: hush}
              spec: {bucket: data, metastoreUrl: "http://catalog:8181"}
            """, to: "depot.yaml")

        let depot = try await world.remote()

        #expect(depot.location == "s3://data")
        #expect(depot.texts == ["s3.access-key-id": "AKIA1", "s3.secret-access-key": "hush"])
    }

    struct Secret: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let files: [String: String]
    }

    @Test(arguments: [
        Secret(
            testDescription: "a file for each key",
            files: ["lake-rw_awsaccesskeyid": "AKIA1\n", "lake-rw_awssecretaccesskey": "hush\n"]),
        Secret(
            testDescription: "a mounted folder",
            files: ["lake-rw/awsaccesskeyid": "AKIA1", "lake-rw/awssecretaccesskey": "hush"]),
        Secret(
            testDescription: "lines in Base64",
            files: ["lake-rw": "YXdzYWNjZXNza2V5aWQ9QUtJQTEKYXdzc2VjcmV0YWNjZXNza2V5PWh1c2g=\n"]),
        Secret(
            testDescription: "lines in the spelling of variables",
            files: ["lake-rw.properties": "# keys\nAWS_ACCESS_KEY_ID=AKIA1\r\nAWS_SECRET_ACCESS_KEY = 'hush'\r\n"]),
    ])
    func `takes its keys in every form in which secrets are mounted`(_ secret: Secret) async throws {
        let world = try DepotWorld()
        try world.folder.write(
            """
            {name: lake, type: depot, depot: {type: S3, secrets: [{name: lake-rw}],
             s3: {bucket: b, metastoreUrl: "http://c"}}}
            """, to: "depot.yaml")
        for (name, text) in secret.files { try world.secretFolder.write(text, to: name) }

        #expect(try await world.remote().texts == ["s3.access-key-id": "AKIA1", "s3.secret-access-key": "hush"])
    }

    @Test func `takes its keys from the environment, where no file holds its secret`() async throws {
        var world = try DepotWorld()
        try world.folder.write(
            """
            {name: lake, type: depot, depot: {type: S3, secrets: [{name: lake-rw}],
             s3: {bucket: b, metastoreUrl: "http://c"}}}
            """, to: "depot.yaml")
        try world.secretFolder.write("hush", to: "secretkey")
        world.environment = ["accesskeyid": "AKIA1"]

        #expect(try await world.remote().texts == ["s3.access-key-id": "AKIA1", "s3.secret-access-key": "hush"])
    }

    @Test(arguments: [
        ("ABFSS", "abfss", "dfs.core.windows.net", "abfss://tables@acme.dfs.core.windows.net/a/b"),
        ("ABFSS", "abfss", "core.chinacloudapi.cn", "abfss://tables@acme.dfs.core.chinacloudapi.cn/a/b"),
        ("WASBS", "wasbs", "blob.core.windows.net", "wasbs://tables@acme.blob.core.windows.net/a/b"),
        ("wasbs", "abfss", "dfs.core.windows.net", "wasbs://tables@acme.blob.core.windows.net/a/b"),
        ("ABFSS", "wasbs", "blob.core.windows.net", "abfss://tables@acme.dfs.core.windows.net/a/b"),
    ])
    func `is in Azure`(_ type: String, _ section: String, _ suffix: String, _ location: String) async throws {
        let world = try DepotWorld()
        try world.folder.write(
            """
            name: lake
            type: depot
            depot:
              type: \(type)
              secrets: [{name: azure}]
              \(section): {account: acme, container: tables, endpointSuffix: \(suffix), relativePath: a/b,
                format: iceberg, metastoreUrl: "https://c"}
            """, to: "depot.yaml")
        try world.secretFolder.write("azurestorageaccountname=acme\nazurestorageaccountkey=a2V5\n", to: "azure")

        let depot = try await world.remote()

        #expect(depot.location == location)
        #expect(
            depot.texts == ["adls.auth.shared-key.account.name": "acme", "adls.auth.shared-key.account.key": "a2V5"])
    }

    @Test func `is in Google's storage, with the key file as its secret`() async throws {
        let world = try DepotWorld()
        try world.folder.write(
            """
            {name: lake, type: depot, depot: {type: gcs, secrets: [{name: google}],
             gcs: {bucket: b, relativePath: x, metastoreUrl: "https://c"}}}
            """, to: "depot.yaml")
        let key = #"{"type": "service_account", "private_key": "-----BEGIN\nab==\n-----END"}"#
        try world.secretFolder.write(key, to: "google_gcskey_json")
        try world.secretFolder.write("my-project", to: "google_projectid")

        let depot = try await world.remote()

        #expect(depot.location == "gs://b/x")
        #expect(depot.texts == ["nilus.gcs.service-account": key, "gcs.project-id": "my-project"])
    }

    @Test func `is described by lines of properties`() async throws {
        let world = try DepotWorld()
        try world.folder.write(
            """
            type=S3
            bucket=data
            relativePath=tables
            metastoreUrl=http://catalog
            accesskeyid=AKIA1
            secretkey=hush
            warehouse=prod
            """, to: "lake.properties")

        let depot = try await world.remote()

        #expect(depot.location == "s3://data/tables")
        #expect(depot.warehouse == "prod")
        #expect(depot.texts == ["s3.access-key-id": "AKIA1", "s3.secret-access-key": "hush"])
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let body: String
        let message: String
        var testDescription: String { body }
    }

    @Test(arguments: [
        Fault(body: "depot: {type: LOCAL}", message: "2:8: cannot use the depot: 'path' is missing"),
        Fault(
            body: "depot: {type: S3, s3: {metastoreUrl: 'http://c'}}",
            message: "2:8: cannot use the depot: 'bucket' is missing"),
        Fault(
            body: "depot: {type: S3, s3: {bucket: b}}",
            message:
                "2:8: cannot use the depot: 'metastoreUrl' is missing; expected the address of its Iceberg REST catalog"
        ),
        Fault(
            body: "depot: {type: S3, s3: {bucket: b, icebergCatalogType: hive, metastoreUrl: 'thrift://c'}}",
            message: "2:8: cannot use the depot: its catalog is of kind 'hive'; "
                + "expected an Iceberg REST catalog in 'metastoreUrl'"),
        Fault(
            body: "depot: {type: S3, s3: {bucket: b, metastoreUrl: 'c:80'}}",
            message: "2:8: cannot use the depot: 'metastoreUrl' is 'c:80'; expected 'https://…'"),
        Fault(
            body: "depot: {type: S3, s3: {bucket: b, format: delta}}",
            message: "2:8: cannot use the depot: its tables are of format 'delta'; expected 'iceberg'"),
        Fault(
            body: "depot: {type: ABFSS, abfss: {container: c}}",
            message: "2:8: cannot use the depot: 'account' is missing"),
    ])
    func `that is incomplete says where`(_ fault: Fault) async throws {
        let world = try DepotWorld()
        try world.folder.write("name: lake\n\(fault.body)\ntype: depot\n", to: "d.yaml")

        let error = try await world.error()

        #expect(error.code == .configurationInvalid)
        #expect(error.message == world.nowhere(unreadable: "d.yaml:\(fault.message)"))
    }

    @Test func `that is larger than any depot is told of`() async throws {
        let world = try DepotWorld()
        try world.folder.write(String(repeating: "#", count: 1_048_577), to: "d.yaml")

        let error = try await world.error()

        let fault = "d.yaml:1:1: cannot use the depot: the file cannot be read: file too large"
        #expect(error.message == world.nowhere(unreadable: fault))
    }

    @Test(arguments: [
        Fault(body: "depot: {local: {path: /x}}", message: "2:8: cannot use the depot: 'type' is missing"),
        Fault(
            body: "depot: {type: LOCAAL}",
            message: "2:15: cannot use the depot: unknown depot type 'LOCAAL'; did you mean 'LOCAL'?"),
        Fault(body: "depot: [", message: "2:8: a list begins here and is not closed; a ',' or ']' is missing"),
    ])
    func `that cannot be read is told of when the depot is not found elsewhere`(_ fault: Fault) async throws {
        let world = try DepotWorld()
        try world.folder.write("name: lake\n\(fault.body)\ntype: depot\n", to: "d.yaml")

        let error = try await world.error()

        #expect(error.message == world.nowhere(unreadable: "d.yaml:\(fault.message)"))
    }
}
