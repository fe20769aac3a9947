import ArgumentParser
import JSON
import LakehouseSink
import Loading
import NilusCore

/// Describes a table.
struct TableDescribeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Show a table's columns, partitions, files, deletions, checkpoint and newest snapshots.")

    @OptionGroup var options: TableOptions

    @Argument(help: "The table, such as 'stripe.charge'.")
    var table: String

    func run() throws {
        let output = options.output
        try TableWork.perform(options, table: table) { maintenance, name in
            let description = try await maintenance.describe(name)
            switch output {
            case .text: print(description.text)
            case .json: printBytes(description.document.prettyBytes)
            }
        }
    }
}

extension TableDescription {
    fileprivate var text: String {
        var lines = [
            ("table", name.description), ("location", location), ("format version", String(formatVersion)),
            ("partitioned by", partitionedBy.isEmpty ? "nothing" : partitionedBy.joined(separator: ", ")),
            ("sorted by", sortedBy.isEmpty ? "nothing" : sortedBy.joined(separator: ", ")),
            ("rows", rowCount.map { String($0) } ?? "unknown"),
            ("data files", "\(dataFileCount), \(Int(dataBytes).asByteCount), \(smallFileCount) of them small"),
            ("delete files", deletesText), ("manifests", String(manifestCount)), ("snapshots", String(snapshotCount)),
        ]
        if let current {
            lines.append(("current snapshot", "\(current.id), \(current.operation), \(current.time)"))
            if let loadID = current.loadID { lines.append(("load", "\(loadID), run '\(current.runID ?? "")'")) }
        }
        lines.append(("checkpoint", checkpoint ?? "none"))
        let width = lines.map(\.0.count).max() ?? 0
        let head = lines.map { "\($0.0)\(String(repeating: " ", count: width - $0.0.count))  \($0.1)" }
        let nameWidth = columns.map(\.name.count).max() ?? 0
        let body = columns.map { column in
            let padding = String(repeating: " ", count: nameWidth - column.name.count)
            return "  \(column.name)\(padding)  \(column.type)\(column.isRequired ? ", required" : "")"
        }
        return (head + ["columns"] + body + snapshotLines).joined(separator: "\n")
    }

    private var deletesText: String {
        let position = "\(positionDeleteFileCount) with \(deletedRowCount) rows"
        return equalityDeleteFileCount == 0 ? position : "\(position), \(equalityDeleteFileCount) by values"
    }

    fileprivate var document: JSONValue {
        var fields: JSONObject = ["table": .string(name.description), "location": .string(location)]
        fields["formatVersion"] = .integer(formatVersion)
        fields["columns"] = .array(
            columns.map { ["name": .string($0.name), "type": .string($0.type), "required": .boolean($0.isRequired)] })
        fields["partitionedBy"] = .array(partitionedBy.map(JSONValue.string))
        fields["sortedBy"] = .array(sortedBy.map(JSONValue.string))
        fields["rows"] = rowCount.map { .integer($0) }
        fields["dataFiles"] = .integer(dataFileCount)
        fields["smallFiles"] = .integer(smallFileCount)
        fields["dataBytes"] = .integer(dataBytes)
        fields["positionDeleteFiles"] = .integer(positionDeleteFileCount)
        fields["deletedRows"] = .integer(deletedRowCount)
        fields["equalityDeleteFiles"] = .integer(equalityDeleteFileCount)
        fields["manifests"] = .integer(manifestCount)
        fields["snapshots"] = .integer(snapshotCount)
        fields["currentSnapshot"] = current?.document
        fields["newestSnapshots"] = .array(newestSnapshots.map(\.document))
        fields["checkpoint"] = checkpoint.map(JSONValue.string)
        return .object(fields)
    }
}
