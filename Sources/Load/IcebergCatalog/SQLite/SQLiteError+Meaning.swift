import CSQLite
import NilusCore

extension SQLiteError {
    /// Whether a write that ended with this error may have happened all the same.
    ///
    /// SQLite takes a statement back on every other error; after an error of the device only the next
    /// reader finds out.
    var leavesOutcomeOpen: Bool {
        primaryCode == SQLITE_IOERR || primaryCode == SQLITE_NOMEM
    }

    /// Whether the same operation may succeed later without anybody's doing.
    var isTransient: Bool {
        [SQLITE_BUSY, SQLITE_LOCKED, SQLITE_IOERR, SQLITE_NOMEM].contains(primaryCode)
    }

    /// What was found, and what to do.
    fileprivate var clauses: String {
        switch primaryCode {
        case SQLITE_BUSY, SQLITE_LOCKED: "another process holds its lock; run again when that has ended"
        case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH:
            "it is read-only here; grant write access to the file and its folder"
        case SQLITE_CORRUPT: "it is damaged (\(message)); restore it from a copy"
        case SQLITE_NOTADB: "it is no SQLite database; expected a catalog file or a new name"
        case SQLITE_FULL: "no space is left for it; free space there"
        case SQLITE_CANTOPEN: "it cannot be opened; expected a file in a folder that may be written"
        default: "\(self)"
        }
    }
}

/// What became of the move of a pointer that ended with an error.
enum SwapOutcome: Equatable {
    case done
    /// Provably not done.
    case refused
    case unknown

    /// Decides by the error, and where that leaves it open by what a new reader finds.
    init(after error: SQLiteError, new: String, found: () throws -> String?) {
        guard error.leavesOutcomeOpen else {
            self = .refused
            return
        }
        do { self = try found() == new ? .done : .refused } catch { self = .unknown }
    }
}

extension NilusError {
    /// SQLite refused an operation on the catalog file.
    static func catalogRefused(_ verb: String, _ path: String, _ error: SQLiteError) -> NilusError {
        NilusError(
            .load, error.isTransient ? .sinkUnavailable : .sinkRefused,
            "cannot \(verb) catalog '\(path)': \(error.clauses)",
            context: [ContextItem("sqlite-code", String(error.code))], cause: error)
    }

    static func catalogSchemaUnknown(_ path: String, missing column: String) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot read catalog '\(path)': its table 'iceberg_tables' has no column '\(column)'; "
                + "expected the tables of an Iceberg JDBC catalog")
    }

    static func catalogEntryUnusable(_ path: String, _ name: SQLiteName, _ found: String) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot use '\(name.namespace).\(name.table)' of catalog '\(path)': \(found); expected a table")
    }
}
