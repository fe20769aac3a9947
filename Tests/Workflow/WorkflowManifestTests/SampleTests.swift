import NilusCore
import Testing
import WorkflowManifest

struct `Sample manifests` {
    private static let folder =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
        + "/manifests"

    private func read(_ file: String) throws -> ManifestReading {
        let bytes = try Files.read("\(Self.folder)/\(file)", limit: 1_048_576)
        return ManifestReader().read(bytes, file: file)
    }

    @Test(arguments: [
        "seed-stripe.yaml", "workflow-current.yaml", "nilus-batch.yaml", "all-endpoints.yaml", "dag-with-retry.yaml",
        "partitioned-table.yaml", "customer-history.yaml",
    ])
    func `hold one workflow without faults or warnings`(_ file: String) throws {
        let reading = try read(file)

        #expect(reading.faults == [])
        #expect(try reading.runnableWorkflows().count == 1)
    }

    @Test(arguments: [
        (
            "secret-stripe.yaml",
            "secret-stripe.yaml:3:1: remark: instance secret 'stripe-secret' is no workflow and is skipped"
        ),
        ("depot-lakehouse.yaml", "depot-lakehouse.yaml:3:1: remark: depot 'lakehouse' is no workflow and is skipped"),
        ("depot-local.yaml", "depot-local.yaml:3:1: remark: depot 'lakehouse' is no workflow and is skipped"),
    ])
    func `that are no workflows are skipped with a remark`(_ file: String, _ remark: String) throws {
        let reading = try read(file)

        #expect(reading.faults.map(\.description) == [remark])
        #expect(reading.error == nil)
    }
}
