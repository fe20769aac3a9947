import NilusCore
package import RequestSigning
import Synchronization

/// What a catalog says about the storage of a table, under the names that Iceberg's libraries use.
///
/// - SeeAlso: apache/iceberg, `S3FileIOProperties`, `GCPProperties`, `AzureProperties`
package struct StorageProperties: Sendable {
    /// The names of what only the job itself may say: no service may choose a file of this machine.
    ///
    /// `gcs.…` names of our own, since Iceberg's libraries leave these to the environment.
    package static let ownPrefix = "nilus."

    private let values: Redacted<[String: String]>
    private let successor: (@Sendable () async throws -> StorageProperties)?

    /// Properties, credentials among them; where those end, `successor` gives the next ones.
    package init(
        _ values: [String: String] = [:], successor: (@Sendable () async throws -> StorageProperties)? = nil
    ) {
        self.values = Redacted(values)
        self.successor = successor
    }

    /// Gives what these properties hold once, and then what the next ones do; `nil` where there are none.
    private func lender<Item: Sendable>(
        _ item: @escaping @Sendable (StorageProperties) -> Item?
    ) -> (@Sendable () async throws -> Item)? {
        guard let successor, let first = item(self) else { return nil }
        let lent = Mutex(false)
        return {
            let isFirst = lent.withLock { lent in
                defer { lent = true }
                return !lent
            }
            if isFirst { return first }
            guard let next = item(try await successor()) else { throw NilusError.nothingLent }
            return next
        }
    }

    /// When what these properties hold ends, by the name of the property that says so in milliseconds.
    private func expiry(_ name: String) -> Timestamp? {
        guard let milliseconds = self[name].flatMap({ Int64($0) }) else { return nil }
        let (microseconds, overflows) = milliseconds.multipliedReportingOverflow(by: 1_000)
        return overflows ? nil : Timestamp(microseconds: microseconds)
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
        settings.key = signingKey
        settings.lentKey = lender(\.signingKey)
        return settings
    }

    /// The key pair for S3 in these properties; `nil` when there is none, or a half.
    package var signingKey: SigningKey? {
        guard let id = self["s3.access-key-id"], let secret = secret("s3.secret-access-key") else { return nil }
        return SigningKey(
            id: id, secret: secret, sessionToken: self.secret("s3.session-token"),
            expiry: expiry("s3.session-token-expires-at-ms"))
    }

    /// The settings for Google Cloud Storage in these properties.
    package var google: GoogleSettings {
        var settings = GoogleSettings(endpoint: self["gcs.service.host"], token: secret("gcs.oauth2.token"))
        settings.lentToken = lender { properties in
            properties.secret("gcs.oauth2.token").map {
                LentSecret($0, expiry: properties.expiry("gcs.oauth2.token-expires-at"))
            }
        }
        settings.serviceAccount = secret(Self.ownPrefix + "gcs.service-account")
        settings.serviceAccountFile = self[Self.ownPrefix + "gcs.service-account-file"]
        if let id = self[Self.ownPrefix + "gcs.hmac-access-id"], let key = secret(Self.ownPrefix + "gcs.hmac-secret") {
            settings.key = SigningKey(id: id, secret: key)
        }
        return settings
    }

    /// The settings for an account of Azure's storage in these properties.
    package func azure(account: String, domain: String) -> AzureSettings {
        var settings = AzureSettings(account: account, domain: domain)
        let names = ["\(account).dfs.\(domain)", "\(account).blob.\(domain)", account]
        settings.signature = sharedAccessSignature(names)?.value
        settings.lentSignature = lender { $0.sharedAccessSignature(names) }
        if self["adls.auth.shared-key.account.name"] == account {
            settings.key = secret("adls.auth.shared-key.account.key")
        }
        return settings
    }

    /// The shared access signature of an account that goes by several names.
    private func sharedAccessSignature(_ names: [String]) -> LentSecret? {
        for name in names {
            guard let signature = secret("adls.sas-token.\(name)") else { continue }
            let ends = names.compactMap { expiry("adls.sas-token-expires-at-ms.\($0)") }
            return LentSecret(signature, expiry: ends.first)
        }
        return nil
    }
}

extension NilusError {
    fileprivate static var nothingLent: NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot renew the credentials to the storage: the catalog lends none any more; give the job keys of its own"
        )
    }
}
