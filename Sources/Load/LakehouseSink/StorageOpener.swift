import IcebergCatalog
import Loading
import NilusCore
import ObjectStorage
import Synchronization

/// Opens the storages of a lakehouse behind a catalog service, each once.
final class StorageOpener: Sendable {
    private let written: TableStorage.Settings
    private let environment: EnvironmentVariables
    private let connection: StorageConnection
    private let opened = Mutex<[Key: ObjectStores]>([:])

    /// What storages are opened for: what a catalog says counts for one table, credentials that it lends
    /// for one prefix.
    private struct Key: Hashable {
        let table: TableName?
        let prefix: String?
    }

    /// `written` are the settings that were written about the storage, `environment` fills what is missing.
    init(written: TableStorage.Settings, environment: EnvironmentVariables, connection: StorageConnection) {
        self.written = written
        self.environment = environment
        self.connection = connection
    }

    /// Stores for everything that needs no table, by what was written.
    var stores: ObjectStores {
        stores(Key(table: nil, prefix: nil)) { StorageProperties(written.exposed) }
    }

    /// A store for the files of a table, by what was written and what the catalog says.
    func store(of table: CatalogTable, in catalog: any Catalog) -> any ObjectStore {
        let said = table.storage
        if said == .unsaid { return stores }
        let written = written
        return GrantedStore { [self] location in
            let lends = said.lendsCredentials && !written.hasStorageKey
            return stores(
                Key(table: table.identifier, prefix: lends ? said.grantPrefix(for: location) : nil)
            ) {
                let settings = written.completed(by: said.settings(for: location))
                guard lends else { return StorageProperties(settings.exposed) }
                return StorageProperties(settings.exposed) {
                    let next = try await catalog.storage(of: table).settings(for: location)
                    return StorageProperties(written.completed(by: next).exposed)
                }
            }
        }
    }

    private func stores(_ key: Key, _ properties: () -> StorageProperties) -> ObjectStores {
        opened.withLock { opened in
            if let stores = opened[key] { return stores }
            let stores = ObjectStores(properties(), environment: environment, connection: connection)
            opened[key] = stores
            return stores
        }
    }
}

extension TableStorage.Settings {
    /// The values as text, for those who reach the storage with them.
    var exposed: [String: String] { mapValues { $0.expose() } }

    /// Whether there is any key to a storage among the settings.
    var hasStorageKey: Bool {
        keys.contains { name in
            Self.keyNames.contains(name) || Self.keyPrefixes.contains(where: name.hasPrefix)
        }
    }

    /// These settings, completed by what a catalog says.
    ///
    /// Credentials belong together, so those of the catalog count only where none are written; and no catalog
    /// names files of this machine.
    func completed(by said: TableStorage.Settings) -> TableStorage.Settings {
        let isKeyWritten = hasStorageKey
        let allowed = said.filter { name, _ in
            !name.hasPrefix(StorageProperties.ownPrefix) && !(isKeyWritten && [name: Redacted("")].hasStorageKey)
        }
        return allowed.merging(self) { $1 }
    }

    private static let keyNames: Set<String> = [
        "s3.access-key-id", "s3.secret-access-key", "s3.session-token", "s3.session-token-expires-at-ms",
        "gcs.oauth2.token", "adls.auth.shared-key.account.key",
    ]
    private static let keyPrefixes = ["adls.sas-token", "\(StorageProperties.ownPrefix)gcs."]
}
