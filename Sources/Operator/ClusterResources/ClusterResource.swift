package import JSON

/// A resource as it stands in a cluster, in the words of DataOS.
package struct ClusterResource: Sendable {
    package let type: ResourceType
    private let object: JSONValue

    /// A resource from the object that keeps it.
    package init(_ type: ResourceType, _ object: JSONValue) {
        self.type = type
        self.object = object
    }

    /// The name that its user gave it.
    package var name: String {
        object["metadata"]?["labels"]?[ResourceMark.name]?.string ?? object["metadata"]?["name"]?.string ?? ""
    }

    package var workspace: String { object["metadata"]?["namespace"]?.string ?? "" }
    private var version: String { annotation(ResourceMark.version) ?? "v1" }
    private var owner: String { annotation(ResourceMark.owner) ?? "" }

    private func annotation(_ name: String) -> String? { object["metadata"]?["annotations"]?[name]?.string }

    /// `active`, `error`, `deleted` or `pending`.
    private var status: String {
        if object["metadata"]?["deletionTimestamp"] != nil { return "deleted" }
        guard type == .workflow else { return "active" }
        return object["status"]?["state"]?.string ?? "pending"
    }

    /// `running`, `succeeded`, `failed`, `pending` or `next:` and a moment; empty for what does not run.
    private var runtime: String {
        type == .workflow ? object["status"]?["runtime"]?.string ?? "pending" : ""
    }

    /// The columns of the table that `dataos-ctl resource get` prints.
    package static let columns = ["NAME", "VERSION", "TYPE", "WORKSPACE", "STATUS", "RUNTIME", "OWNER"]

    /// The cells of its row.
    package var cells: [String] { [name, version, type.rawValue, workspace, status, runtime, owner] }

    /// The resource in the form of a manifest, with how it stands; a secret without its values.
    package var document: JSONValue {
        var document: JSONObject = [
            "name": .string(name), "version": .string(version), "type": .string(type.rawValue),
            "workspace": .string(workspace),
        ]
        if !owner.isEmpty { document["owner"] = .string(owner) }
        document["layer"] = annotation(ResourceMark.layer).map(JSONValue.string)
        switch type {
        case .workflow: document["workflow"] = object["spec"]
        case .instanceSecret:
            let keys = (object["data"]?.object?.members ?? []).map(\.name)
            document["instance-secret"] = ["keys": .array(keys.map(JSONValue.string))]
        case .depot: document["manifest"] = object["data"]?["\(name).yaml"]
        }
        document["status"] = .string(status)
        if type == .workflow {
            document["runtime"] = .string(runtime)
            document["details"] = object["status"]
        }
        return .object(document)
    }
}

/// A table as `dataos-ctl` draws it.
package enum ResourceTable {
    /// Draws rows below the names of their columns.
    package static func text(_ columns: [String], _ rows: [[String]]) -> String {
        let widths = columns.indices.map { column in
            ([columns] + rows).map { $0[column].count }.max() ?? 0
        }
        let lines = ([columns] + rows).map { row in
            zip(row, widths).map { " \($0.0)\(String(repeating: " ", count: $0.1 - $0.0.count)) " }
                .joined(separator: "|")
        }
        let rule = widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|")
        return ([lines[0], rule] + lines.dropFirst()).joined(separator: "\n") + "\n"
    }
}
