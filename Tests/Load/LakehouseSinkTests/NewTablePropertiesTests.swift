import Iceberg
import IcebergCatalog
import NilusCore
import Testing
import WorkflowManifest

@testable import LakehouseSink

struct `The metadata of a table` {
    @Test(arguments: [(nil, false), (MetadataCompression.none, false), (.gzip, true)])
    func `is compressed when the manifest asks for it`(_ asked: MetadataCompression?, _ isCompressed: Bool) async throws
    {
        let test = try await LakehouseUnderTest(properties: NewTableProperties(metadataCompression: asked))

        try await test.load([[TestRow("a", 1, 1)]], run: "r1")
        try await test.load([[TestRow("a", 1, 2)]], run: "r2")

        let table = try await test.head()
        #expect(table.metadata.properties["write.metadata.compression-codec"] == (isCompressed ? "gzip" : "none"))
        #expect(table.metadataLocation?.hasSuffix(".gz.metadata.json") == isCompressed)
        #expect(try await test.rows() == [TestRow("a", 1, 2)])
    }

    @Test(arguments: [
        (nil, nil), (MetadataCompression.none, nil),
        (
            .gzip,
            "table 'sales.charges' has the metadata compression 'none', which stays; 'iceberg_metadata_compression' "
                + "asks for 'gzip' and counts for new tables only"
        ),
    ])
    func `stays as it is in a table that exists`(_ asked: MetadataCompression?, _ remark: String?) async throws {
        let test = try await LakehouseUnderTest()
        try await test.load([[TestRow("a", 1, 1)]], run: "r1")
        let table = try await test.head().metadata

        let wish = NewTableProperties(metadataCompression: asked)

        #expect(wish.differences(from: table, named: LakehouseUnderTest.table) == [remark].compactMap(\.self))
    }
}
