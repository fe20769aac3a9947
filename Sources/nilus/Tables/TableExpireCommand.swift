import ArgumentParser
import JSON
import LakehouseSink

/// Removes old snapshots and their files.
struct TableExpireCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "expire", abstract: "Remove old snapshots and the files that only they needed.",
        discussion: "Another branch than 'main' goes by its own settings first, where it has any.")

    @OptionGroup var options: TableOptions

    @Argument(help: "The table, such as 'stripe.charge'.")
    var table: String

    @Option(help: "The age from which on snapshots go, such as 7d or 12h (default: what the table says, else 5d).")
    var olderThan: Age?

    @Option(help: "The newest snapshots that stay, whatever their age (default: what the table says, else 1).")
    var keepLast: Int?

    func validate() throws {
        guard keepLast ?? 1 >= 1 else { throw ValidationError("'--keep-last' must be 1 or more") }
    }

    func run() throws {
        let (output, age, keepLast) = (options.output, olderThan?.duration, keepLast)
        try TableWork.perform(options, table: table) { maintenance, name in
            let report = try await maintenance.expire(name, age: age, keepLast: keepLast)
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
