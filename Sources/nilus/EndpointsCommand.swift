import ArgumentParser
import Extraction
import JSON
import StripeSource

/// Lists the endpoints that `source-table` can name.
struct EndpointsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "endpoints", abstract: "List the Stripe endpoints that can be loaded.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

    @Option(name: .shortAndLong, help: "How to print: table or json.")
    var output = Format.table

    func run() {
        switch output {
        case .table: printTable()
        case .json: printBytes(JSONValue.array(StripeEndpoint.all.map(\.document)).prettyBytes)
        }
    }

    private func printTable() {
        let width = StripeEndpoint.all.map(\.name.count).max() ?? 0
        var group = ""
        for endpoint in StripeEndpoint.all {
            if endpoint.group != group {
                print(group.isEmpty ? endpoint.group : "\n\(endpoint.group)")
                group = endpoint.group
            }
            let padding = String(repeating: " ", count: width - endpoint.name.count)
            print("  \(endpoint.name)\(padding)  \(endpoint.summary), \(endpoint.endpoint.fields.count) columns")
        }
    }
}

extension StripeEndpoint {
    fileprivate var document: JSONValue {
        [
            "name": .string(name), "group": .string(group), "summary": .string(summary), "path": .string(path),
            "primaryKey": .string(endpoint.primaryKey),
            "columns": .array(
                endpoint.fields.map { ["name": .string($0.name), "kind": .string($0.kind.rawValue)] }),
        ]
    }
}
