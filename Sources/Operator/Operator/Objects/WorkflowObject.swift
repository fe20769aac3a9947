package import JSON
import KubernetesAPI

/// A `Workflow` as the operator sees it.
package struct WorkflowObject: Sendable, Equatable {
    package let metadata: ObjectMetadata
    /// The body of the workflow resource as its user wrote it.
    package let spec: JSONValue
    /// Everything that anyone reported.
    package let status: JSONValue
    /// Whether ``status`` tells of the last run what the operator, not the job, declared.
    package let operatorTellsLastRun: Bool
    /// Whether a job, or anybody else, declared something of it too.
    package let othersTellLastRun: Bool

    /// Reads an object as the API server sends it.
    package init?(_ object: JSONValue) {
        guard let metadata = ObjectMetadata(object) else { return nil }
        self.metadata = metadata
        spec = object["spec"] ?? [:]
        status = object["status"] ?? [:]
        let entries = object["metadata"]?["managedFields"]?.array ?? []
        let tellers = entries.filter { $0["fieldsV1"]?["f:status"]?["f:lastRun"] != nil }
        operatorTellsLastRun = tellers.contains(where: Self.isOperators)
        othersTellLastRun = !tellers.allSatisfy(Self.isOperators)
    }

    private static func isOperators(_ entry: JSONValue) -> Bool {
        entry["manager"]?.string == OperatorSettings.fieldManager && entry["operation"]?.string == "Apply"
    }

    /// A condition of the status by its type.
    func condition(_ type: String) -> JSONValue? {
        status["conditions"]?.array?.first { $0["type"]?.string == type }
    }

    var reference: ObjectReference {
        ObjectReference(.workflow, namespace: metadata.namespace, name: metadata.name)
    }
}
