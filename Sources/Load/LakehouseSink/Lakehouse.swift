import HTTPTransport
package import IcebergCatalog
package import NilusCore
package import ObjectStorage
import RequestSigning

/// A lakehouse that is open: its catalog, and the storage where its files lie.
package struct Lakehouse: Sendable {
    package let catalog: any Catalog
    package let store: any ObjectStore
    /// Opens the storage of a table, where the catalog has a say in it.
    private let storage: StorageOpener?
    /// Where the commits of several loads come together; `nil` for a load that commits alone.
    let gathering: GatheringCatalog?

    package init(catalog: any Catalog, store: any ObjectStore) {
        self.init(catalog: catalog, store: store, storage: nil)
    }

    private init(
        catalog: any Catalog, store: any ObjectStore, storage: StorageOpener?, gathering: GatheringCatalog? = nil
    ) {
        self.catalog = catalog
        self.store = store
        self.storage = storage
        self.gathering = gathering
    }

    /// The lakehouse whose tables are committed in one step with others.
    func gathering(by catalog: GatheringCatalog) -> Lakehouse {
        Lakehouse(catalog: catalog, store: store, storage: storage, gathering: catalog)
    }

    /// The lakehouse with the storage of one table, reached with what the catalog says about it.
    package func serving(_ table: CatalogTable) -> Lakehouse {
        guard let storage else { return self }
        return Lakehouse(
            catalog: catalog, store: storage.store(of: table, in: catalog), storage: storage, gathering: gathering)
    }

    /// Opens the lakehouse in local files: a catalog in SQLite, tables below a folder.
    ///
    /// - Throws: `sinkRefused`, `sinkUnavailable`.
    package static func local(
        catalogPath: String, catalogName: String, warehouse: String, time: TimeSource
    ) async throws -> Lakehouse {
        let store = LocalObjectStore()
        let catalog = try await SQLiteCatalog.open(
            path: catalogPath, name: catalogName, warehouse: warehouse, store: store, now: time.utc)
        return Lakehouse(catalog: catalog, store: store)
    }

    /// Opens the lakehouse behind a catalog service.
    ///
    /// - Throws: `sinkRefused`, `sinkUnavailable`; `configurationInvalid` when there is no key to sign with.
    static func behindService(
        _ place: RESTPlace, environment: EnvironmentVariables, connection: StorageConnection, http: HTTPClient,
        catalogTimeout: Duration, time: TimeSource
    ) async throws -> Lakehouse {
        let catalog = try await RESTCatalog.open(
            RESTConnection(
                base: place.catalogURL, warehouse: place.warehouse,
                authentication: try authentication(place, environment, connection),
                wantsCredentials: !place.storage.hasStorageKey, timeout: catalogTimeout),
            http: http, time: time)
        let storage = StorageOpener(written: place.storage, environment: environment, connection: connection)
        return Lakehouse(catalog: catalog, store: storage.stores, storage: storage)
    }

    private static func authentication(
        _ place: RESTPlace, _ environment: EnvironmentVariables, _ connection: StorageConnection
    ) throws(NilusError) -> RESTAuthentication {
        switch place.identity {
        case .none: return .none
        case .token(let token): return .bearer(Redacted(SecretBytes(token.expose())))
        case .client(let client): return .client(client)
        case .platformKey(let key): return .apiKey(key)
        case .signature(let service, let region):
            let keys = try SigningKeySource(
                StorageProperties(place.storage.exposed).signingKey, environment: environment, region: region,
                connection: connection)
            return .signature(RequestSigner(service: service, region: region), key: { try await keys.key() })
        }
    }
}
