package import NilusCore

/// A named place for tables: what a `dataos://` address stands for.
package struct Depot: Sendable, Hashable {
    package let name: String
    package let storage: Storage

    /// Where the tables of a depot are.
    package enum Storage: Sendable, Hashable {
        /// A folder of this machine with an SQLite catalog in it: an extension of this program.
        case local(path: String)
        /// Object storage behind a catalog service.
        case remote(RemoteDepot)
    }
}

/// A depot on object storage whose tables a catalog service keeps.
package struct RemoteDepot: Sendable, Hashable {
    /// The folder of all tables, such as `s3://bucket/lake`.
    package let location: String
    /// The URL of the Iceberg REST catalog.
    package let catalogURL: String
    /// Which of the catalog's warehouses is meant, as far as the depot says.
    package let warehouse: String?
    /// How the storage is reached, by the names that Iceberg's clients use, such as `s3.endpoint`; what is
    /// not said is missing.
    package let settings: [String: DepotSetting]
    /// In words, where the depot was learned of.
    package let origin: String

    init(location: String, catalogURL: String, warehouse: String?, settings: [String: DepotSetting], origin: String) {
        self.location = location
        self.catalogURL = catalogURL
        self.warehouse = warehouse
        self.settings = settings
        self.origin = origin
    }
}

/// A fact about a depot, which may be a secret and so does not print.
package struct DepotSetting: Sendable, Hashable, CustomStringConvertible {
    package let value: Redacted<String>

    init(_ text: String) {
        value = Redacted(text)
    }

    package var description: String { value.description }

    package func hash(into hasher: inout Hasher) { hasher.combine(value.expose()) }
}
