package import Depots
package import HTTPTransport
import IcebergCatalog
import Loading
package import NilusCore
import ObjectStorage
package import Secrets
package import WorkflowManifest

/// Makes the sink of each node from its address.
package struct LakehouseSinks: Sendable {
    let places: PlaceReader
    private let http: HTTPClient
    private let environment: EnvironmentVariables
    private let time: TimeSource
    /// Shared by all sinks, as the memory of the process is.
    private let keyMemory = KeyMemory(limitBytes: 0)
    private let uploads = UploadMemory()
    /// One table is tidied at a time: the envelope plans for loads, and a compaction takes as much as one.
    private let upkeep = Turnstile(places: 1)

    /// The catalog of a folder that is a lakehouse by itself.
    package static let embeddedCatalogFile = "catalog.db"

    /// Takes every table into a local folder when `warehouse` names one, whatever the addresses say.
    ///
    /// `environment` is the job's own; it may hold keys to storages.
    package init(
        warehouse: String?, depots: DepotResolver, http: HTTPClient, environment: EnvironmentVariables,
        time: TimeSource
    ) {
        places = PlaceReader(warehouse: warehouse, depots: depots)
        self.http = http
        self.environment = environment
        self.time = time
    }

    /// Opens the lakehouse that an address names.
    ///
    /// `rowGroupBytes`: encoded bytes that one open data file may hold.
    /// `keyBytes`: memory for the keys of merges, of all sinks together.
    /// `uploadBytes`: memory for files on their way to a storage, of all sinks together.
    ///
    /// - Throws: `configurationInvalid` (terminal) when the address leads nowhere; `secretMissing`; `sinkRefused`,
    ///   `sinkUnavailable` when the catalog cannot be used.
    package func open(
        _ section: SinkSection, secrets: SecretStore, rowGroupBytes: Int, keyBytes: Int, uploadBytes: Int
    ) async throws -> LakehouseSink {
        keyMemory.bound(by: keyBytes)
        uploads.bound(by: uploadBytes)
        let sizes = FileSizes(rowGroupBytes: rowGroupBytes, fileRows: section.options.loaderFileSize?.value)
        return LakehouseSink(
            try await lakehouse(section, secrets: secrets), sizes: sizes, layout: LayoutRequest(section.options),
            properties: NewTableProperties(section.options), keyMemory: keyMemory,
            upkeep: section.options.maintenance?.value == .auto ? upkeep : nil, time: time)
    }

    /// Whether two sections lead to the same tables.
    @Sendable
    package func sharePlace(_ first: SinkSection, _ second: SinkSection) -> Bool {
        places.warehouse != nil || first.address.namesSamePlace(as: second.address)
    }

    /// Opens the lakehouse that an address names, for work that is no load.
    ///
    /// - Throws: as ``open(_:secrets:rowGroupBytes:keyBytes:uploadBytes:)``.
    package func lakehouse(_ section: SinkSection, secrets: SecretStore) async throws -> Lakehouse {
        switch try await places.place(of: section, secrets) {
        case .local(let place):
            return try await Lakehouse.local(
                catalogPath: place.catalogPath, catalogName: place.catalogName, warehouse: place.warehouse, time: time)
        case .rest(let place):
            let environment = place.mayUseEnvironment ? environment : EnvironmentVariables([:])
            let connection = StorageConnection(
                http: http, time: time, retry: try StorageRetry(self.environment), uploads: uploads)
            return try await Lakehouse.behindService(
                place, environment: environment, connection: connection, http: http,
                catalogTimeout: try RESTConnection.timeout(self.environment), time: time)
        }
    }
}
