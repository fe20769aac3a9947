import ArgumentParser

/// Looks at tables and keeps them fast.
struct TableCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "table", abstract: "Look at tables of a lakehouse and keep them fast.",
        subcommands: [
            TableListCommand.self, TableDescribeCommand.self, TableSnapshotsCommand.self, TablePreviewCommand.self,
            TableCompactCommand.self, TableExpireCommand.self, TableOrphansCommand.self,
        ])
}
