import IcebergCatalog
import NilusCore
import ObjectStorage
import RequestSigning
import TemporaryFolders
import Testing

@testable import LakehouseSink

struct `The settings of a storage` {
    private func completed(_ written: [String: String], by said: [String: String]) -> [String: String] {
        let settings: TableStorage.Settings = written.mapValues { Redacted($0) }
        return settings.completed(by: said.mapValues { Redacted($0) }).exposed
    }

    @Test func `are those written, then those of the catalog`() {
        #expect(
            completed(
                ["s3.endpoint": "http://written"], by: ["s3.endpoint": "http://said", "s3.region": "said"]
            ) == ["s3.endpoint": "http://written", "s3.region": "said"])
    }

    @Test func `never mix the keys of two`() {
        let lent = ["s3.access-key-id": "L", "s3.secret-access-key": "l", "s3.session-token": "t"]

        #expect(
            completed(["s3.access-key-id": "W", "s3.secret-access-key": "w"], by: lent)
                == ["s3.access-key-id": "W", "s3.secret-access-key": "w"])
        #expect(completed([:], by: lent) == lent)
        #expect(
            completed(["adls.sas-token.a": "w"], by: ["adls.auth.shared-key.account.key": "l", "x": "y"])
                == ["adls.sas-token.a": "w", "x": "y"])
    }

    @Test func `take no file of this machine from a catalog`() {
        #expect(
            completed([:], by: ["nilus.gcs.service-account-file": "/etc/key", "gcs.project-id": "p"])
                == ["gcs.project-id": "p"])
    }

    @Test(arguments: [("accesskeyid", "s3.secret-access-key"), ("secretkey", "s3.access-key-id")])
    func `are refused with half a key`(_ name: String, _ missing: String) async throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "{name: lake, type: depot, depot: {type: S3, secrets: [{name: k}], s3: {bucket: b, metastoreUrl: 'http://c'}}}",
            to: "lake.yaml")
        try folder.write("\(name)=x", to: "k")
        var text = SinkText()
        text.folders = [folder.path]

        let error = try await text.error()

        #expect(error.code == .configurationInvalid)
        #expect(error.message.hasSuffix("none for '\(missing)'; give both"))
    }
}

struct `The patience with a storage` {
    private func retry(_ value: String) throws -> StorageRetry {
        try StorageRetry(EnvironmentVariables(["NILUS_STORAGE_RETRY_SECONDS": value]))
    }

    @Test func `is what the environment says`() throws {
        #expect(try retry("0") == StorageRetry(patience: .zero))
        #expect(try retry("86400") == StorageRetry(patience: .seconds(86_400)))
        #expect(try retry("") == StorageRetry(patience: .seconds(120)))
    }

    @Test(arguments: ["-1", "86401", "1.5", "soon"])
    func `is a number of seconds`(_ value: String) {
        let error = #expect(throws: NilusError.self) { try retry(value) }

        #expect(error?.code == .configurationInvalid)
        #expect(
            error?.message
                == "cannot read variable 'NILUS_STORAGE_RETRY_SECONDS': expected whole seconds from 0 to 86400")
    }
}

struct `The patience with a catalog` {
    private func timeout(_ value: String?) throws -> Duration {
        try RESTConnection.timeout(EnvironmentVariables(value.map { ["NILUS_CATALOG_TIMEOUT_SECONDS": $0] } ?? [:]))
    }

    @Test func `is what the environment says`() throws {
        #expect(try timeout("1") == .seconds(1))
        #expect(try timeout("3600") == .seconds(3_600))
        #expect(try timeout(nil) == .seconds(60))
    }

    @Test(arguments: ["0", "-1", "3601", "1.5", "soon"])
    func `is a number of seconds`(_ value: String) {
        let error = #expect(throws: NilusError.self) { try timeout(value) }

        #expect(error?.code == .configurationInvalid)
        #expect(
            error?.message
                == "cannot read variable 'NILUS_CATALOG_TIMEOUT_SECONDS': expected whole seconds from 1 to 3600")
    }
}
