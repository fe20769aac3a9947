import ArgumentParser
import NilusCore
import RunLog

/// Runs the workflows of manifests: the container job itself.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", _superCommandName: "nilus", abstract: "Run a workflow and write its completion status.",
        discussion: """
            Without '-f' the manifest that the platform mounts is run: config.yaml in $BASE_CONFIG_FILE_DIR, then in \
            $DATAOS_CONFIG_DIR.
            """)

    enum Progress: String, ExpressibleByArgument, CaseIterable { case auto, none }

    @Option(
        name: [.customShort("f"), .customLong("file")], parsing: .upToNextOption,
        help: "Manifests; '-' reads standard input.")
    var files: [String] = []

    @Option(help: "Load into a lakehouse in this folder, whatever the manifest's sink address says.")
    var warehouse: String?

    @Option(help: "Where to write the status resource: YAML, or JSON for a path that ends in .json.")
    var status: String?

    @Option(help: "A folder of mounted secrets, looked into before the platform's.")
    var secretDir: String?

    @Option(help: "A folder of depot manifests, looked into before the platform's.")
    var depotDir: String?

    @Option(help: "The name of this run; a run that was committed under the same name does nothing.")
    var runID: String?

    @Option(help: "trace, debug, info, warning or error.")
    var logLevel: LogLevelOption?

    @Option(help: "text or json.")
    var logFormat = LogFormat.text

    @Option(help: "auto shows progress on a terminal, none never does.")
    var progress = Progress.auto

    func validate() throws {
        // What a shell makes of an unset variable must not mean the current folder.
        let places = [
            ("--warehouse", warehouse), ("--status", status), ("--secret-dir", secretDir), ("--depot-dir", depotDir),
        ]
        for (option, value) in places where value?.isEmpty == true {
            throw ValidationError("'\(option)' names no path: its value is empty")
        }
    }

    func run() throws {
        ProcessHardening.apply()
        let exitCode = Job(self, environment: .ofProcess()).run()
        if exitCode != .done { throw ArgumentParser.ExitCode(exitCode.rawValue) }
    }
}

extension LogFormat: ExpressibleByArgument {}

/// A log level as users write it, in any letter case.
enum LogLevelOption: String, ExpressibleByArgument, CaseIterable {
    case trace, debug, info, warning, error

    init?(argument: String) {
        let name = argument.lowercased()
        self.init(rawValue: name == "warn" ? "warning" : name)
    }
}
