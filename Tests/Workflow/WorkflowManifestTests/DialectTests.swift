import NilusCore
import Testing

@testable import WorkflowManifest

struct `Faults of the adapters` {
    /// Stands in for two adapters: one that knows two endpoints, one that knows no parameter but `acl`.
    private let dialects = ManifestDialects(
        checkSource: { source, header in
            source.tables.filter { $0.name != "charge" }.map {
                ManifestFault(.error, "node '\(header.name)': no endpoint '\($0.name)'", at: $0.location)
            }
        },
        checkSink: { sink, _ in
            sink.address.parameters.filter { $0.name != "acl" }.map {
                ManifestFault(.warning, "parameter '\($0.name)' is not used", at: $0.location)
            }
        })

    @Test func `stand among the others in file order`() {
        var manifest = ManifestText()
        manifest.spec = "stack: nilus:1.0\nlogLevel: LOUD"
        manifest.source = "source-table: chrage\npage-size: 0"
        manifest.sinkAddress = "dataos://lake?acl=rw&purpose=rw"
        manifest.sink = "dest-table: stripe.charge\nfoo: 1"

        #expect(
            manifest.read(dialects).faults.map(\.description) == [
                "w.yaml:9:19: 'logLevel' cannot be 'LOUD'; expected 'TRACE', 'DEBUG', 'INFO', 'WARNING' or 'ERROR'",
                "w.yaml:14:29: node 'load': no endpoint 'chrage'",
                "w.yaml:15:26: 'page-size' must be from 1 to 1,000,000; found 0",
                "w.yaml:17:43: warning: parameter 'purpose' is not used",
                "w.yaml:20:15: unknown key 'foo' in 'sink.options'; remove it",
            ])
    }

    @Test func `are found beside an address that is still a blank`() {
        var manifest = ManifestText()
        manifest.address = "stripe://?api_key=<api-key-here>"
        manifest.source = "source-table: chrage"

        #expect(
            manifest.read(dialects).faults.map(\.description) == [
                "w.yaml:11:40: parameter 'api_key' of the source address is a blank, '<…>'; write the value, "
                    + "or '{NAME}' with the name of a secret",
                "w.yaml:13:29: node 'load': no endpoint 'chrage'",
            ])
    }

    @Test func `tell an unreadable address from a complete one`() {
        let isComplete = Recorder()
        let dialects = ManifestDialects(checkSource: { source, _ in
            isComplete.add(source.address.isComplete)
            return []
        })

        for address in ["stripe://?a=1", "stripe://?a=<b>", "stripe://?a=%", "nonsense", "", "strip://"] {
            _ = ManifestText.with(.address, address).read(dialects)
        }

        #expect(isComplete.values == [true, false, false, false, false, false])
    }

    @Test func `make one error of all`() throws {
        let reading = ManifestText.with(.source, "source-table: chrage\nfoo: 1\nbar: 2").read(dialects)

        let error = try #require(reading.error)

        #expect(error.line == "w.yaml:13:29: node 'load': no endpoint 'chrage' (and 2 more faults)")
        #expect(error.code == .manifestInvalid)
        #expect(error.stage == .workflow)
        #expect(error.disposition == .terminal)
        #expect(
            error.context.map(\.value) == [
                "w.yaml:14:15: unknown key 'foo' in 'source.options'; remove it",
                "w.yaml:15:15: unknown key 'bar' in 'source.options'; remove it",
            ])
        #expect(NilusError.manifestInvalid(reading.faults.filter { $0.severity != .error }) == nil)
    }

    @Test func `have their own schemes`() {
        let dialects = ManifestDialects(sourceSchemes: ["paypal"])

        #expect(
            ManifestText().read(dialects).faults.map(\.description) == [
                "w.yaml:11:22: the source address cannot have the scheme 'stripe'; expected 'paypal://'"
            ])
    }
}

/// Collects values from a closure that must be sendable; used by one test on one thread.
private final class Recorder: @unchecked Sendable {
    private(set) var values: [Bool] = []

    func add(_ value: Bool) {
        values.append(value)
    }
}
