import NilusCore
import Testing
@testable import WorkflowManifest

struct `The seed workflow` {
    @Test func `has one fault as documented: the blank for the key`() {
        let reading = ManifestReader().read(SeedText.text.utf8, file: "seed.yaml")

        #expect(
            reading.faults.map(\.description) == [
                "seed.yaml:23:41: parameter 'api_key' of the source address is a blank, '<…>'; "
                    + "write the value, or '{NAME}' with the name of a secret"
            ])
        #expect(reading.workflows.isEmpty)
        #expect(reading.error?.code == .manifestInvalid)
        #expect(reading.error?.line == reading.faults.first?.description)
    }

    @Test func `is read as it stands once the key is filled in`() throws {
        let text = SeedText.text.replacingBlank(with: "sk_test_canary")

        let workflow = try #require(try readManifest(text).runnableWorkflows().first)
        let node = try #require(workflow.nodes.first)

        #expect(workflow.name == "stripe-test")
        #expect(workflow.version == "v1")
        #expect(workflow.shape == .workflow)
        #expect(workflow.tags == ["stripe_source", "nilus_batch"])
        #expect(workflow.warnings.isEmpty)
        #expect(workflow.schedule == nil)
        #expect(node.name == "stripe-source")
        #expect(node.stack == StackReference(name: "nilus", flavor: nil, version: "1.0"))
        #expect(node.compute == "runnable-default")
        #expect(node.environment["DATAOS_WORK_DIR"]?.expose() == "/etc/dataos/work")
        #expect(node.environment["HEIMDALL_URL"]?.expose() == "https://pro-alien.dataos.app/heimdall")
        #expect(node.resources.requests == ResourceAmounts(cpuMillicores: 100, memoryBytes: 134_217_728))
        #expect(node.resources.limits == ResourceAmounts())
        #expect(node.logLevel == .info)
        #expect(node.source.address[parameter: "api_key"]?.value.literal?.expose() == "sk_test_canary")
        #expect(node.source.tables.map(\.name) == ["customer"])
        #expect(node.source.tables.map(\.mode) == [.full])
        #expect(node.source.options.maxTableNesting?.value == 0)
        #expect(
            node.sink.address.depotAddress
                == DepotAddress(depot: "testawslh", collection: "sandbox", dataset: "strip_test"))
        #expect(node.sink.address[parameter: "acl"]?.value.literal?.expose() == "rw")
        #expect(node.sink.destination.levels == ["sandbox", "strip_test"])
        #expect(node.sink.options.incrementalStrategy?.value == .replace)
    }
}

extension String {
    /// The text with the documentation's blank for the key replaced.
    fileprivate func replacingBlank(with key: String) -> String {
        let parts = split(separator: "<api-key-here>", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.joined(separator: key)
    }
}
