import NilusCore

/// A credential that is fetched when it is first needed and again before it ends.
///
/// Of several tasks that need it at once, one fetches.
actor Renewable<Credential: Sendable> {
    /// A credential and its end.
    struct Lease: Sendable {
        let credential: Credential
        /// `nil` for one that lasts.
        let expiry: Timestamp?
    }

    /// In whose name, for messages, as far as it is known beforehand.
    nonisolated let identity: String
    private let fetch: @Sendable () async throws -> Lease
    private var lease: Lease?
    private var fetching: Task<Lease, any Error>?

    /// Time before its end at which a credential is replaced; its last requests must still arrive.
    private static var marginMicroseconds: Int64 { 300_000_000 }

    init(identity: String = "", _ fetch: @escaping @Sendable () async throws -> Lease) {
        self.identity = identity
        self.fetch = fetch
    }

    /// A credential that lasts.
    init(always credential: Credential, identity: String = "") {
        self.init(identity: identity) { Lease(credential: credential, expiry: nil) }
    }

    /// The credential, good for some minutes to come where its issuer lets it be.
    func current(at moment: Timestamp) async throws -> Credential {
        if let lease, lease.isGood(for: Self.marginMicroseconds, at: moment) { return lease.credential }
        if let fetching { return try await fetching.value.credential }
        let task = Task { try await fetch() }
        fetching = task
        defer { fetching = nil }
        do {
            let fresh = try await task.value
            lease = fresh
            return fresh.credential
        } catch {
            // What is still good does until the issuer answers again.
            if let lease, lease.isGood(for: 0, at: moment) { return lease.credential }
            throw error
        }
    }

    /// Forgets the credential.
    ///
    /// - Returns: whether the next one may be another: it is not when there never was an end to this one.
    func renew() -> Bool {
        defer { lease = nil }
        return lease?.expiry != nil
    }
}

extension Renewable.Lease {
    fileprivate func isGood(for microseconds: Int64, at moment: Timestamp) -> Bool {
        guard let expiry else { return true }
        let (end, overflow) = moment.microseconds.addingReportingOverflow(microseconds)
        return !overflow && end < expiry.microseconds
    }
}

/// A token that is sent as it is.
struct AccessToken: Sendable {
    let value: Redacted<SecretBytes>
}
