import ArgumentParser
import Compression
import Digests
import HTTPTransport
import IcebergCatalog
import JSON
import NilusCore
import StripeSource
import YAML

/// Says which program this is, which API version its tables are made of and which libraries it carries.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Show the version, and those of the libraries in use.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Option(name: .shortAndLong, help: "How to print: text or json.")
    var output = Format.text

    private var libraries: [LibraryVersion] {
        [.cLibrary, .curl, .libyaml, .nghttp2, .openSSL, .simdjson, .sqlite, .zlib, .zstd]
    }

    func run() {
        switch output {
        case .text:
            print("nilus \(ProgramVersion.number) (Stripe API \(StripeEndpoint.apiVersion))")
            for library in libraries { print("  \(library.name) \(library.version)") }
        case .json:
            printBytes(document.prettyBytes)
        }
    }

    private var document: JSONValue {
        [
            "version": .string(ProgramVersion.number), "stripeVersion": .string(StripeEndpoint.apiVersion),
            "libraries": .array(
                libraries.map { ["name": .string($0.name), "version": .string($0.version)] }),
        ]
    }
}
