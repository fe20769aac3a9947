import Iceberg
import IcebergCatalog
import JSON
import Loading
import NilusCore
import ObjectStorage
import Testing

@testable import LakehouseSink

struct `A table of a newer format` {
    /// A table that another engine has made one of version 3.
    private func upgraded() async throws -> (LakehouseUnderTest, location: String) {
        let test = try await LakehouseUnderTest()
        try await test.load([[TestRow("a", 1, 1)]], run: "r1")
        let table = try await test.head()
        let location = try #require(table.metadataLocation)
        var document = table.metadata.document
        document["format-version"] = 3
        document["next-row-id"] = 1
        try await test.files.put(JSONValue.object(document).compactBytes, at: location)
        return (test, location)
    }

    private func stored(_ test: LakehouseUnderTest, beside location: String) async throws -> [String] {
        var found: [String] = []
        let folder = location.split(separator: "/").dropLast(2).joined(separator: "/")
        try await test.files.forEachPage(under: folder.replacing("file:/", with: "file:///")) { page in
            found += page.map(\.location)
        }
        return found.sorted()
    }

    struct Work: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let run: @Sendable (LakehouseUnderTest) async throws -> Void
    }

    @Test(arguments: [
        Work(testDescription: "append") { try await $0.load([[TestRow("b", 1, 1)]], .append, run: "r2") },
        Work(testDescription: "merge") { try await $0.load([[TestRow("a", 1, 2)]], .merge, run: "r2") },
        Work(testDescription: "replace") { try await $0.load([[TestRow("a", 1, 2)]], .replace, run: "r2") },
        Work(testDescription: "compact") { _ = try await $0.maintenance().compact(LakehouseUnderTest.table) },
        Work(testDescription: "expire") { _ = try await $0.maintenance().expire(LakehouseUnderTest.table) },
        Work(testDescription: "describe") { _ = try await $0.maintenance().describe(LakehouseUnderTest.table) },
    ])
    func `is refused before anything is written`(_ work: Work) async throws {
        let (test, location) = try await upgraded()
        let before = try await stored(test, beside: location)

        let error = await #expect(throws: NilusError.self) { try await work.run(test) }

        #expect(error?.code == .sinkRefused)
        #expect(
            error?.message
                == "cannot read table metadata '\(location)': format version 3; versions 1 and 2 are supported")
        #expect(before.count > 3)
        #expect(try await stored(test, beside: location) == before)
    }
}
