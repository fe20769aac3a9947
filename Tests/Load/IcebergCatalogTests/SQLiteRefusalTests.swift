import CSQLite
import Iceberg
@testable import IcebergCatalog
import Loading
import NilusCore
import ObjectStorage
import TemporaryFolders
import Testing

struct `A catalog file` {
    private let place: TemporaryFolder
    private var path: String { "\(place.path)/catalog.db" }

    init() throws {
        place = try TemporaryFolder()
    }

    /// What opening the catalog, making a table in it and loading that is refused with.
    private func refusal(_ settings: [String] = []) async -> NilusError? {
        await #expect(throws: NilusError.self) {
            let test = try await CatalogUnderTest.sqlite(in: place, settings: settings)
            _ = try await test.created()
        }
    }

    @Test func `that is no database is refused`() async throws {
        try await LocalObjectStore().put(Array(repeating: 0x41, count: 4_096), at: path)

        let error = await refusal()

        #expect(error?.code == .sinkRefused)
        #expect(
            error?.message
                == "cannot read catalog '\(path)': it is no SQLite database; expected a catalog file or a new name")
    }

    @Test func `that is damaged is refused`() async throws {
        _ = try await CatalogUnderTest.sqlite(in: place).created()
        var content = try await LocalObjectStore().read(path, limit: 1_000_000)
        for index in 4_096..<content.count { content[index] = 0xA5 }
        try await LocalObjectStore().put(content, at: path)

        let error = await refusal()

        #expect(error?.code == .sinkRefused)
        #expect(
            error?.message == "cannot write catalog '\(path)': it is damaged (database disk image is malformed); "
                + "restore it from a copy")
    }

    @Test func `with other tables of that name is refused`() async throws {
        try SQLiteDatabase(path: path).run("CREATE TABLE iceberg_tables (catalog_name TEXT, table_name TEXT)")

        let error = await refusal()

        #expect(error?.code == .sinkRefused)
        #expect(
            error?.message == "cannot read catalog '\(path)': its table 'iceberg_tables' has no column "
                + "'table_namespace'; expected the tables of an Iceberg JDBC catalog")
    }

    @Test func `that is a folder is refused`() async throws {
        try await LocalObjectStore().createContainer(path)

        let error = await refusal()

        #expect(error?.code == .sinkRefused)
        #expect(
            error?.message == "cannot read catalog '\(path)': it cannot be opened; "
                + "expected a file in a folder that may be written")
    }

    @Test func `below a file is refused`() async throws {
        try await LocalObjectStore().put([1], at: "\(place.path)/f")

        let error = await #expect(throws: NilusError.self) {
            try await SQLiteCatalog.open(
                path: "\(place.path)/f/catalog.db", warehouse: "file://\(place.path)/lake", store: LocalObjectStore(),
                now: Timestamp.now)
        }

        #expect(
            error?.message == "cannot create '\(place.path)/f': '\(place.path)/f' is a file; expected a directory")
    }

    @Test func `that another process holds is waited for, then given up`() async throws {
        _ = try await CatalogUnderTest.sqlite(in: place).created()
        let holder = try SQLiteDatabase(path: path)
        try holder.run("BEGIN EXCLUSIVE")

        let error = await refusal(["PRAGMA busy_timeout = 20"])

        try holder.run("ROLLBACK")
        #expect(error?.code == .sinkUnavailable)
        #expect(error?.disposition == .transient())
        #expect(
            error?.message == "cannot read catalog '\(path)': another process holds its lock; "
                + "run again when that has ended")
    }

    @Test func `that a reader holds refuses the commit and keeps nothing of it`() async throws {
        let test = try await CatalogUnderTest.sqlite(in: place, settings: ["PRAGMA busy_timeout = 20"])
        let table = try await test.created()
        let change = try await test.change(of: table, id: 2)
        let holder = try SQLiteDatabase(path: path)
        try holder.run("BEGIN")
        try holder.run("SELECT * FROM iceberg_tables")

        let error = await #expect(throws: NilusError.self) { try await test.catalog.commit(change, to: table) }

        try holder.run("ROLLBACK")
        #expect(error?.code == .sinkUnavailable)
        let files = try await test.metadataFiles(of: table).filter { $0.hasSuffix(".metadata.json") }
        #expect(files.count == 1)
        #expect(try await test.catalog.load(table.identifier) == table)
    }

    @Test func `that may not be written is refused`() async throws {
        _ = try await CatalogUnderTest.sqlite(in: place)

        let error = await refusal(["PRAGMA query_only = ON"])

        #expect(error?.code == .sinkRefused)
        #expect(
            error?.message == "cannot write catalog '\(path)': it is read-only here; "
                + "grant write access to the file and its folder")
    }

    @Test func `that may not be written can be read`() async throws {
        let table = try await CatalogUnderTest.sqlite(in: place).created()

        let closed = try await CatalogUnderTest.sqlite(in: place, settings: ["PRAGMA query_only = ON"])

        #expect(try await closed.catalog.load(table.identifier) == table)
    }

    @Test func `without room refuses the commit and keeps nothing of it`() async throws {
        _ = try await CatalogUnderTest.sqlite(in: place)
        // As many pages as the file has by now.
        let test = try await CatalogUnderTest.sqlite(in: place, settings: ["PRAGMA max_page_count = 1"])
        var last: CatalogTable?

        let error = await #expect(throws: NilusError.self) {
            for number in 0..<100 {
                last = try await test.created(TableName(namespace: ["sales"], name: "charges_\(number)"))
            }
        }

        #expect(error?.code == .sinkRefused)
        #expect(error?.message == "cannot write catalog '\(path)': no space is left for it; free space there")
        let table = try #require(last)
        #expect(try await test.catalog.load(table.identifier) == table)
        let count = try await test.catalog.tables(in: ["sales"]).count
        var metadataFiles = 0
        try await test.store.forEachPage(under: "\(place.path)/lake") { page in
            metadataFiles += page.filter { $0.location.hasSuffix(".metadata.json") }.count
        }
        #expect(metadataFiles == count)
    }

    @Test func `whose commit ended with a device error is read back`() {
        let device = SQLiteError(SQLITE_IOERR | (2 << 8), nil)
        let full = SQLiteError(SQLITE_FULL, nil)

        #expect(SwapOutcome(after: full, new: "b") { "b" } == .refused)
        #expect(SwapOutcome(after: device, new: "b") { "b" } == .done)
        #expect(SwapOutcome(after: device, new: "b") { "a" } == .refused)
        #expect(SwapOutcome(after: device, new: "b") { nil } == .refused)
        #expect(SwapOutcome(after: device, new: "b") { throw device } == .unknown)
    }
}
