import HTTPTransport
import LoopbackServer
import NilusCore
import Secrets
import Synchronization
import TemporaryFolders
import Testing

@testable import Depots

/// Everything a job may learn of a depot from: folders, an environment, and stand-ins for the platform's services.
struct DepotWorld {
    let folder: TemporaryFolder
    let secretFolder: TemporaryFolder
    var environment: [String: String] = [:]
    /// What the manifest's `envs` say.
    var manifest: [String: String] = [:]

    private static let http = HTTPClient(HTTPConfiguration(userAgent: "nilus-tests", maximumConnections: 4))

    init() throws {
        folder = try TemporaryFolder()
        secretFolder = try TemporaryFolder()
    }

    func depot(_ name: String = "lake") async throws -> Depot {
        let variables = EnvironmentVariables(environment)
        let time = TimeSource(
            monotonic: { .zero }, utc: { Timestamp(microseconds: 0) }, sleep: { _ in })
        let resolver = DepotResolver(
            directory: DepotDirectory(folders: [folder.path]), environment: variables, http: Self.http, time: time)
        let secrets = SecretStore(
            directories: [secretFolder.path], environment: variables, manifestEnvironment: manifest)
        return try await resolver.depot(named: name, secrets)
    }

    /// The words for a depot that is in none of its places, with what is to be said of two of them.
    func nowhere(unreadable fault: String? = nil, service: String = "'DEPOT_SERVICE_URL' is not set") -> String {
        let remark = fault.map { " (a file there cannot be read: \(folder.path)/\($0))" } ?? ""
        return
            "cannot find depot 'lake': no manifest or properties of it in '\(folder.path)'\(remark); the environment "
            + "variables 'TYPE' and 'DESTINATION_BUCKET' are not both set; the depot service cannot be asked, "
            + "\(service); name a folder with '--depot-dir' or load into a local folder with '--warehouse'"
    }

    func remote(_ name: String = "lake") async throws -> RemoteDepot {
        guard case .remote(let remote) = try await depot(name).storage else {
            throw NilusError.defect(.load, "the depot is local")
        }
        return remote
    }

    func error(_ name: String = "lake") async throws -> NilusError {
        try #require(await #expect(throws: NilusError.self) { try await depot(name) })
    }
}

extension RemoteDepot {
    /// The settings as plain text, for comparison.
    var texts: [String: String] { settings.mapValues { $0.value.expose() } }
}

/// A stand-in for the depot service and Heimdall: answers by path, and tells what it was sent.
final class Platform: Sendable {
    private let server: LoopbackServer

    init(_ answers: [String: LoopbackServer.Answer]) throws {
        server = try LoopbackServer { _, request in
            let path = String(request.split(separator: " ")[1])
            return answers[path] ?? .http(404, body: #"{"message": "no such thing"}"#)
        }
    }

    var base: String { server.base }
    var paths: [String] { server.received.map { String($0.split(separator: " ")[1]) } }

    /// The keys that were sent.
    var keys: [String?] {
        server.received.map { request in
            request.split(separator: "\r\n").first { $0.lowercased().hasPrefix("apikey: ") }.map {
                String($0.dropFirst(8))
            }
        }
    }
}
