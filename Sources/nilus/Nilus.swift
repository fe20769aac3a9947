import ArgumentParser
import Glibc
import NilusCore

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

    /// Parses the arguments, runs the command, and leaves.
    static func main() {
        do {
            var command = try command(named: Array(CommandLine.arguments.dropFirst()))
            try command.run()
            leave(with: EXIT_SUCCESS)
        } catch let error as NilusError {
            printToStandardError(Array("\(error.line)\n".utf8))
            leave(with: error.code.exitCode.rawValue)
        } catch {
            let code = exitCode(for: error)
            let text = fullMessage(for: error)
            if !text.isEmpty {
                if code.isSuccess { print(text) } else { printToStandardError(Array("\(text)\n".utf8)) }
            }
            leave(with: code.rawValue)
        }
    }

    /// Parses the job by itself when it is named, anything else by way of the tree of commands.
    ///
    /// The tree takes 1 ms of CPU more, a tenth of what a run needs to its first request. A mistake or a call for help
    /// goes that way too: its messages name every command.
    private static func command(named arguments: [String]) throws -> any ParsableCommand {
        if arguments.first == RunCommand._commandName,
            let job = try? RunCommand.parse(Array(arguments.dropFirst()))
        {
            return job
        }
        return try parseAsRoot(arguments)
    }

    /// Ends the process without the exit handlers of libraries.
    ///
    /// The HTTP thread may still close its connections, and OpenSSL's handler would free what it uses: a
    /// finished command would end as a crash.
    private static func leave(with code: Int32) -> Never {
        fflush(nil)
        _exit(code)
    }
}
