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

extension Renewable<SigningKey> {
    /// Keys that somebody lends, each of which says itself when it ends.
    init(lentBy lender: @escaping @Sendable () async throws -> SigningKey) {
        self.init {
            let key = try await lender()
            return Lease(credential: key, expiry: key.expiry)
        }
    }
}
