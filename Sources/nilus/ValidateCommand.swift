import ArgumentParser
import JSON
import NilusCore
import WorkflowManifest

/// Checks manifests without running anything.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check workflow manifests and say everything that is wrong with them.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Option(name: [.customShort("f"), .customLong("file")], help: "A manifest; '-' reads standard input.")
    var files: [String] = []

    @Option(name: .shortAndLong, help: "How to print: text or json.")
    var output = Format.text

    func run() throws {
        let readings = try files.map { file in
            try ManifestFile.read(file).reading(environment: .ofProcess())
        }
        switch output {
        case .text: printText(readings)
        case .json: printBytes(document(readings).prettyBytes)
        }
        if readings.contains(where: { $0.error != nil }) {
            throw ArgumentParser.ExitCode(NilusCore.ExitCode.configuration.rawValue)
        }
    }

    func validate() throws {
        guard !files.isEmpty else { throw ValidationError("name a manifest with '-f FILE'") }
    }

    private func printText(_ readings: [ManifestReading]) {
        for reading in readings {
            for fault in reading.faults { print(fault.description) }
            if reading.error == nil { print("\(reading.file): valid, \(summary(reading))") }
        }
    }

    private func summary(_ reading: ManifestReading) -> String {
        switch reading.workflows.count {
        case 0: "no workflow in it"
        case 1: "workflow '\(reading.workflows[0].name)'"
        default: "\(reading.workflows.count) workflows"
        }
    }

    private func document(_ readings: [ManifestReading]) -> JSONValue {
        .array(
            readings.map { reading in
                [
                    "file": .string(reading.file), "valid": .boolean(reading.error == nil),
                    "workflows": .array(reading.workflows.map { .string($0.name) }),
                    "faults": .array(reading.faults.map(\.document)),
                ]
            })
    }
}

extension ManifestFault {
    fileprivate var document: JSONValue {
        [
            "severity": .string(severity.rawValue), "line": .integer(location.line),
            "column": .integer(location.column), "message": .string(message),
        ]
    }
}
