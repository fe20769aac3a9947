/// A named place for tables: what a `dataos://` address stands for.
package struct Depot: Sendable, Hashable {
    package let name: String
    package let storage: Storage

    /// Where the tables of a depot are.
    package enum Storage: Sendable, Hashable {
        /// A folder of this machine with an SQLite catalog in it: an extension of this program.
        case local(path: String)
        /// A kind that the platform knows and this version cannot write to, such as `S3`.
        case unsupported(type: String)
    }
}
