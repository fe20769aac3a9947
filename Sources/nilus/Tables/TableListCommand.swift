import ArgumentParser
import JSON
import LakehouseSink
import Loading

/// Lists the tables of a namespace.
struct TableListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the tables of a namespace.")

    @OptionGroup var options: TableOptions

    @Argument(help: "The namespace, such as 'stripe'.")
    var namespace: String

    func run() throws {
        let output = options.output
        try TableWork.perform(options, table: "\(namespace).tables") { maintenance, name in
            let tables = try await maintenance.tables(in: name.namespace)
            switch output {
            case .text: for table in tables { print(table) }
            case .json: printBytes(JSONValue.array(tables.map { .string($0.description) }).prettyBytes)
            }
        }
    }
}
