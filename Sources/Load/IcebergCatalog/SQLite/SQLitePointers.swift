import NilusCore

/// The rows of the catalog file: which metadata file each table is at, and which namespaces there are.
struct SQLitePointers: Sendable {
    let path: String
    /// The name that our rows carry; other catalogs may keep theirs in the same file.
    let catalog: String
    /// Whether `iceberg_tables` tells tables from views; files of older engines do not.
    private var hasTypes = true
    /// Settings for each connection, so that tests can have a small or impatient one.
    private let settings: [String]

    init(path: String, catalog: String, settings: [String] = []) {
        self.path = path
        self.catalog = catalog
        self.settings = settings
    }

    /// Checks the catalog's tables, or makes them in a new file.
    func prepared() throws(NilusError) -> SQLitePointers {
        var columns = try tableColumns()
        if columns.isEmpty {
            try using("write") { database throws(SQLiteError) in
                try database.transaction { () throws(SQLiteError) in
                    for statement in Self.definitions { try database.run(statement) }
                }
            }
            columns = try tableColumns()
        }
        let required = [
            "catalog_name", "table_namespace", "table_name", "metadata_location", "previous_metadata_location",
        ]
        if let missing = required.first(where: { !columns.contains($0) }) {
            throw .catalogSchemaUnknown(path, missing: missing)
        }
        var pointers = self
        pointers.hasTypes = columns.contains("iceberg_type")
        return pointers
    }

    private func tableColumns() throws(NilusError) -> [String] {
        try using("read") { database throws(SQLiteError) in
            try database.run("SELECT name FROM pragma_table_info('iceberg_tables')").compactMap { $0.first ?? nil }
        }
    }

    /// The definitions that pyiceberg and the Java JDBC catalog (schema version 1) use.
    private static let definitions = [
        """
        CREATE TABLE IF NOT EXISTS iceberg_tables (
            catalog_name VARCHAR(255) NOT NULL, table_namespace VARCHAR(255) NOT NULL,
            table_name VARCHAR(255) NOT NULL, metadata_location VARCHAR(1000),
            previous_metadata_location VARCHAR(1000), iceberg_type VARCHAR(5),
            PRIMARY KEY (catalog_name, table_namespace, table_name))
        """,
        """
        CREATE TABLE IF NOT EXISTS iceberg_namespace_properties (
            catalog_name VARCHAR(255) NOT NULL, namespace VARCHAR(255) NOT NULL,
            property_key VARCHAR(255) NOT NULL, property_value VARCHAR(1000) NOT NULL,
            PRIMARY KEY (catalog_name, namespace, property_key))
        """,
    ]

    /// The metadata file a table is at; `nil` when there is no such table.
    func location(of name: SQLiteName) throws(NilusError) -> String? {
        let type = hasTypes ? "iceberg_type" : "NULL"
        let rows = try using("read") { database throws(SQLiteError) in
            try database.run(
                """
                SELECT metadata_location, \(type) FROM iceberg_tables
                WHERE catalog_name = ? AND table_namespace = ? AND table_name = ?
                """, [catalog, name.namespace, name.table])
        }
        guard let row = rows.first else { return nil }
        if row[1] != nil, row[1] != "TABLE" { throw .catalogEntryUnusable(path, name, "it is a view") }
        guard let location = row[0] else { throw .catalogEntryUnusable(path, name, "it has no metadata file") }
        return location
    }

    /// Moves a table from one metadata file to the next, or puts it at its first.
    ///
    /// - Returns: `false` when the table is not at `old`.
    func move(_ name: SQLiteName, from old: String?, to new: String) throws(SQLiteError) -> Bool {
        let key = [catalog, name.namespace, name.table]
        let database = try open()
        guard let old else {
            let names = "catalog_name, table_namespace, table_name, metadata_location"
            let sql =
                hasTypes
                ? "INSERT OR IGNORE INTO iceberg_tables (\(names), iceberg_type) VALUES (?, ?, ?, ?, 'TABLE')"
                : "INSERT OR IGNORE INTO iceberg_tables (\(names)) VALUES (?, ?, ?, ?)"
            try database.run(sql, key + [new])
            return database.changedRows == 1
        }
        try database.run(
            """
            UPDATE iceberg_tables SET metadata_location = ?, previous_metadata_location = ?
            WHERE catalog_name = ? AND table_namespace = ? AND table_name = ? AND metadata_location = ?
            """, [new, old] + key + [old])
        return database.changedRows == 1
    }

    func tables(in namespace: String) throws(NilusError) -> [String] {
        let filter = hasTypes ? " AND (iceberg_type = 'TABLE' OR iceberg_type IS NULL)" : ""
        return try using("read") { database throws(SQLiteError) in
            try database.run(
                """
                SELECT table_name FROM iceberg_tables
                WHERE catalog_name = ? AND table_namespace = ?\(filter) ORDER BY table_name
                """, [catalog, namespace]
            ).compactMap { $0.first ?? nil }
        }
    }

    func using<Result>(
        _ verb: String, _ body: (borrowing SQLiteDatabase) throws(SQLiteError) -> Result
    ) throws(NilusError) -> Result {
        do throws(SQLiteError) { return try body(try open()) } catch {
            throw .catalogRefused(verb, path, error)
        }
    }

    private func open() throws(SQLiteError) -> SQLiteDatabase {
        let database = try SQLiteDatabase(path: path)
        for setting in settings { try database.run(setting) }
        return database
    }
}
