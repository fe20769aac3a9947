import Digests
import Extraction
package import HTTPTransport
package import NilusCore
package import Secrets
import Synchronization
package import WorkflowManifest

/// Makes the source of each node; nodes with the same key share one rate budget, which the most careful of them sets.
package final class StripeSources: Sendable {
    private let http: HTTPClient
    private let environment: EnvironmentVariables
    private let time: TimeSource
    private let budgets = Mutex<[SHA256Digest: RateBudget]>([:])

    /// The variable that says, in seconds, how long one request is tried.
    private static let patienceVariable = "NILUS_STRIPE_RETRY_SECONDS"
    /// Tried for so long when nothing is said: longer than a deployment of Stripe's, shorter than a night.
    private static let standardPatience = Duration.seconds(180)

    package init(http: HTTPClient, environment: EnvironmentVariables, time: TimeSource) {
        self.http = http
        self.environment = environment
        self.time = time
    }

    /// Resolves the key and everything else in the address.
    ///
    /// - Throws: `secretMissing`, `secretRefused`, `configurationInvalid` (terminal).
    package func open(
        _ section: SourceSection, secrets: SecretStore
    ) throws(NilusError) -> (source: StripeSource, remarks: [String]) {
        let reader = StripeAddress(section.address, secrets: secrets, environment: environment)
        let found = try reader.key()
        let key = found.key.expose()
        let isLive = StripeKey.isLive(key)
        let context = try reader.text(.context)
        let account = try reader.text(.account)
        if StripeKey.isOrganization(key), context == nil { throw .keyUnusable(found.origin, StripeKey.contextFault) }
        let connection = StripeConnection(
            base: try reader.base(), key: found.key,
            apiVersion: try reader.text(.apiVersion) ?? StripeEndpoint.apiVersion,
            account: account, context: context,
            readKeyAgain: reader.mountedKey)
        let budget = budget(of: key, StripeRates.standard(isLive: isLive))
        let source = StripeSource(
            connection, http: http, budget: budget,
            claim: budget.claim(StripeRates.wish(section.options, isLive: isLive)),
            retry: RetryPolicy(patience: try patience()), time: time, account: account ?? context, isLive: isLive)
        let remarks = StripeRates.remarks(section.options.requestsPerSecond?.value, isLive: isLive)
        return (source, found.remarks + remarks)
    }

    private func budget(of key: SecretBytes, _ limits: RateLimits) -> RateBudget {
        let digest = key.withBytes { SHA256Hasher().digest(of: $0) }
        return budgets.withLock { budgets in
            if let budget = budgets[digest] { return budget }
            let budget = RateBudget(limits, time: time)
            budgets[digest] = budget
            return budget
        }
    }

    private func patience() throws(NilusError) -> Duration {
        guard let text = environment[Self.patienceVariable] else { return Self.standardPatience }
        guard let seconds = Int64(text), (0...86_400).contains(seconds) else {
            throw NilusError(
                .extract, .configurationInvalid,
                "cannot read variable '\(Self.patienceVariable)': expected whole seconds from 0 to 86400")
        }
        return .seconds(seconds)
    }
}
