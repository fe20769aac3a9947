import IcebergCatalog
import Loading
import NilusCore
import ObjectStorage
import RequestSigning
import Synchronization

/// Opens the storages of a lakehouse behind a catalog service, each once.
final class StorageOpener: Sendable {
    private let written: TableStorage.Settings
    private let environment: EnvironmentVariables
    private let connection: StorageConnection
    private let open = Mutex<[Key: any ObjectStore]>([:])

    /// What a storage is opened for: credentials that are lent count for one table and one prefix.
    private struct Key: Hashable {
        let kind: StorageKind
        let table: TableName?
        let prefix: String?
    }

    /// `written` are the settings that were written about the storage, `environment` fills what is missing.
    init(written: TableStorage.Settings, environment: EnvironmentVariables, connection: StorageConnection) {
        self.written = written
        self.environment = environment
        self.connection = connection
    }

    /// A store for everything that needs no table, by what was written.
    var store: RoutedStore {
        RoutedStore { [self] location in
            try store(for: location, Key(kind: try StorageKind(location), table: nil, prefix: nil)) { nil }
        }
    }

    /// A store for the files of a table, by what was written and what the catalog says.
    func store(of table: CatalogTable, in catalog: any Catalog) -> RoutedStore {
        RoutedStore { [self] location in
            let said = table.storage
            let lends = said.lendsCredentials && !StorageSettings(written).hasCredential
            let key = Key(
                kind: try StorageKind(location), table: said == .unsaid ? nil : table.identifier,
                prefix: lends ? said.grantPrefix(for: location) : nil)
            return try store(for: location, key) {
                LentStorage(table: table, location: location, catalog: catalog, isLent: lends)
            }
        }
    }

    private func store(
        for location: String, _ key: Key, lender: () -> LentStorage?
    ) throws -> any ObjectStore {
        try open.withLock { open in
            if let store = open[key] { return store }
            let store = try make(key.kind, lender())
            open[key] = store
            return store
        }
    }

    private func make(_ kind: StorageKind, _ lent: LentStorage?) throws -> any ObjectStore {
        let settings = StorageSettings(written: written, catalog: lent?.settings ?? [:])
        switch kind {
        case .local: return LocalObjectStore()
        case .s3:
            var s3 = settings.s3
            if let lent, lent.isLent { s3.lentKey = lent.signingKeys } else { s3.key = try settings.signingKey() }
            return try RemoteObjectStore.s3(s3, environment: environment, connection: connection)
        }
    }
}

/// The kinds of storage, as the schemes of locations name them.
enum StorageKind: Sendable, Hashable {
    case local
    case s3

    /// - Throws: `sinkRefused` (terminal) for a scheme that is not known.
    init(_ location: String) throws(NilusError) {
        guard let scheme = location.split(separator: ":", maxSplits: 1).first, location.contains(":") else {
            self = .local
            return
        }
        switch scheme.lowercased() {
        case "file": self = .local
        case "s3", "s3a", "s3n": self = .s3
        default: throw .storageUnknown(location, String(scheme))
        }
    }
}

/// What a catalog says about the files of a table, asked again before its credentials end.
struct LentStorage: Sendable {
    let table: CatalogTable
    let location: String
    let catalog: any Catalog
    /// Whether credentials are among it.
    let isLent: Bool

    var settings: TableStorage.Settings { table.storage.settings(for: location) }

    /// Gives the key that came with the table first, then one after another.
    var signingKeys: @Sendable () async throws -> SigningKey {
        let first = FirstTime()
        return { [self] in
            let storage = first.isNow() ? table.storage : try await catalog.storage(of: table)
            let settings = StorageSettings(storage.settings(for: location))
            guard let key = try settings.signingKey(expiry: storage.expiry(for: location)) else {
                throw NilusError.lentNothing(table.identifier)
            }
            return key
        }
    }
}

/// Answers "yes" once.
private final class FirstTime: Sendable {
    private let isOver = Mutex(false)

    func isNow() -> Bool {
        isOver.withLock { isOver in
            defer { isOver = true }
            return !isOver
        }
    }
}

extension NilusError {
    fileprivate static func storageUnknown(_ location: String, _ scheme: String) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot reach the files under \(MessageText.quoted(location)): storage of scheme "
                + "\(MessageText.quoted(scheme)) is not known; expected 's3', 'gs', 'abfss', 'wasbs' or 'file'")
    }

    fileprivate static func lentNothing(_ table: TableName) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot renew the credentials to the files of table '\(table)': the catalog lends none any more; "
                + "give keys of the job's own")
    }
}
