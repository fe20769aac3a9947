import IcebergCatalog
import NilusCore
import ObjectStorage
import RequestSigning
import Testing

@testable import LakehouseSink

struct `The settings of a storage` {
    private func settings(_ written: [String: String], _ catalog: [String: String] = [:]) -> StorageSettings {
        StorageSettings(written: written.mapValues { Redacted($0) }, catalog: catalog.mapValues { Redacted($0) })
    }

    @Test func `are those written, then those of the catalog`() {
        let s3 = settings(
            ["s3.endpoint": "http://written"],
            ["s3.endpoint": "http://said", "s3.region": "said", "s3.path-style-access": "true"]
        ).s3

        #expect(s3.endpoint == "http://written")
        #expect(s3.region == "said")
        #expect(s3.usesPathStyle == true)
    }

    @Test func `never mix the keys of two`() throws {
        let lent = ["s3.access-key-id": "L", "s3.secret-access-key": "l", "s3.session-token": "t"]

        let own = try settings(["s3.access-key-id": "W", "s3.secret-access-key": "w"], lent).signingKey()
        let others = try settings(["s3.region": "r"], lent).signingKey()

        #expect(own?.id == "W")
        #expect(own?.sessionToken == nil)
        #expect(others?.id == "L")
        #expect(others?.sessionToken == Redacted(SecretBytes("t")))
        #expect(try settings([:]).signingKey() == nil)
    }

    @Test(arguments: [("s3.access-key-id", "secret_access_key"), ("s3.secret-access-key", "access_key_id")])
    func `are refused with half a key`(_ name: String, _ missing: String) {
        let error = #expect(throws: NilusError.self) { try settings([name: "x"]).signingKey() }

        #expect(error?.code == .configurationInvalid)
        #expect(error?.message.contains("none for '\(missing)'; give both") == true)
    }

    @Test(arguments: [
        ("s3://a", StorageKind.s3), ("S3A://a", .s3), ("s3n://a", .s3), ("file:///a", .local), ("/a/b", .local),
    ])
    func `belong to the storage of a location`(_ location: String, _ kind: StorageKind) throws {
        #expect(try StorageKind(location) == kind)
    }

    @Test func `of an unknown storage are refused`() {
        let error = #expect(throws: NilusError.self) { try StorageKind("hdfs://a/b") }

        #expect(error?.code == .sinkRefused)
        #expect(error?.message.contains("storage of scheme 'hdfs' is not known") == true)
    }
}
