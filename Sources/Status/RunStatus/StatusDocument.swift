import JSON
import YAML

/// The status resources of a run as text: one for each workflow of the manifest.
package enum StatusDocument {
    /// How the resources are written.
    package enum Format: Sendable {
        case yaml, json

        /// JSON for a path that says so, YAML for any other.
        package init(path: String) {
            self = path.hasSuffix(".json") ? .json : .yaml
        }
    }

    /// Writes all runs of a process: YAML documents, or one JSON document, a list when there are several.
    package static func bytes(_ runs: [WorkflowRun], as format: Format) -> [UInt8] {
        switch format {
        case .yaml:
            return Array(runs.map(\.resource.yamlBytes).joined(separator: Array("---\n".utf8)))
        case .json:
            guard runs.count != 1 else { return runs[0].resource.prettyBytes }
            let list: JSONValue = ["apiVersion": "v1", "kind": "List", "items": .array(runs.map(\.resource))]
            return list.prettyBytes
        }
    }
}
