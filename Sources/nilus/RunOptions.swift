import Logging
import NilusCore
import RunLog
import Secrets

/// The arguments of `nilus run`, completed from the environment.
struct RunOptions: Sendable {
    let files: [String]
    let warehouse: String?
    let status: String?
    let secretDirectories: [String]
    let depotDirectories: [String]
    /// `nil` when neither an argument nor the platform names the run.
    let runID: String?
    /// `nil` leaves the level to the manifest.
    let logLevel: Logger.Level?
    let logFormat: LogFormat
    let showsProgress: Bool
    /// `nil` when the platform's variable holds a word that says neither.
    let isDryRun: Bool?

    static let dryRunVariable = "DATAOS_IS_DRY_RUN"

    init(_ command: RunCommand, environment: EnvironmentVariables) {
        files = command.files
        warehouse = command.warehouse
        status = command.status
        secretDirectories =
            [command.secretDir, environment["DATAOS_SECRET_DIR"]].compactMap(\.self) + [SecretStore.defaultDirectory]
        depotDirectories =
            [command.depotDir, environment["DATAOS_CONFIG_DIR"], environment["BASE_CONFIG_FILE_DIR"]].compactMap(\.self)
            + secretDirectories
        runID = command.runID ?? environment["DATAOS_RUN_ID"] ?? PodIdentity(environment).runID
        let level = environment["DATAOS_LOG_LEVEL"] ?? environment["LOG_LEVEL"]
        logLevel = (command.logLevel ?? level.flatMap(LogLevelOption.init(argument:)))?.level
        logFormat = command.logFormat
        showsProgress = command.progress == .auto && Terminal.isInteractive
        isDryRun = Self.boolean(environment[Self.dryRunVariable])
    }

    /// What a word says, in any letter case; no word says `false`, and `nil` is for all others.
    private static func boolean(_ word: String?) -> Bool? {
        switch word?.lowercased() {
        case "true", "1", "yes", "on": true
        case nil, "", "false", "0", "no", "off": false
        default: nil
        }
    }
}

extension LogLevelOption {
    var level: Logger.Level {
        switch self {
        case .trace: .trace
        case .debug: .debug
        case .info: .info
        case .warning: .warning
        case .error: .error
        }
    }
}
