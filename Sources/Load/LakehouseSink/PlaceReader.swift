import Depots
import IcebergCatalog
import NilusCore
import ObjectStorage
import Secrets
import WorkflowManifest

/// Finds the lakehouse that a sink section names.
struct PlaceReader: Sendable {
    /// Where every table goes, whatever the addresses say; `nil` for where they say.
    let warehouse: String?
    let depots: DepotResolver

    /// Finds it.
    ///
    /// - Throws: `configurationInvalid` (terminal) when the address leads nowhere; `secretMissing`,
    ///   `secretRefused` (terminal); `sinkUnavailable` (transient) when the platform does not answer.
    func place(of section: SinkSection, _ secrets: SecretStore) async throws -> LakehousePlace {
        if let warehouse { return .local(try LocalPlace(folder: warehouse)) }
        let address = section.address
        switch address.scheme {
        case "dataos": return try await place(ofDepot: section, secrets)
        case "iceberg+sqlite": return .local(try Self.place(ofSQLite: address, secrets))
        case "iceberg+rest":
            var place = try RESTAddress(
                address: address, secrets: secrets, hosts: depots.hosts, platformKey: depots.platformKey
            ).place()
            place.storage.override(by: section.options)
            try place.checkKey()
            return .rest(place)
        default: throw NilusError.schemeUnsupported(address.scheme, at: address.location)
        }
    }

    private func place(ofDepot section: SinkSection, _ secrets: SecretStore) async throws -> LakehousePlace {
        guard let name = section.address.depotAddress?.depot else {
            throw NilusError.depotUnnamed(at: section.address.location)
        }
        switch try await depots.depot(named: name, secrets).storage {
        case .local(let path): return .local(try LocalPlace(folder: path))
        case .remote(let depot):
            var place = RESTPlace(depot, platformKey: depots.platformKey)
            place.storage.override(by: section.options)
            try place.checkKey()
            return .rest(place)
        }
    }

    private static func place(
        ofSQLite address: ManifestAddress, _ secrets: SecretStore
    ) throws(NilusError) -> LocalPlace {
        let path = try AddressText(address.path, secrets).text.expose()
        guard path.hasPrefix("/"), path.count > 1, !path.hasSuffix("/") else {
            throw .catalogUnnamed(at: address.location)
        }
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        func text(_ name: String) throws(NilusError) -> String? {
            guard let parameter = address[parameter: name] else { return nil }
            return try AddressText(parameter.value, secrets).text.expose()
        }
        let location = try text("warehouse") ?? (folder.isEmpty ? "/" : folder)
        return LocalPlace(
            catalogPath: path, catalogName: try text("catalog_name") ?? SQLiteCatalog.defaultName,
            warehouse: location.hasPrefix("file:") ? location : try LocalPath.location(of: location))
    }
}

extension RESTPlace {
    /// The lakehouse of a depot; the job's own files, its environment or the platform told of it, so the key of the
    /// platform may go to its catalog.
    init(_ depot: RemoteDepot, platformKey: Redacted<SecretBytes>?) {
        var settings = depot.settings.mapValues(\.value)
        let token = settings.removeValue(forKey: "token")
        let credential = settings.removeValue(forKey: "credential")
        self.init(catalogURL: depot.catalogURL, warehouse: depot.warehouse ?? depot.location, storage: settings)
        if let token {
            identity = .token(token)
        } else if let credential {
            identity = .client(
                RESTClientCredentials(
                    credential: credential.expose(), catalogURL: depot.catalogURL, scope: nil, tokenURL: nil))
        } else if let platformKey {
            identity = .platformKey(platformKey)
        }
    }
}

extension RESTPlace {
    /// Refuses half a key, instead of going on with another one.
    fileprivate func checkKey() throws(NilusError) {
        for (has, lacks) in [
            ("s3.access-key-id", "s3.secret-access-key"), ("s3.secret-access-key", "s3.access-key-id"),
        ] where storage[has] != nil && storage[lacks] == nil {
            throw .keyHalved(has: has, lacks: lacks)
        }
    }
}

extension TableStorage.Settings {
    /// Lets the options of a sink decide on region and endpoint.
    fileprivate mutating func override(by options: SinkOptions) {
        if let region = options.awsRegion { self["s3.region"] = Redacted(region.value) }
        if let endpoint = options.awsEndpoint { self["s3.endpoint"] = Redacted(endpoint.value) }
    }
}

extension NilusError {
    fileprivate static func schemeUnsupported(_ scheme: String, at location: SourceLocation) -> NilusError {
        NilusError(
            .load, .configurationInvalid,
            "cannot write to a \(MessageText.quoted(scheme)) address: expected 'dataos', 'iceberg+rest' or "
                + "'iceberg+sqlite'",
            at: location)
    }

    fileprivate static func keyHalved(has: String, lacks: String) -> NilusError {
        NilusError(
            .load, .configurationInvalid,
            "cannot use the key of the storage: there is a value for '\(has)' and none for '\(lacks)'; give both")
    }

    fileprivate static func depotUnnamed(at location: SourceLocation) -> NilusError {
        NilusError(.load, .configurationInvalid, "cannot find the depot: the address names none", at: location)
    }

    fileprivate static func catalogUnnamed(at location: SourceLocation) -> NilusError {
        NilusError(
            .load, .configurationInvalid,
            "cannot find the catalog: expected 'iceberg+sqlite:///path/catalog.db?warehouse=/path'", at: location)
    }
}
