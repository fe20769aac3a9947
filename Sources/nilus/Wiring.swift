import Depots
import Extraction
import HTTPTransport
import LakehouseSink
import NilusCore
import Pipeline
import StripeSource
import WorkflowManifest

/// Joins the source and the sink to the pipeline: the one place that knows all three.
enum Wiring {
    /// Connections to one host at most: as many as endpoints load at once, and some for a second key.
    private static let maximumConnections = 8

    static func adapters(_ options: RunOptions, environment: EnvironmentVariables, time: TimeSource) -> PipelineAdapters
    {
        let http = HTTPClient(
            HTTPConfiguration(
                userAgent: ProgramVersion.userAgent, environment: environment,
                maximumConnections: maximumConnections))
        let sources = StripeSources(http: http, environment: environment, time: time)
        let depots = DepotResolver(
            directory: DepotDirectory(folders: options.depotDirectories), environment: environment, http: http,
            time: time)
        let sinks = LakehouseSinks(
            warehouse: options.warehouse, depots: depots, http: http, environment: environment, time: time)
        return PipelineAdapters(
            endpoints: { table in
                if table.isAll { return StripeEndpoint.all.map(\.endpoint) }
                return StripeEndpoint.named(table.name).map { [$0.endpoint] } ?? []
            },
            openSource: { section, secrets in
                let (source, remarks) = try sources.open(section, secrets: secrets)
                return (source, remarks)
            },
            openSink: { section, secrets, envelope in
                try await sinks.open(
                    section, secrets: secrets, rowGroupBytes: envelope.rowGroupBytes, keyBytes: envelope.keyBytes,
                    uploadBytes: envelope.uploadBytes)
            },
            sharePlace: sinks.sharePlace)
    }
}

extension ManifestDialects {
    /// What the source and the sink of this program know.
    static let ofAdapters = ManifestDialects(checkSource: StripeDialect.check, checkSink: LakehouseDialect.check)
}
