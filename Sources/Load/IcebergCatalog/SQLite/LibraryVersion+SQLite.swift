import CSQLite
package import NilusCore

extension LibraryVersion {
    /// SQLite.
    package static var sqlite: LibraryVersion { LibraryVersion(name: "sqlite", version: sqlite3_libversion()) }
}
