import NilusCore

/// The depot that the platform describes in the job's own environment: `TYPE`, `DESTINATION_BUCKET` and others.
///
/// The `envs` of a manifest count for nothing here: whoever writes a workflow must not be able to send the job's
/// credentials to a place of his choice.
enum DepotEnvironment {
    private static let names = [
        "DESTINATION_BUCKET", "METASTORE_URL", "WAREHOUSE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_ENDPOINT", "AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT_KEY",
        "AZURE_STORAGE_SAS_TOKEN", "AZURE_ENDPOINT_SUFFIX", "GCS_PROJECT_ID", "GCS_KEY_JSON", "GCS_CREDENTIALS_JSON",
        "GCS_KEY_FILE", "GOOGLE_APPLICATION_CREDENTIALS", "GCS_ACCESS_KEY_ID", "GCS_SECRET_ACCESS_KEY",
    ]

    /// - Throws: `configurationInvalid` (terminal) when the variables are there and wrong.
    static func look(for name: String, _ environment: EnvironmentVariables) throws(NilusError) -> DepotSearch {
        guard let type = environment["TYPE"], environment["DESTINATION_BUCKET"] != nil else {
            return .absent("the environment variables 'TYPE' and 'DESTINATION_BUCKET' are not both set")
        }
        var properties = DepotProperties()
        for name in names { if let value = environment[name] { properties.fill(name, value) } }
        do throws(DepotFault) {
            let depot = try RemoteDepot(
                try DepotType(type), properties, origin: "the environment variables 'TYPE' and 'DESTINATION_BUCKET'")
            return .found(Depot(name: name, storage: .remote(depot)))
        } catch {
            throw NilusError(
                .load, .configurationInvalid,
                "cannot use depot '\(name)' of the environment variables 'TYPE' and 'DESTINATION_BUCKET': \(error)")
        }
    }
}
