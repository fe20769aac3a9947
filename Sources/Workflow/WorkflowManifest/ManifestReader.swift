import NilusCore
import YAML

/// Reads workflow manifests in every shape that users have: bytes in, workflows and faults out.
package struct ManifestReader: Sendable {
    private let dialects: ManifestDialects
    private let nameOfStackSpec: String

    /// Prepares a reader.
    ///
    /// `dialects` is what the adapters know; `nameOfStackSpec` is what a bare stackSpec is called,
    /// which has no name of its own: the platform tells it by `DATAOS_NAME`.
    package init(dialects: ManifestDialects = ManifestDialects(), nameOfStackSpec: String = "nilus") {
        self.dialects = dialects
        self.nameOfStackSpec = nameOfStackSpec
    }

    /// Reads one file; places show `file` as it is given.
    package func read(_ bytes: some Collection<UInt8>, file: String) -> ManifestReading {
        let stream = YAMLStream(parsing: bytes, file: file)
        var workflows: [Workflow] = []
        var faults = stream.faults.map { ManifestFault($0) }
        for document in stream.documents {
            let log = FaultLog()
            if let workflow = read(document, log) {
                if let fault = Self.sameName(workflow, among: workflows) {
                    log.add(fault)
                } else {
                    workflows.append(workflow)
                }
            }
            faults += log.faults
        }
        return ManifestReading(file: file, workflows: stream.faults.isEmpty ? workflows : [], faults: faults)
    }

    private func read(_ document: YAMLNode, _ log: FaultLog) -> Workflow? {
        guard let resource = ResourceDocument(document, log: log) else { return nil }
        let reader = WorkflowReader(dialects: dialects, log: log)
        defer {
            if resource.isWorkflow { log.add(contentsOf: ShownKey.faults(in: document, besides: log.faults)) }
        }
        switch resource.kind {
        case .workflow, .nilus: return reader.read(resource)
        case .stackSpec: return reader.readStackSpec(resource, name: nameOfStackSpec)
        case .other(let type):
            resource.checkOther(type)
            return nil
        }
    }

    private static func sameName(_ workflow: Workflow, among others: [Workflow]) -> ManifestFault? {
        others.first { $0.name == workflow.name && $0.workspace == workflow.workspace }.map { first in
            ManifestFault(
                .error,
                "workflow \(MessageText.quoted(workflow.name)) is defined twice; "
                    + "the first begins on line \(first.location.line)",
                at: workflow.location)
        }
    }
}
