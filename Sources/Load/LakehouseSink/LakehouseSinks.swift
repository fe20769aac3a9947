package import Depots
import IcebergCatalog
import Loading
package import NilusCore
import ObjectStorage
package import Secrets
package import WorkflowManifest

/// Makes the sink of each node from its address.
package struct LakehouseSinks: Sendable {
    private let warehouse: String?
    private let depots: DepotDirectory
    private let time: TimeSource

    /// The catalog of a folder that is a lakehouse by itself.
    package static let embeddedCatalogFile = "catalog.db"

    /// Takes every table into a local folder when `warehouse` names one, whatever the addresses say.
    package init(warehouse: String?, depots: DepotDirectory, time: TimeSource) {
        self.warehouse = warehouse
        self.depots = depots
        self.time = time
    }

    /// Opens the lakehouse that an address names.
    ///
    /// - Throws: `configurationInvalid` (terminal) when the address leads nowhere; `secretMissing`; `sinkRefused`,
    ///   `sinkUnavailable` when the catalog cannot be used.
    package func open(
        _ section: SinkSection, secrets: SecretStore, rowGroupBytes: Int
    ) async throws -> LakehouseSink {
        let place = try place(of: section.address, secrets)
        let lakehouse = try await Lakehouse.local(
            catalogPath: place.catalogPath, catalogName: place.catalogName, warehouse: place.warehouse, time: time)
        let sizes = FileSizes(rowGroupBytes: rowGroupBytes, fileRows: section.options.loaderFileSize?.value)
        return LakehouseSink(lakehouse, sizes: sizes, layout: LayoutRequest(section.options), time: time)
    }

    /// A local lakehouse before it is opened.
    struct Place: Hashable {
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

    func place(of address: ManifestAddress, _ secrets: SecretStore) throws(NilusError) -> Place {
        if let warehouse { return try Place(folder: warehouse) }
        switch address.scheme {
        case "dataos": return try place(ofDepot: address)
        case "iceberg+sqlite": return try place(ofSQLite: address, secrets)
        default: throw .schemeUnsupported(address.scheme, at: address.location)
        }
    }

    private func place(ofDepot address: ManifestAddress) throws(NilusError) -> Place {
        guard let name = address.depotAddress?.depot else { throw .depotUnnamed(at: address.location) }
        switch try depots.depot(named: name).storage {
        case .local(let path): return try Place(folder: path)
        case .unsupported(let type): throw .depotUnsupported(name, type)
        }
    }

    private func place(ofSQLite address: ManifestAddress, _ secrets: SecretStore) throws(NilusError) -> Place {
        let path = try text(address.path, secrets)
        guard path.hasPrefix("/"), path.count > 1, !path.hasSuffix("/") else {
            throw .catalogUnnamed(at: address.location)
        }
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        let warehouse = try address[parameter: "warehouse"].map { parameter throws(NilusError) in
            try text(parameter.value, secrets)
        }
        let name = try address[parameter: "catalog_name"].map { parameter throws(NilusError) in
            try text(parameter.value, secrets)
        }
        let location = warehouse ?? (folder.isEmpty ? "/" : folder)
        return Place(
            catalogPath: path, catalogName: name ?? SQLiteCatalog.defaultName,
            warehouse: location.hasPrefix("file:") ? location : try LocalPath.location(of: location))
    }

    private func text(_ value: AddressValue, _ secrets: SecretStore) throws(NilusError) -> String {
        try value.resolved { placeholder throws(NilusError) in
            guard let found = try secrets.find(placeholder.name, looksRight: { _ in true }) else {
                throw .secretMissing(placeholder.name, lookedIn: secrets.places(for: placeholder.name))
            }
            return Redacted(found.value.expose().withBytes { String(decoding: $0, as: UTF8.self) })
        }.expose()
    }
}

extension NilusError {
    fileprivate static func schemeUnsupported(_ scheme: String, at location: SourceLocation) -> NilusError {
        NilusError(
            .load, .configurationInvalid,
            "cannot write to a \(MessageText.quoted(scheme)) address: expected 'dataos' or 'iceberg+sqlite'",
            at: location)
    }

    fileprivate static func depotUnnamed(at location: SourceLocation) -> NilusError {
        NilusError(.load, .configurationInvalid, "cannot find the depot: the address names none", at: location)
    }

    fileprivate static func depotUnsupported(_ name: String, _ type: String) -> NilusError {
        NilusError(
            .load, .configurationInvalid,
            "cannot write to depot '\(name)': it is of type \(type), and this version writes only to local lakehouses; "
                + "use a depot of type LOCAL or '--warehouse'")
    }

    fileprivate static func catalogUnnamed(at location: SourceLocation) -> NilusError {
        NilusError(
            .load, .configurationInvalid,
            "cannot find the catalog: expected 'iceberg+sqlite:///path/catalog.db?warehouse=/path'", at: location)
    }
}
