import ArgumentParser
import ClusterResources
import JSON
import LakehouseSink

/// Prints the first rows of a table.
struct TablePreviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview", abstract: "Print some rows of a table.")

    @OptionGroup var options: TableOptions

    @Argument(help: "The table, such as 'stripe.charge'.")
    var table: String

    @Option(name: .shortAndLong, help: "How many rows, 1 to 1000.")
    var rows = 10

    func validate() throws {
        guard (1...1_000).contains(rows) else { throw ValidationError("'--rows' must be 1 to 1000") }
    }

    func run() throws {
        let (output, rows) = (options.output, rows)
        try TableWork.perform(options, table: table) { maintenance, name in
            let preview = try await maintenance.preview(name, rowCount: rows)
            switch output {
            case .text: print(ResourceTable.text(preview.columns, preview.rows.map(Self.cells)), terminator: "")
            case .json: printBytes(JSONValue.array(preview.rows.map { Self.document($0, preview.columns) }).prettyBytes)
            }
            if !preview.unread.isEmpty {
                printToStandardError(
                    Array("columns of types that are not read: \(preview.unread.joined(separator: ", "))\n".utf8))
            }
        }
    }

    /// Characters of a value that are shown in a table.
    private static let widestCell = 40

    private static func cells(_ row: [String?]) -> [String] {
        row.map { value in
            guard let value else { return "-" }
            let line = value.replacing("\n", with: " ")
            return line.count > widestCell ? "\(line.prefix(widestCell - 1))…" : line
        }
    }

    private static func document(_ row: [String?], _ columns: [String]) -> JSONValue {
        var fields: JSONObject = [:]
        for (column, value) in zip(columns, row) { fields[column] = value.map(JSONValue.string) ?? .null }
        return .object(fields)
    }
}
