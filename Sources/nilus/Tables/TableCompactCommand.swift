import ArgumentParser
import JSON
import LakehouseSink

/// Puts small files together and applies deletions.
struct TableCompactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact", abstract: "Write small files and files with deleted rows anew, in one snapshot.")

    @OptionGroup var options: TableOptions

    @Argument(help: "The table, such as 'stripe.charge'.")
    var table: String

    func run() throws {
        let output = options.output
        try TableWork.perform(options, table: table) { maintenance, name in
            let report = try await maintenance.compact(name)
            switch output {
            case .text: print("table '\(name)': \(report.text)")
            case .json: printBytes(report.document.prettyBytes)
            }
        }
    }
}

extension CompactionReport {
    fileprivate var text: String {
        guard let snapshotID else { return "nothing to do" }
        return "\(filesRewritten) data files became \(filesWritten), \(rowsDropped) deleted rows left out, "
            + "\(deleteFilesRemoved) delete files removed, snapshot \(snapshotID)"
    }

    fileprivate var document: JSONValue {
        var fields: JSONObject = ["filesRewritten": .integer(filesRewritten), "filesWritten": .integer(filesWritten)]
        fields["rowsDropped"] = .integer(rowsDropped)
        fields["deleteFilesRemoved"] = .integer(deleteFilesRemoved)
        fields["snapshotID"] = snapshotID.map { .integer($0) }
        return .object(fields)
    }
}
