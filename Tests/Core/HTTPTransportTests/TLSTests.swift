import Foundation
@testable import HTTPTransport
import NilusCore
import TemporaryFolders
import Testing

/// Servers are those of the command `openssl`, with certificates made for each test.
struct `A connection over TLS` {
    private let place: TLSPlace

    init() throws {
        place = try TLSPlace()
    }

    private func get(
        _ server: TLSServer, host: String = "127.0.0.1", _ configuration: HTTPConfiguration
    ) async throws -> Int {
        let request = HTTPRequest(
            url: "https://\(host):\(server.port)/", maximumBodyBytes: 1 << 20, timeout: .seconds(60))
        return try await HTTPClient(configuration).send(request).status
    }

    private func configuration(
        file: String? = nil, directory: String? = nil, bytes: [UInt8]? = nil, identity: HTTPClientIdentity? = nil
    ) -> HTTPConfiguration {
        HTTPConfiguration(
            userAgent: "nilus-test", certificateFile: file, certificateDirectory: directory, certificates: bytes,
            identity: identity, maximumConnections: 1)
    }

    @Test func `trusts the authority it is given, as a file or as bytes`() async throws {
        let server = try place.server()

        #expect(try await get(server, configuration(file: place.path("ca.pem"))) == 200)
        #expect(try await get(server, configuration(bytes: place.content("ca.pem"))) == 200)
    }

    @Test func `trusts nothing else, not even the system's authorities beside its own`() async throws {
        let server = try place.server()

        for configuration in [
            configuration(), configuration(bytes: try place.content("other-ca.pem")),
            configuration(directory: place.folder.path),
        ] {
            let failure = await #expect(throws: HTTPFailure.self) { try await get(server, configuration) }

            #expect(failure?.kind == .untrusted)
            #expect(failure?.mayHaveArrived == false)
        }
    }

    @Test func `refuses a certificate of another host`() async throws {
        let server = try place.server()

        let failure = await #expect(throws: HTTPFailure.self) {
            try await get(server, host: "localhost", configuration(file: place.path("ca.pem")))
        }

        #expect(failure?.kind == .untrusted)
    }

    @Test func `proves who the client is, by files or from memory`() async throws {
        let server = try place.server(demandingClient: true)
        let files = HTTPClientIdentity.files(certificate: place.path("client.pem"), key: place.path("client.key"))
        let memory = HTTPClientIdentity.memory(
            certificate: try place.content("client.pem"),
            key: Redacted(SecretBytes(String(decoding: try place.content("client.key"), as: UTF8.self))))

        for identity in [files, memory] {
            #expect(try await get(server, configuration(file: place.path("ca.pem"), identity: identity)) == 200)
        }
        await #expect(throws: HTTPFailure.self) {
            try await get(server, configuration(file: place.path("ca.pem")))
        }
    }
}

/// A folder with two authorities, a server's certificate for 127.0.0.1 and a client's, both of the first.
private struct TLSPlace {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for authority in ["ca", "other-ca"] {
            try openssl(
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=\(authority)",
                "-keyout", path("\(authority).key"), "-out", path("\(authority).pem"))
        }
        try certificate("server", "subjectAltName=IP:127.0.0.1")
        try certificate("client", "extendedKeyUsage=clientAuth")
    }

    private func certificate(_ name: String, _ extensions: String) throws {
        try extensions.write(toFile: path("\(name).ext"), atomically: true, encoding: .utf8)
        try openssl(
            "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=\(name)", "-keyout", path("\(name).key"),
            "-out", path("\(name).csr"))
        try openssl(
            "x509", "-req", "-in", path("\(name).csr"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"),
            "-set_serial", "2", "-days", "2", "-extfile", path("\(name).ext"), "-out", path("\(name).pem"))
    }

    func path(_ name: String) -> String { "\(folder.path)/\(name)" }

    func content(_ name: String) throws -> [UInt8] {
        Array(try Files.read(path(name), limit: 1 << 16))
    }

    func server(demandingClient: Bool = false) throws -> TLSServer {
        try TLSServer(
            ["-cert", path("server.pem"), "-key", path("server.key")]
                + (demandingClient ? ["-Verify", "1", "-verify_return_error", "-CAfile", path("ca.pem")] : []))
    }

    private func openssl(_ arguments: String...) throws {
        let process = Process.openssl(arguments)
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl \(arguments.joined(separator: " "))")
    }
}

/// The test server of OpenSSL on a free port.
private final class TLSServer {
    let port: Int
    private let process: Process

    init(_ arguments: [String]) throws {
        process = .openssl(["s_server", "-accept", "127.0.0.1:0", "-www"] + arguments)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var text = ""
        while !text.contains("\n") || !text.contains("ACCEPT") {
            let piece = output.fileHandleForReading.availableData
            guard !piece.isEmpty else { break }
            text += String(decoding: piece, as: UTF8.self)
        }
        let line = text.split(separator: "\n").first { $0.hasPrefix("ACCEPT") }
        port = try #require(line?.split(separator: ":").last.flatMap { Int($0) }, "a port in '\(text)'")
    }

    // SIGTERM would wait for ever: the signal mask, which threads of a test may have filled, is inherited.
    deinit { kill(process.processIdentifier, SIGKILL) }
}

extension Process {
    fileprivate static func openssl(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        return process
    }
}
