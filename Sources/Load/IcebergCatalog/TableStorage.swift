package import NilusCore

/// What a catalog says about reaching the files of a table: settings and, if it lends them, credentials.
///
/// The names are those of Iceberg's clients, such as `s3.endpoint` and `s3.access-key-id`. Any value may be a
/// secret, so none prints.
package struct TableStorage: Sendable, Equatable {
    /// Settings by their names.
    package typealias Settings = [String: Redacted<String>]

    /// Credentials for the files whose locations begin with a prefix.
    package struct Grant: Sendable, Equatable {
        /// The prefix, such as `s3://lake/sales`.
        package let prefix: String
        /// Settings that count for these files.
        package let settings: Settings

        /// Credentials of a prefix.
        package init(prefix: String, settings: Settings) {
            self.prefix = prefix
            self.settings = settings
        }
    }

    /// The settings that count where no grant does.
    package let settings: Settings
    /// The credentials that were lent.
    package let grants: [Grant]

    /// A catalog that says nothing, such as one in a file.
    package static let unsaid = TableStorage(settings: [:], grants: [])

    /// Settings and grants.
    package init(settings: Settings, grants: [Grant]) {
        self.settings = settings
        self.grants = grants
    }

    /// Whether the catalog lends credentials of any kind.
    package var lendsCredentials: Bool {
        !grants.isEmpty || settings.keys.contains { Self.credentialNames.contains($0) || $0.hasPrefix(Self.sasToken) }
    }

    /// The settings for a file: those of the grant with the longest prefix go before the general ones.
    package func settings(for location: String) -> Settings {
        settings.merging(grant(for: location)?.settings ?? [:]) { $1 }
    }

    /// The prefix of the credentials that count for a file; `nil` when none do.
    package func grantPrefix(for location: String) -> String? { grant(for: location)?.prefix }

    private func grant(for location: String) -> Grant? {
        grants.filter { location.hasPrefix($0.prefix) }.max { $0.prefix.utf8.count < $1.prefix.utf8.count }
    }

    /// When the credentials for a file end; `nil` when nothing is said.
    package func expiry(for location: String) -> Timestamp? {
        let ends = settings(for: location).filter { Self.isExpiry($0.key) }.compactMap { Int64($0.value.expose()) }
        return ends.min().flatMap { milliseconds in
            let (microseconds, overflows) = milliseconds.multipliedReportingOverflow(by: 1_000)
            return overflows ? nil : Timestamp(microseconds: microseconds)
        }
    }

    private static let credentialNames = ["s3.access-key-id", "gcs.oauth2.token", "adls.auth.shared-key.account.key"]
    /// The name of the account follows.
    private static let sasToken = "adls.sas-token."

    /// Whether a setting says when credentials end, in milliseconds since the epoch.
    private static func isExpiry(_ name: String) -> Bool {
        name == "s3.session-token-expires-at-ms" || name == "gcs.oauth2.token-expires-at"
            || name.hasPrefix("adls.sas-token-expires-at-ms")
    }
}
