import Glibc
import Iceberg
@testable import IcebergCatalog
import Loading
import NilusCore
import ObjectStorage
import Synchronization
import TemporaryFolders
import Testing

struct `The SQLite catalog` {
    private let charges = CatalogUnderTest.charges

    private func rows(_ test: CatalogUnderTest, _ sql: String) throws -> [[String?]] {
        try SQLiteDatabase(path: "\(test.place.path)/catalog.db").run(sql)
    }

    @Test func `keeps the rows that other JDBC catalogs keep`() async throws {
        let test = try await CatalogUnderTest.sqlite()
        let first = try await test.created()
        let second = try await test.catalog.commit(try await test.change(of: first, id: 2), to: first)

        #expect(
            try rows(test, "SELECT * FROM iceberg_tables") == [
                ["nilus", "sales", "charges", second.metadataLocation, first.metadataLocation, "TABLE"]
            ])
        #expect(
            try rows(test, "SELECT * FROM iceberg_namespace_properties") == [["nilus", "sales", "exists", "true"]])
        #expect(try rows(test, "PRAGMA journal_mode") == [["delete"]])
    }

    @Test func `numbers metadata files and puts tables under the warehouse`() async throws {
        let test = try await CatalogUnderTest.sqlite()
        let table = TableName(namespace: ["a", "b"], name: "t")
        let first = try await test.created(table)
        let second = try await test.catalog.commit(try await test.change(of: first, id: 2), to: first)

        let folder = "file://\(test.place.path)/lake/a/b/t"
        #expect(first.metadata.location == folder)
        #expect(first.metadataLocation?.hasPrefix("\(folder)/metadata/00000-") == true)
        #expect(second.metadataLocation?.hasPrefix("\(folder)/metadata/00001-") == true)
        #expect(second.metadataLocation?.utf8.count == "\(folder)/metadata/00001-.metadata.json".utf8.count + 36)
        #expect(try rows(test, "SELECT table_namespace FROM iceberg_tables") == [["a.b"]])
    }

    @Test func `uses the folder that a namespace was given`() async throws {
        let test = try await CatalogUnderTest.sqlite()
        try await test.catalog.createNamespace(["sales"])
        _ = try rows(
            test, "INSERT INTO iceberg_namespace_properties VALUES ('nilus', 'sales', 'location', 'file:///x/y/')")

        #expect(try await test.staged().metadata.location == "file:///x/y/charges")
    }

    @Test func `shares its file with catalogs of other names`() async throws {
        let place = try TemporaryFolder()
        let mine = try await CatalogUnderTest.sqlite(in: place)
        let other = try await CatalogUnderTest.sqlite(in: place, name: "other")

        _ = try await mine.created()

        #expect(try await other.catalog.load(charges) == nil)
        #expect(try await !other.catalog.hasNamespace(["sales"]))
    }

    @Test func `writes a hint for readers of folders`() async throws {
        let test = try await CatalogUnderTest.sqlite()
        let table = try await test.created()

        let hint = try await test.store.read("\(table.metadata.metadataFolder)/version-hint.text", limit: 100)

        let stem = String(decoding: hint, as: UTF8.self)
        #expect("\(table.metadata.metadataFolder)/\(stem).metadata.json" == table.metadataLocation)
    }

    @Test func `keeps metadata compressed for tables that want it so, and reads it whatever its name`() async throws {
        let test = try await CatalogUnderTest.sqlite()
        let plain = try await test.created()
        let codec = TableProperty("write.metadata.compression-codec", "GZIP")

        let packed = try await test.catalog.commit(
            TableChange(requirements: [], updates: [.setProperties([codec])]), to: plain)

        let location = try #require(packed.metadataLocation)
        let content = try await test.store.read(location, limit: 100_000)
        #expect(location.hasPrefix("\(packed.metadata.metadataFolder)/00001-"))
        #expect(location.hasSuffix(".gz.metadata.json"))
        #expect(content.starts(with: [0x1F, 0x8B]) && content.count < packed.metadata.fileContent.count)
        #expect(try await test.catalog.load(charges) == packed)
        let hint = try await test.store.read("\(packed.metadata.metadataFolder)/version-hint.text", limit: 100)
        #expect("\(packed.metadata.metadataFolder)/\(String(decoding: hint, as: UTF8.self)).metadata.json" == location)

        let other = "file://\(test.place.path)/other.metadata.json.gz"
        try await test.store.put(content, at: other)
        _ = try rows(test, "UPDATE iceberg_tables SET metadata_location = '\(other)'")
        #expect(try await test.catalog.load(charges)?.metadata == packed.metadata)
    }

    @Test func `commits even if the hint cannot be written`() async throws {
        let store = InterruptingStore { location in
            if location.hasSuffix("version-hint.text") { throw NilusError.defect(.load, "full") }
        }
        let test = try await CatalogUnderTest.sqlite(store: store)

        let table = try await test.created()

        #expect(try await test.catalog.load(charges) == table)
    }

    @Test func `removes the metadata file of a race that was lost at the last moment`() async throws {
        let intruder = Mutex<(@Sendable () async throws -> Void)?>(nil)
        let store = InterruptingStore { location in
            guard location.hasSuffix(".metadata.json") else { return }
            try await intruder.withLock { $0.take() }?()
        }
        let test = try await CatalogUnderTest.sqlite(store: store)
        let base = try await test.created()
        let late = try await test.change(of: base, id: 3)
        let early = try await test.change(of: base, id: 2)
        intruder.withLock { $0 = { _ = try await test.catalog.commit(early, to: base) } }

        let error = await #expect(throws: NilusError.self) { try await test.catalog.commit(late, to: base) }

        #expect(error?.code == .commitConflict)
        let head = try #require((error?.cause as? CommitConflict)?.head)
        #expect(head.metadata.currentSnapshot?.id == 2)
        let files = try await test.metadataFiles(of: base).filter { $0.hasSuffix(".metadata.json") }
        #expect(files.map { String($0.prefix(5)) } == ["00000", "00001"])
    }

    @Test func `reads its file anew when it is opened again`() async throws {
        let place = try TemporaryFolder()
        let table = try await CatalogUnderTest.sqlite(in: place).created()

        let again = try await CatalogUnderTest.sqlite(in: place)

        #expect(try await again.catalog.load(charges) == table)
    }

    @Test func `makes a file that only its owner may change`() async throws {
        let test = try await CatalogUnderTest.sqlite()

        #expect(try test.place.names() == ["catalog.db", "lake"])
        #expect(try permissions(of: "\(test.place.path)/catalog.db") & 0o133 == 0)
    }

    @Test func `refuses tables that it cannot use`() async throws {
        let test = try await CatalogUnderTest.sqlite()
        let table = try await test.created()
        try await test.store.put([0x1F, 0x8B, 8], at: "file://\(test.place.path)/z.metadata.json")
        _ = try rows(test, "INSERT INTO iceberg_tables VALUES ('nilus', 'sales', 'v', 'x', NULL, 'VIEW')")
        _ = try rows(test, "INSERT INTO iceberg_tables VALUES ('nilus', 'sales', 'n', NULL, NULL, NULL)")
        _ = try rows(
            test,
            "INSERT INTO iceberg_tables VALUES ('nilus', 'sales', 'z', 'file://\(test.place.path)/z.metadata.json', NULL, NULL)"
        )

        func refusal(_ name: String) async -> String? {
            await #expect(throws: NilusError.self) {
                try await test.catalog.load(TableName(namespace: ["sales"], name: name))
            }?.message
        }
        let file = "'\(test.place.path)/catalog.db'"
        #expect(await refusal("v") == "cannot use 'sales.v' of catalog \(file): it is a view; expected a table")
        #expect(
            await refusal("n") == "cannot use 'sales.n' of catalog \(file): it has no metadata file; expected a table")
        #expect(
            await refusal("z") == "cannot read table metadata 'file://\(test.place.path)/z.metadata.json': the "
                + "compressed bytes end too early")
        #expect(try await test.catalog.tables(in: ["sales"]).map(\.name) == ["charges", "n", "z"])
        #expect(try await test.catalog.load(charges) == table)
    }

    @Test(arguments: ["", ".", "..", "a/b", "a\0", "a?", String(repeating: "x", count: 201)])
    func `refuses names that are no folder names`(_ name: String) async throws {
        let test = try await CatalogUnderTest.sqlite()

        let table = await #expect(throws: NilusError.self) {
            try await test.catalog.load(TableName(namespace: ["sales"], name: name))
        }
        let namespace = await #expect(throws: NilusError.self) { try await test.catalog.createNamespace([name]) }

        for error in [table, namespace] {
            #expect(
                error?.message == "cannot use name '\(name)': expected 1 to 200 bytes without '/', '?', '#', and "
                    + "without '.' in a namespace")
        }
        await #expect(throws: NilusError.self) { try await test.catalog.createNamespace(["a.b"]) }
        await #expect(throws: NilusError.self) { try await test.catalog.createNamespace([]) }
    }
}

private func permissions(of path: String) throws -> UInt32 {
    var facts = stat()
    try #require(stat(path, &facts) == 0)
    return facts.st_mode & 0o777
}
