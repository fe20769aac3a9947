import ArgumentParser
import ClusterResources
import JSON
import LakehouseSink
import NilusCore

/// Lists the snapshots of a table with the loads that made them.
struct TableSnapshotsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshots", abstract: "List a table's snapshots, newest first, with their loads and checkpoints.")

    @OptionGroup var options: TableOptions

    @Argument(help: "The table, such as 'stripe.charge'.")
    var table: String

    func run() throws {
        let output = options.output
        try TableWork.perform(options, table: table) { maintenance, name in
            let snapshots = try await maintenance.snapshots(of: name)
            switch output {
            case .text: print(ResourceTable.text(Self.columns, snapshots.map(Self.cells)), terminator: "")
            case .json: printBytes(JSONValue.array(snapshots.map(\.document)).prettyBytes)
            }
        }
    }

    private static let columns = ["SNAPSHOT", "TIME", "OPERATION", "ADDED", "REMOVED", "LOAD", "RUN", "CHECKPOINT"]

    private static func cells(_ snapshot: SnapshotDescription) -> [String] {
        [
            "\(snapshot.id)\(snapshot.isInLine ? "" : " (not in line)")", snapshot.time.description, snapshot.operation,
            String(snapshot.rowsAdded), String(snapshot.rowsRemoved), snapshot.loadID ?? "-", snapshot.runID ?? "-",
            snapshot.checkpoint ?? "-",
        ]
    }
}

extension SnapshotDescription {
    var document: JSONValue {
        var fields: JSONObject = ["id": .integer(id), "time": .string(time.description)]
        fields["operation"] = .string(operation)
        fields["rowsAdded"] = .integer(rowsAdded)
        fields["rowsRemoved"] = .integer(rowsRemoved)
        fields["loadID"] = loadID.map(JSONValue.string)
        fields["runID"] = runID.map(JSONValue.string)
        fields["endpoint"] = endpoint.map(JSONValue.string)
        fields["checkpoint"] = checkpoint.map(JSONValue.string)
        fields["isInLine"] = .boolean(isInLine)
        return .object(fields)
    }
}
