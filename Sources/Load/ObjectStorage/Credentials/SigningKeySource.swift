package import NilusCore
package import RequestSigning

/// The key pair that requests to other services than storage are signed with, renewed before it ends.
package struct SigningKeySource: Sendable {
    private let keys: Renewable<SigningKey>
    private let time: TimeSource

    /// The key that was handed over, else the one that the environment names.
    ///
    /// - Throws: `configurationInvalid` (terminal) when there is none, or a half of one.
    package init(
        _ key: SigningKey?, environment: EnvironmentVariables, region: String, connection: StorageConnection
    ) throws(NilusError) {
        keys =
            if let key {
                Renewable(always: key)
            } else {
                try SigningKeys.fromEnvironment(environment, region: region, connection)
            }
        time = connection.time
    }

    /// The key that is good now.
    package func key() async throws -> SigningKey {
        try await keys.current(at: time.utc())
    }
}

/// A secret that somebody lends until an end.
package struct LentSecret: Sendable {
    package let value: Redacted<SecretBytes>
    /// `nil` for one that lasts.
    package let expiry: Timestamp?

    package init(_ value: Redacted<SecretBytes>, expiry: Timestamp?) {
        self.value = value
        self.expiry = expiry
    }
}

extension Renewable<AccessToken> {
    /// Secrets that somebody lends one after another.
    init(lentBy lender: @escaping @Sendable () async throws -> LentSecret) {
        self.init(identity: "a credential that the catalog lends") {
            let secret = try await lender()
            return Lease(credential: AccessToken(value: secret.value), expiry: secret.expiry)
        }
    }
}

extension Renewable<SigningKey> {
    /// Keys that somebody lends, each of which says itself when it ends.
    init(lentBy lender: @escaping @Sendable () async throws -> SigningKey) {
        self.init {
            let key = try await lender()
            return Lease(credential: key, expiry: key.expiry)
        }
    }
}
