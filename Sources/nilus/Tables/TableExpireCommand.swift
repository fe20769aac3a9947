import ArgumentParser
import JSON
import LakehouseSink

/// Removes old snapshots and their files.
struct TableExpireCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "expire", abstract: "Remove old snapshots and the files that only they needed.")

    @OptionGroup var options: TableOptions

    @Argument(help: "The table, such as 'stripe.charge'.")
    var table: String

    @Option(help: "The age from which on snapshots go, such as 7d or 12h.")
    var olderThan = Age(days: 5)

    @Option(help: "The newest snapshots that stay, whatever their age.")
    var keepLast = 1

    func validate() throws {
        guard keepLast >= 1 else { throw ValidationError("'--keep-last' must be 1 or more") }
    }

    func run() throws {
        let output = options.output
        let rule = ExpiryRule(age: olderThan.duration, keepLast: keepLast)
        try TableWork.perform(options, table: table) { maintenance, name in
            let report = try await maintenance.expire(name, rule)
            switch output {
            case .text:
                print(
                    "table '\(name)': \(report.snapshotsExpired) snapshots expired, \(report.snapshotsKept) kept, "
                        + "\(report.filesDeleted) files deleted")
            case .json:
                printBytes(
                    JSONValue.object([
                        "snapshotsExpired": .integer(report.snapshotsExpired),
                        "snapshotsKept": .integer(report.snapshotsKept), "filesDeleted": .integer(report.filesDeleted),
                    ]).prettyBytes)
            }
        }
    }
}
