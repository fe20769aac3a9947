import ArgumentParser
import JSON
import NilusCore
import WorkflowManifest

/// Checks manifests without running anything.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check workflow manifests and say everything that is wrong with them.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Option(
        name: [.customShort("f"), .customLong("file")], parsing: .upToNextOption,
        help: "Manifests; '-' reads standard input.")
    var files: [String] = []

    @Option(name: .shortAndLong, help: "How to print: text or json.")
    var output = Format.text

    func run() throws {
        // A manifest may hold a key.
        ProcessHardening.apply()
        let environment = EnvironmentVariables.ofProcess()
        let manifests = files.map { NamedManifest($0, environment: environment) }
        switch output {
        case .text: printText(manifests)
        case .json: printBytes(JSONValue.array(manifests.map(document)).prettyBytes)
        }
        if manifests.contains(where: { $0.error != nil }) {
            throw ArgumentParser.ExitCode(NilusCore.ExitCode.configuration.rawValue)
        }
    }

    func validate() throws {
        guard !files.isEmpty else { throw ValidationError("name a manifest with '-f FILE'") }
    }

    private func printText(_ manifests: [NamedManifest]) {
        for manifest in manifests {
            for fault in manifest.faults { print(fault.description) }
            if let error = manifest.unreadable { print(error.line) }
            if manifest.error == nil { print("\(manifest.name): valid, \(summary(manifest))") }
        }
    }

    private func summary(_ manifest: NamedManifest) -> String {
        switch manifest.workflows.count {
        case 0: "no workflow in it"
        case 1: "workflow '\(manifest.workflows[0].name)'"
        default: "\(manifest.workflows.count) workflows"
        }
    }

    private func document(_ manifest: NamedManifest) -> JSONValue {
        [
            "file": .string(manifest.name), "valid": .boolean(manifest.error == nil),
            "workflows": .array(manifest.workflows.map { .string($0.name) }),
            "faults": .array(faults(of: manifest)),
        ]
    }

    private func faults(of manifest: NamedManifest) -> [JSONValue] {
        guard let error = manifest.unreadable else { return manifest.faults.map(\.document) }
        // A fault of the file as a whole has no line.
        return [["severity": .string(ManifestFault.Severity.error.rawValue), "message": .string(error.message)]]
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
