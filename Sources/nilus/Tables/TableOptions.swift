import ArgumentParser
import Depots
import HTTPTransport
import JSON
import LakehouseSink
import Loading
import NilusCore
import Secrets
import WorkflowManifest

/// What every command about tables takes.
struct TableOptions: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Argument(help: "The lakehouse, as a manifest's sink has it: iceberg+rest://…, iceberg+sqlite://…, dataos://….")
    var address: String

    @Option(name: .shortAndLong, help: "How to print: text or json.")
    var output = Format.text

    @Option(help: "A folder of secret files, for {NAME} in the address.")
    var secretDir: String?

    @Option(help: "A folder of depot manifests, for dataos:// addresses.")
    var depotDir: String?
}

/// Runs what a command does with tables, and ends with the exit code of its error.
enum TableWork {
    /// `table`: as `schema.table`.
    static func perform(
        _ options: TableOptions, table: String,
        _ work: @escaping @Sendable (TableMaintenance, TableName) async throws -> Void
    ) throws {
        ProcessHardening.apply()
        let exitCode = SharedExitCode()
        Interruption.run {
            do {
                let section = try SinkSection.read(
                    address: options.address, table: table,
                    dialects: ManifestDialects(checkSink: LakehouseDialect.check))
                let maintenance = try await open(section, options, .ofProcess())
                let levels = section.destination.levels(forEndpoint: "")
                try await work(
                    maintenance, TableName(namespace: Array(levels.dropLast()), name: levels.last ?? ""))
                exitCode.set(.done)
            } catch {
                let known = NilusError.unexpected(.load, error)
                printToStandardError(Array("\(known.line)\n".utf8))
                exitCode.set(known.code.exitCode)
            }
        }
        if exitCode.value != .done { throw ArgumentParser.ExitCode(exitCode.value.rawValue) }
    }

    /// Encoded bytes of a row group that a compaction writes, and with them the size of its files.
    private static let rowGroupBytes = 8 * 1_024 * 1_024

    private static func open(
        _ section: SinkSection, _ options: TableOptions, _ environment: EnvironmentVariables
    ) async throws -> TableMaintenance {
        let time = TimeSource.system
        let http = HTTPClient(
            HTTPConfiguration(
                userAgent: ProgramVersion.userAgent, environment: environment, maximumConnections: 4))
        let secretFolders =
            [options.secretDir, environment["DATAOS_SECRET_DIR"]].compactMap(\.self) + [SecretStore.defaultDirectory]
        let depotFolders =
            [options.depotDir, environment["DATAOS_CONFIG_DIR"], environment["BASE_CONFIG_FILE_DIR"]].compactMap(\.self)
            + secretFolders
        let depots = DepotResolver(
            directory: DepotDirectory(folders: depotFolders), environment: environment, http: http, time: time)
        let sinks = LakehouseSinks(warehouse: nil, depots: depots, http: http, environment: environment, time: time)
        let lakehouse = try await sinks.lakehouse(
            section, secrets: SecretStore(directories: secretFolders, environment: environment))
        return TableMaintenance(lakehouse, sizes: FileSizes(rowGroupBytes: rowGroupBytes), time: time)
    }
}

/// A span of time as people write it: a number and `s`, `m`, `h` or `d`.
struct Age: ExpressibleByArgument {
    let duration: Duration

    init(days: Int) {
        duration = .seconds(days * 86_400)
    }

    /// How help shows a default.
    var defaultValueDescription: String { "\(duration.components.seconds / 86_400)d" }

    init?(argument: String) {
        let seconds: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        guard let unit = argument.last.flatMap({ seconds[$0] }), let number = Int64(argument.dropLast()), number >= 0,
            number <= 100_000
        else { return nil }
        duration = .seconds(number * unit)
    }
}
