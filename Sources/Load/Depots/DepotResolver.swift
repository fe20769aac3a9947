package import HTTPTransport
package import NilusCore
package import Secrets

/// Finds what a `dataos://` address stands for, in every way in which a job may learn of a depot.
///
/// In order: manifests and properties among the mounted files, the job's environment, the platform's services. The
/// first that knows the depot counts; when none does, the error says what each answered.
package struct DepotResolver: Sendable {
    private let directory: DepotDirectory
    private let environment: EnvironmentVariables
    private let platform: DepotPlatform
    /// The hosts that the job may send its credentials to.
    package let hosts: PlatformHosts

    package init(
        directory: DepotDirectory, environment: EnvironmentVariables, http: HTTPClient, time: TimeSource
    ) {
        self.directory = directory
        self.environment = environment
        platform = DepotPlatform(http: http, environment: environment, time: time)
        hosts = PlatformHosts(environment)
    }

    /// Finds a depot by its name; `secrets` holds the mounted credentials, and what the manifest's `envs` say.
    ///
    /// - Throws: `configurationInvalid` (terminal) when nothing knows it, or what knows it is faulty;
    ///   `sinkUnavailable` (transient) when the platform did not answer properly; `secretRefused`; `CancellationError`.
    package func depot(named name: String, _ secrets: SecretStore) async throws -> Depot {
        var answers: [String] = []
        switch try directory.look(for: name, secrets) {
        case .found(let depot): return depot
        case .absent(let reason, _): answers.append(reason)
        }
        switch try DepotEnvironment.look(for: name, environment) {
        case .found(let depot): return depot
        case .absent(let reason, _): answers.append(reason)
        }
        switch try await platform.look(for: name, secrets) {
        case .found(let depot): return depot
        case .absent(let reason, let isTransient):
            throw NilusError.depotUnknown(name, answers + [reason], isTransient: isTransient)
        }
    }

    /// The key to the platform's services, for a catalog that a depot names.
    package var platformKey: Redacted<SecretBytes>? {
        environment[DepotPlatform.keyVariable].map { Redacted(SecretBytes($0)) }
    }
}

/// What one way of learning a depot led to.
enum DepotSearch {
    case found(Depot)
    /// In words, why not, and whether it may be otherwise later.
    case absent(String, isTransient: Bool = false)
}

extension NilusError {
    fileprivate static func depotUnknown(_ name: String, _ answers: [String], isTransient: Bool) -> NilusError {
        let advice =
            isTransient
            ? "run again later" : "name a folder with '--depot-dir' or load into a local folder with '--warehouse'"
        return NilusError(
            .load, isTransient ? .sinkUnavailable : .configurationInvalid,
            "cannot find depot '\(name)': \(answers.joined(separator: "; ")); \(advice)")
    }
}
