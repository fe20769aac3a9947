import Depots
import HTTPTransport
import NilusCore
import Secrets
import TemporaryFolders
import Testing
import WorkflowManifest

@testable import LakehouseSink

/// A workflow whose sink a test chooses, and the job around it.
struct SinkText {
    var address = "dataos://lake"
    var options = ""
    /// The job's own environment.
    var environment: [String: String] = [:]
    /// The `envs` of the manifest.
    var manifest: [String: String] = [:]
    var warehouse: String?
    var folders: [String] = []

    init(_ address: String = "dataos://lake") {
        self.address = address
    }

    private static let http = HTTPClient(HTTPConfiguration(userAgent: "nilus-tests", maximumConnections: 4))

    private var reading: ManifestReading {
        let options = options.split(separator: "\n").map { "    \($0)\n" }.joined()
        let text = """
            source:
              address: stripe://?api_key=x
              options: {source-table: charge}
            sink:
              address: "\(address)"
              options:
                dest-table: sales.charge
            \(options)
            """
        return ManifestReader(dialects: ManifestDialects(checkSink: LakehouseDialect.check), nameOfStackSpec: "test")
            .read(text.utf8, file: "w.yaml")
    }

    /// What is wrong with the manifest.
    var faults: [String] { reading.faults.map(\.description) }

    func place() async throws -> LakehousePlace {
        let section = try #require(reading.workflows.first?.nodes.first?.sink, "\(faults)")
        let variables = EnvironmentVariables(environment)
        let depots = DepotResolver(
            directory: DepotDirectory(folders: folders), environment: variables, http: Self.http, time: .system)
        let secrets = SecretStore(directories: folders, environment: variables, manifestEnvironment: manifest)
        return try await PlaceReader(warehouse: warehouse, depots: depots).place(of: section, secrets)
    }

    func rest() async throws -> RESTPlace {
        guard case .rest(let place) = try await place() else { throw NilusError.defect(.load, "the place is local") }
        return place
    }

    func error() async throws -> NilusError {
        try #require(await #expect(throws: NilusError.self) { try await place() })
    }
}

extension RESTPlace {
    /// The settings of the storage as plain text, for comparison.
    var storageTexts: [String: String] { storage.mapValues { $0.expose() } }
}
