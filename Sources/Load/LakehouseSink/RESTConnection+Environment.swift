import IcebergCatalog
import NilusCore

extension RESTConnection {
    /// As long as the job's environment says that a catalog may take to answer a request, else as long as usual.
    ///
    /// - Throws: `configurationInvalid` (terminal) when that is no number of seconds from 1 to an hour.
    static func timeout(_ environment: EnvironmentVariables) throws(NilusError) -> Duration {
        try environment.seconds("NILUS_CATALOG_TIMEOUT_SECONDS", in: 1...3_600) ?? standardTimeout
    }
}
