import NilusCore
import RequestSigning

/// What a catalog says about the storage of a table, under the names that Iceberg's libraries use.
///
/// - SeeAlso: apache/iceberg, `S3FileIOProperties`, `GCPProperties`, `AzureProperties`
package struct StorageProperties: Sendable {
    private let values: Redacted<[String: String]>

    /// Properties, credentials among them.
    package init(_ values: [String: String] = [:]) {
        self.values = Redacted(values)
    }

    private subscript(name: String) -> String? {
        guard let value = values.expose()[name], !value.isEmpty else { return nil }
        return value
    }

    private func secret(_ name: String) -> Redacted<SecretBytes>? {
        self[name].map { Redacted(SecretBytes($0)) }
    }

    /// The settings for S3 in these properties.
    package var s3: S3Settings {
        var settings = S3Settings(
            endpoint: self["s3.endpoint"], region: self["s3.region"] ?? self["client.region"],
            usesPathStyle: self["s3.path-style-access"].map { $0.lowercased() == "true" })
        if let id = self["s3.access-key-id"], let secret = secret("s3.secret-access-key") {
            let milliseconds = self["s3.session-token-expires-at-ms"].flatMap { Int64($0) }
            settings.key = SigningKey(
                id: id, secret: secret, sessionToken: self.secret("s3.session-token"),
                expiry: milliseconds.flatMap { $0 < Int64.max / 1_000 ? Timestamp(microseconds: $0 * 1_000) : nil })
        }
        return settings
    }

    /// The settings for Google Cloud Storage in these properties.
    package var google: GoogleSettings {
        GoogleSettings(endpoint: self["gcs.service.host"], token: secret("gcs.oauth2.token"))
    }

    /// The settings for an account of Azure's storage in these properties.
    package func azure(account: String, domain: String) -> AzureSettings {
        var settings = AzureSettings(account: account, domain: domain)
        settings.signature =
            secret("adls.sas-token.\(account).dfs.\(domain)") ?? secret("adls.sas-token.\(account).blob.\(domain)")
            ?? secret("adls.sas-token.\(account)")
        if self["adls.auth.shared-key.account.name"] == account {
            settings.key = secret("adls.auth.shared-key.account.key")
        }
        return settings
    }
}
