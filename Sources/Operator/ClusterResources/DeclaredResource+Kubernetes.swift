package import HTTPTransport
import JSON
package import KubernetesAPI
package import NilusCore
import YAML

/// A resource as the API server wants it.
package struct ClusterObject: Sendable {
    package let reference: ObjectReference
    /// The whole object; a secret one prints nowhere.
    package let body: HTTPBody
}

extension DeclaredResource {
    /// The object that keeps the resource in a namespace.
    ///
    /// - Throws: `manifestInvalid` or `configurationInvalid` (terminal).
    package func object(namespace: String) throws(NilusError) -> ClusterObject {
        let reference = ObjectReference(type.kind, namespace: namespace, name: type.objectName(name))
        switch type {
        case .workflow: return ClusterObject(reference: reference, body: .bytes(try workflow(reference).compactBytes))
        case .depot: return ClusterObject(reference: reference, body: .bytes(try depot(reference).compactBytes))
        case .instanceSecret:
            var bytes = ContiguousArray(try secret(reference).compactBytes)
            return ClusterObject(reference: reference, body: .secret(Redacted(SecretBytes(wiping: &bytes))))
        }
    }

    private func metadata(_ reference: ObjectReference, _ more: JSONObject = [:]) throws(NilusError) -> JSONValue {
        var annotations = more
        annotations[ResourceMark.version] = .string(header["version"]?.scalar?.text ?? "v1")
        annotations[ResourceMark.owner] = header["owner"]?.scalar.map { .string($0.text) }
        annotations[ResourceMark.layer] = header["layer"]?.scalar.map { .string($0.text) }
        if type != .workflow {
            annotations[ResourceMark.description] = header["description"]?.scalar.map { .string($0.text) }
            let tags = (header["tags"]?.sequence ?? []).compactMap { $0.scalar?.text }
            if !tags.isEmpty { annotations[ResourceMark.tags] = .string(tags.joined(separator: ",")) }
        }
        var metadata: JSONObject = ["name": .string(reference.name), "namespace": .string(reference.namespace)]
        if type != .workflow {
            metadata["labels"] = [ResourceMark.type: .string(type.rawValue), ResourceMark.name: .string(name)]
        }
        metadata["annotations"] = .object(annotations)
        return .object(metadata)
    }

    /// A `Workflow`, whose spec is the body as it was written.
    private func workflow(_ reference: ObjectReference) throws(NilusError) -> JSONValue {
        var spec = isShortForm ? try expandedBody() : try body.json().object ?? [:]
        for key in ["description", "tags"] where spec[key] == nil {
            spec[key] = try header[key]?.json()
        }
        return [
            "apiVersion": .string(type.kind.apiVersion), "kind": .string(type.kind.kind),
            "metadata": try metadata(reference), "spec": .object(spec),
        ]
    }

    /// The body of `type: workflow` that does the same as a `type: nilus`: one node that holds everything.
    private func expandedBody() throws(NilusError) -> JSONObject {
        var node = try body.json().object ?? [:]
        var body = JSONObject()
        for key in ["title", "schedule"] {
            body[key] = node[key]
            node[key] = nil
        }
        var stackSpec = JSONObject()
        for key in ["source", "sink", "repo"] {
            stackSpec[key] = node[key]
            node[key] = nil
        }
        var item: JSONObject = ["name": .string(name)]
        item["retry"] = node["retry"]
        for key in ["retry", "type", "mode"] { node[key] = nil }
        if node["stack"] == nil { node["stack"] = "nilus:1.0" }
        node["stackSpec"] = .object(stackSpec)
        item["spec"] = .object(node)
        body["dag"] = [.object(item)]
        return body
    }

    /// A ConfigMap with the manifest, which jobs read as they read one that the platform mounts.
    private func depot(_ reference: ObjectReference) throws(NilusError) -> JSONValue {
        let secrets = (body["secrets"]?.sequence ?? []).compactMap { $0["name"]?.scalar?.text ?? $0.scalar?.text }
        return [
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": try metadata(reference, [ResourceMark.secrets: .string(secrets.joined(separator: ","))]),
            "data": ["\(name).yaml": .string(String(decoding: try header.json().yamlBytes, as: UTF8.self))],
        ]
    }
}

extension DeclaredResource {
    /// Largest file that becomes a value of a Secret; Kubernetes keeps 1 MiB in all.
    private static let largestFile = 1_048_576

    /// A Secret with one key for each entry of `data` and `files`.
    private func secret(_ reference: ObjectReference) throws(NilusError) -> JSONValue {
        var data = JSONObject()
        for entry in body["data"]?.mapping ?? [] {
            var bytes = ContiguousArray(try entry.value.scalarText("a value under 'data'").utf8)
            defer { bytes.withUnsafeMutableBytes { $0.wipe() } }
            try add(entry, &bytes, to: &data)
        }
        for entry in body["files"]?.mapping ?? [] {
            let path = try entry.value.scalarText("a path under 'files'")
            do throws(SystemError) {
                var bytes = try Files.read(path, limit: Self.largestFile)
                defer { bytes.withUnsafeMutableBytes { $0.wipe() } }
                data[entry.key] = .string(Self.base64(bytes))
            } catch {
                throw NilusError(
                    .secret, .configurationInvalid, "cannot read file '\(path)' for the secret: \(error)",
                    at: entry.value.location)
            }
        }
        return [
            "apiVersion": "v1", "kind": "Secret", "type": "Opaque", "metadata": try metadata(reference),
            "data": .object(data),
        ]
    }

    private func add(
        _ entry: YAMLEntry, _ bytes: inout ContiguousArray<UInt8>, to data: inout JSONObject
    ) throws(NilusError) {
        let isKey = entry.key.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) || (0x30...0x39).contains($0)
                || $0 == 0x2D || $0 == 0x2E || $0 == UInt8(ascii: "_")
        }
        guard isKey, !entry.key.isEmpty else {
            throw NilusError(
                .secret, .manifestInvalid,
                "key \(MessageText.quoted(entry.key)) cannot be kept in a Secret; expected letters, digits, '-', '_' and '.'",
                at: entry.keyLocation)
        }
        data[entry.key] = .string(Self.base64(bytes))
    }

    private static func base64(_ bytes: ContiguousArray<UInt8>) -> String {
        bytes.withUnsafeBytes { String(decoding: Base64.encode($0), as: UTF8.self) }
    }
}
