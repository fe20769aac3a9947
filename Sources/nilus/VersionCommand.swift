import ArgumentParser
import NilusCore
import StripeSource

/// Says which program this is and which API version its tables are made of.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Show the version.")

    func run() {
        print("nilus \(ProgramVersion.number) (Stripe API \(StripeEndpoint.apiVersion))")
    }
}
