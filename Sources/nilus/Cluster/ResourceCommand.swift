import ArgumentParser

/// Keeps DataOS resources in a Kubernetes cluster, with the words of `dataos-ctl resource`.
struct ResourceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resource", abstract: "Apply, look at, run and delete resources in a Kubernetes cluster.",
        subcommands: [
            ResourceApplyCommand.self, ResourceGetCommand.self, ResourceDescribeCommand.self,
            ResourceLogsCommand.self, ResourceRunCommand.self, ResourceDeleteCommand.self,
        ])
}
