import ArgumentParser

/// The program: one command for the job, the others for those who write and operate workflows.
@main
struct Nilus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nilus",
        abstract: "Loads Stripe data into Apache Iceberg tables, every row once.",
        subcommands: [
            RunCommand.self, ValidateCommand.self, EndpointsCommand.self, ResourceCommand.self, OperatorCommand.self,
            TableCommand.self, VersionCommand.self,
        ])
}
