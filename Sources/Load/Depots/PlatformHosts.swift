import HTTPTransport
package import NilusCore
import Secrets

/// The hosts that the job may send its credentials to: those that its own environment names.
///
/// A manifest may name the platform's services too, in its `envs`; it must not lead a credential elsewhere.
package struct PlatformHosts: Sendable {
    private static let variables = ["DEPOT_SERVICE_URL", "HEIMDALL_URL", "METASTORE_URL"]
    private let environment: EnvironmentVariables
    private let trusted: Set<HTTPOrigin>

    /// The hosts that an environment names.
    package init(_ environment: EnvironmentVariables) {
        self.environment = environment
        trusted = Set(Self.variables.compactMap { environment[$0].flatMap(HTTPOrigin.init(url:)) })
    }

    /// Whether the job's own environment names the host of a URL.
    package func trusts(_ url: String) -> Bool {
        HTTPOrigin(url: url).map(trusted.contains) ?? false
    }

    /// The address of a service of the platform.
    enum Service: Equatable {
        case at(String)
        /// In words, why there is none.
        case none(String)
    }

    /// Where a service is, by the variable that names it; `manifestValue` is what the manifest's `envs` say.
    func service(_ variable: String, manifestValue: String?) -> Service {
        if let url = environment[variable] { return usable(variable, Self.unwrapped(url)) }
        guard let url = manifestValue.map(Self.unwrapped) else { return .none("'\(variable)' is not set") }
        guard trusts(url) else {
            let host = HTTPOrigin(url: url)?.description ?? "?"
            return .none(
                "'\(variable)' is set by the manifest alone, and '\(host)' is sent no credential; "
                    + "set it in the job's own environment")
        }
        return usable(variable, url)
    }

    private func usable(_ variable: String, _ url: String) -> Service {
        guard HTTPOrigin(url: url) != nil else { return .none("'\(variable)' is no address; expected 'https://…'") }
        return .at(url.hasSuffix("/") ? String(url.dropLast()) : url)
    }

    /// Without the angle brackets that some write around an address.
    private static func unwrapped(_ url: String) -> String {
        url.hasPrefix("<") && url.hasSuffix(">") ? String(url.dropFirst().dropLast()) : url
    }
}
