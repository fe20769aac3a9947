import IcebergCatalog
import NilusCore
import ObjectStorage

/// A lakehouse before it is opened.
enum LakehousePlace: Sendable, Equatable {
    case local(LocalPlace)
    case rest(RESTPlace)
}

/// A lakehouse in local files.
struct LocalPlace: Sendable, Hashable {
    let catalogPath: String
    let catalogName: String
    /// The location under which tables get their folders.
    let warehouse: String

    init(catalogPath: String, catalogName: String, warehouse: String) {
        self.catalogPath = catalogPath
        self.catalogName = catalogName
        self.warehouse = warehouse
    }

    /// A folder that holds its own catalog.
    init(folder: String) throws(NilusError) {
        let location = try LocalPath.location(of: folder)
        self.init(
            catalogPath: "\(try LocalPath.path(of: location))/\(LakehouseSinks.embeddedCatalogFile)",
            catalogName: SQLiteCatalog.defaultName, warehouse: location)
    }
}

/// A lakehouse whose catalog is a service.
struct RESTPlace: Sendable, Equatable {
    /// The URL of the catalog before `/v1`.
    var catalogURL: String
    var warehouse: String?
    var identity = Identity.none
    /// What was written about the storage, by the names of Iceberg's clients.
    var storage: TableStorage.Settings = [:]
    /// Whether what is missing may be taken from the job's environment: not where only a manifest's `envs` say
    /// whom that would be sent to.
    var mayUseEnvironment = true

    /// How the job makes itself known to the catalog.
    enum Identity: Sendable, Equatable {
        case none
        case token(Redacted<String>)
        case client(RESTClientCredentials)
        case platformKey(Redacted<SecretBytes>)
        /// Signature Version 4 with the keys of the storage.
        case signature(service: String, region: String)
    }
}
