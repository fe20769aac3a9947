import HTTPTransport
import JSON
import NilusCore
import RequestSigning
import Secrets

/// Asks the platform for a depot: its place from the depot service, its credentials from Heimdall.
struct DepotPlatform: Sendable {
    let http: HTTPClient
    let environment: EnvironmentVariables
    let time: TimeSource

    /// The variable that holds the key to the platform's services; only the job's own environment counts.
    static let keyVariable = "DATAOS_RUN_AS_APIKEY"

    private static let mostAnswerBytes = 1_048_576
    private static let timeout = Duration.seconds(30)
    private static let mostAttempts = 4
    private static let firstPause = Duration.milliseconds(500)

    /// Why the platform leads to no depot.
    private struct Dead: Error {
        let reason: String
        var isTransient = false
    }

    /// - Throws: `CancellationError`.
    func look(for name: String, _ secrets: SecretStore) async throws -> DepotSearch {
        do {
            return .found(try await depot(name, secrets))
        } catch let dead as Dead {
            return .absent(dead.reason, isTransient: dead.isTransient)
        } catch let fault as DepotFault {
            return .absent("the depot service knows it, but \(fault)")
        }
    }

    private func depot(_ name: String, _ secrets: SecretStore) async throws -> Depot {
        let hosts = PlatformHosts(environment)
        let service = try address("DEPOT_SERVICE_URL", hosts, secrets)
        guard let text = environment[Self.keyVariable] else {
            throw Dead(reason: "the depot service cannot be asked, '\(Self.keyVariable)' is not set")
        }
        let key = Redacted(SecretBytes(text))
        let url = "\(service)/api/v2/resolve?address=\(URIEncoding.encoded("dataos://\(name)"))"
        let what = "the depot service at '\(place(url))'"
        let document = try await document(url, key, what)
        var resolved: ResolvedDepot
        do throws(DepotFault) { resolved = try ResolvedDepot(document) } catch {
            throw Dead(reason: "\(what): \(error)")
        }
        let type = try DepotType(resolved.type)
        guard type != .local else { throw DepotFault("its type is 'LOCAL', which no platform has") }
        resolved.properties.fill(from: try await credentials(of: name, resolved, hosts, key, secrets))
        return Depot(name: name, storage: .remote(try RemoteDepot(type, resolved.properties, origin: what)))
    }

    /// The credentials of a depot: of the secrets that it names, else of the one that platforms make for it.
    private func credentials(
        of name: String, _ resolved: ResolvedDepot, _ hosts: PlatformHosts, _ key: Redacted<SecretBytes>,
        _ secrets: SecretStore
    ) async throws -> DepotProperties {
        var properties = DepotProperties()
        if resolved.secrets.isEmpty {
            // The depot names no secret, so without Heimdall it is the job's own environment that has credentials.
            guard case .at(let base) = service("HEIMDALL_URL", hosts, secrets) else { return properties }
            for secret in ["\(name)-rw", name] where properties.isEmpty {
                if let found = try await self.secret(secret, base, key, isOptional: true) { properties = found }
            }
            return properties
        }
        let base = try address("HEIMDALL_URL", hosts, secrets)
        for secret in resolved.secrets {
            if let found = try await self.secret(secret, base, key, isOptional: false) { properties.fill(from: found) }
        }
        return properties
    }

    private func secret(
        _ secret: String, _ base: String, _ key: Redacted<SecretBytes>, isOptional: Bool
    ) async throws -> DepotProperties? {
        let url = "\(base)/api/v1/secrets/\(URIEncoding.encoded(secret))"
        let what = "Heimdall at '\(place(url))', asked for secret '\(secret)'"
        let response = try await answer(url, key, what)
        if response.status == 404, isOptional { return nil }
        let document = try document(response, what)
        do throws(DepotFault) { return try HeimdallSecret(document).properties } catch {
            throw Dead(reason: "\(what): \(error)")
        }
    }

    private func address(_ variable: String, _ hosts: PlatformHosts, _ secrets: SecretStore) throws -> String {
        switch service(variable, hosts, secrets) {
        case .at(let url): return url
        case .none(let reason):
            let service = variable == "HEIMDALL_URL" ? "Heimdall" : "the depot service"
            throw Dead(reason: "\(service) cannot be asked, \(reason)")
        }
    }

    private func service(_ variable: String, _ hosts: PlatformHosts, _ secrets: SecretStore) -> PlatformHosts.Service {
        hosts.service(variable, manifestValue: secrets.manifestValue(variable))
    }

    private func place(_ url: String) -> String { HTTPOrigin(url: url)?.description ?? "?" }

    private func document(_ url: String, _ key: Redacted<SecretBytes>, _ what: String) async throws -> JSONValue {
        try document(try await answer(url, key, what), what)
    }

    private func document(_ response: HTTPResponse, _ what: String) throws -> JSONValue {
        let document = response.body.withBytes { try? JSONValue(parsing: $0) }
        guard response.isSuccess else {
            let message = document?["message"]?.string ?? document?["error"]?.string
            let detail = message.map { " (\(MessageText.withoutCredentials($0, limit: 200)))" } ?? ""
            throw Dead(
                reason: "\(what) answered \(response.status)\(detail)",
                isTransient: response.status == 429 || response.status >= 500)
        }
        guard let document else { throw Dead(reason: "\(what) answered with no JSON") }
        return document
    }

    private func answer(_ url: String, _ key: Redacted<SecretBytes>, _ what: String) async throws -> HTTPResponse {
        let request = HTTPRequest(
            url: url, secretHeaders: [HTTPSecretHeader("apikey", key)], maximumBodyBytes: Self.mostAnswerBytes,
            timeout: Self.timeout)
        var pause = Self.firstPause
        for _ in 1..<Self.mostAttempts {
            do {
                let response = try await http.send(request)
                guard response.status == 429 || response.status >= 500 else { return response }
            } catch let failure as HTTPFailure where failure.isTransient {
                // The next attempt may be luckier; the last one tells.
            }
            try await time.sleep(pause)
            pause *= 2
        }
        do { return try await http.send(request) } catch let failure as HTTPFailure {
            throw Dead(reason: "\(what) did not answer, \(failure)", isTransient: failure.isTransient)
        }
    }
}
