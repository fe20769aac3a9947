import Foundation
import Testing

@testable import stripe_simulator

/// The built program, running by itself.
private final class Program {
    let process = Process()
    private let output = Pipe()
    private let errors = Pipe()

    init(_ arguments: [String]) throws {
        let folder = try #require(Bundle.main.executableURL).deletingLastPathComponent()
        process.executableURL = folder.appending(path: "stripe-simulator")
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = errors
        try process.run()
    }

    deinit { if process.isRunning { process.terminate() } }

    /// The line that tells the address.
    func firstLine() -> String {
        var bytes: [UInt8] = []
        while bytes.last != UInt8(ascii: "\n"), let byte = try? output.fileHandleForReading.read(upToCount: 1)?.first {
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Waits for the end and gives the exit code and what was written to the two outputs since.
    func end() -> (code: Int32, output: String, errors: String) {
        process.waitUntilExit()
        let texts = [output, errors].map { String(decoding: $0.fileHandleForReading.availableData, as: UTF8.self) }
        return (process.terminationStatus, texts[0], texts[1])
    }
}

struct `The program` {
    @Test func `prints its address, gives the same bytes as any other process, and ends on SIGTERM`() throws {
        let program = try Program(["--port", "0", "--objects", "default=128"])
        let line = program.firstLine()
        let port = try #require(line.split(separator: ":").last.flatMap { Int($0.filter(\.isNumber)) })

        let page = try Client(port: port).ask("/v1/subscriptions?limit=100").body
        program.process.terminate()
        let end = program.end()

        #expect(line == "stripe-simulator listening on http://127.0.0.1:\(port)\n")
        #expect(page == Harness.shared.get("/v1/subscriptions?limit=100").bytes)
        #expect(end.code == 0)
        #expect(program.process.terminationReason == .exit)
        #expect(end.output.isEmpty)
        #expect(end.errors.isEmpty)
    }

    @Test func `reads fault rules from a file`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "faults-\(UUID().uuidString).json")
        try Data(#"[{"do":{"kind":"status","status":503}}]"#.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let program = try Program(["--port", "0", "--faults", file.path()])
        let port = try #require(program.firstLine().split(separator: ":").last.flatMap { Int($0.filter(\.isNumber)) })

        #expect(try Client(port: port).ask("/v1/charges").status == 503)

        program.process.interrupt()
        #expect(program.end().code == 0)
    }

    @Test func `says what is wrong and ends`() throws {
        let wrong = try Program(["--objects", "charges=1"]).end()
        let missing = try Program(["--faults", "/nowhere/faults.json"]).end()

        #expect(wrong.code == 64)
        #expect(
            wrong.errors.contains(
                "Error: The value 'charges=1' is invalid for '--objects <objects>': 'charges' is no endpoint;"))
        #expect(missing.code == 1)
        #expect(
            missing.errors == "Error: cannot read the fault rules: there is no readable file '/nowhere/faults.json'\n")
    }
}
