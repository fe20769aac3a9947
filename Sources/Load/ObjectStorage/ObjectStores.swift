package import NilusCore
import Synchronization

/// All storages as one: the scheme of a location says which keeps it.
///
/// Tables name their files as the engine that made them did, so `s3a://` or `wasbs://` must lead
/// somewhere as well. A storage is set up when the first location in it is used.
package final class ObjectStores: ObjectStore {
    private let properties: StorageProperties
    private let environment: EnvironmentVariables
    private let connection: StorageConnection
    private let local = LocalObjectStore()
    private let opened = Mutex<[Place: RemoteObjectStore]>([:])

    /// A storage that is set up once.
    private enum Place: Hashable {
        case s3
        case google
        case azure(account: String, domain: String)
    }

    /// Storages by what a catalog says of them and, where it says nothing, by the environment.
    package init(
        _ properties: StorageProperties = StorageProperties(), environment: EnvironmentVariables,
        connection: StorageConnection
    ) {
        self.properties = properties
        self.environment = environment
        self.connection = connection
    }

    /// The storage that keeps a location.
    ///
    /// - Throws: `sinkRefused` (terminal) when no storage has such locations, `configurationInvalid`
    ///   (terminal) when the one that does lacks a credential.
    package func store(for location: String) throws(NilusError) -> any ObjectStore {
        let scheme = location.prefix { $0 != ":" }
        guard location.dropFirst(scheme.count).hasPrefix("://"), scheme != "file" else { return local }
        switch scheme {
        case "s3", "s3a", "s3n": return try open(.s3)
        case "gs", "gcs": return try open(.google)
        case "abfss", "abfs", "wasbs", "wasb":
            guard let name = AzureName(location) else {
                throw .locationForeign(location, expected: "abfss://container@account.dfs.core.windows.net/path")
            }
            return try open(.azure(account: name.account, domain: name.domain))
        default: throw .schemeUnknown(location)
        }
    }

    private func open(_ place: Place) throws(NilusError) -> RemoteObjectStore {
        if let known = opened.withLock({ $0[place] }) { return known }
        let fresh: RemoteObjectStore =
            switch place {
            case .s3: try .s3(properties.s3, environment: environment, connection: connection)
            case .google: try .google(properties.google, environment: environment, connection: connection)
            case .azure(let account, let domain):
                try .azure(
                    properties.azure(account: account, domain: domain), environment: environment,
                    connection: connection)
            }
        // Whoever came first wins, so that all share one credential.
        return opened.withLock { stores in
            if let earlier = stores[place] { return earlier }
            stores[place] = fresh
            return fresh
        }
    }

    package func read(_ location: String, limit: Int) async throws -> [UInt8] {
        try await store(for: location).read(location, limit: limit)
    }

    package func read(_ location: String, range: Range<Int>) async throws -> [UInt8] {
        try await store(for: location).read(location, range: range)
    }

    package func size(of location: String) async throws -> Int? {
        try await store(for: location).size(of: location)
    }

    package func put(_ content: [UInt8], at location: String) async throws {
        try await store(for: location).put(content, at: location)
    }

    package func putIfAbsent(_ content: [UInt8], at location: String) async throws -> Bool {
        try await store(for: location).putIfAbsent(content, at: location)
    }

    package func upload(to location: String) async throws -> any ObjectUpload {
        try await store(for: location).upload(to: location)
    }

    package func delete(_ location: String) async throws {
        try await store(for: location).delete(location)
    }

    package func forEachPage(
        under folder: String, _ body: ([StoredObject]) async throws -> Void
    ) async throws {
        try await store(for: folder).forEachPage(under: folder, body)
    }

    package func createContainer(_ location: String) async throws {
        try await store(for: location).createContainer(location)
    }
}

extension NilusError {
    fileprivate static func schemeUnknown(_ location: String) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot use location \(MessageText.quoted(location)): no storage has this scheme; "
                + "'file', 's3', 's3a', 'gs', 'abfss' or 'wasbs' was expected")
    }
}
