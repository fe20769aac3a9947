import CSQLite

/// An open SQLite file; closed exactly once, when its owner lets go.
struct SQLiteDatabase: ~Copyable {
    /// How long a writer waits for another one's lock, in milliseconds; a commit holds it for some 10.
    static let busyMilliseconds: Int32 = 10_000

    private let handle: OpaquePointer

    /// Opens a file, which is made when it is missing.
    init(path: String) throws(SQLiteError) {
        var handle: OpaquePointer?
        let status = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil)
        guard status == SQLITE_OK, let handle else {
            let error = SQLiteError(status, handle)
            // A handle may come even with an error, and is to be closed then too.
            sqlite3_close_v2(handle)
            throw error
        }
        self.handle = handle
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, Self.busyMilliseconds)
    }

    deinit { sqlite3_close_v2(handle) }

    /// Runs one statement to its end.
    ///
    /// - Returns: the rows, each as the texts of its columns; `nil` for SQL's null.
    @discardableResult
    func run(_ sql: String, _ parameters: [String?] = []) throws(SQLiteError) -> [[String?]] {
        let statement = try SQLiteStatement(sql, on: handle)
        try statement.bind(parameters)
        var rows: [[String?]] = []
        while try statement.step() { rows.append(statement.columns) }
        return rows
    }

    /// Rows that the last statement inserted, changed or deleted.
    var changedRows: Int { Int(sqlite3_changes(handle)) }

    /// Runs `body` as one transaction that no other writer comes between; an error takes it back.
    func transaction(_ body: () throws(SQLiteError) -> Void) throws(SQLiteError) {
        try run("BEGIN IMMEDIATE")
        do throws(SQLiteError) {
            try body()
            try run("COMMIT")
        } catch {
            // SQLite may have taken it back itself; then there is no transaction to end.
            _ = try? run("ROLLBACK")
            throw error
        }
    }
}

/// A prepared statement; finalized exactly once.
private struct SQLiteStatement: ~Copyable {
    private let handle: OpaquePointer
    private let database: OpaquePointer

    init(_ sql: String, on database: OpaquePointer) throws(SQLiteError) {
        var handle: OpaquePointer?
        let status = sqlite3_prepare_v2(database, sql, -1, &handle, nil)
        guard status == SQLITE_OK, let handle else { throw SQLiteError(status, database) }
        self.handle = handle
        self.database = database
    }

    deinit { sqlite3_finalize(handle) }

    func bind(_ parameters: [String?]) throws(SQLiteError) {
        for (index, text) in parameters.enumerated() {
            let position = Int32(index + 1)
            let status =
                if let text {
                    sqlite_bind_text(handle, position, text, Int32(clamping: text.utf8.count))
                } else {
                    sqlite3_bind_null(handle, position)
                }
            guard status == SQLITE_OK else { throw SQLiteError(status, database) }
        }
    }

    /// Goes to the next row; `false` after the last.
    func step() throws(SQLiteError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: true
        case SQLITE_DONE: false
        case let status: throw SQLiteError(status, database)
        }
    }

    var columns: [String?] {
        (0..<sqlite3_column_count(handle)).map { index in
            guard let text = sqlite3_column_text(handle, index) else { return nil }
            let count = Int(sqlite3_column_bytes(handle, index))
            return String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
        }
    }
}

/// What SQLite refused: its extended result code and its words.
struct SQLiteError: Error, CustomStringConvertible {
    let code: Int32
    let message: String

    init(_ code: Int32, _ database: OpaquePointer?) {
        self.code = code
        message = database.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
    }

    /// The code without its details.
    var primaryCode: Int32 { code & 0xFF }

    var description: String { "\(message) (SQLite code \(code))" }
}
