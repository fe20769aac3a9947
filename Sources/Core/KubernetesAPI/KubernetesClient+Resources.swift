package import HTTPTransport
package import JSON
import NilusCore

/// Which object: its kind, namespace and name.
package struct ObjectReference: Sendable, Hashable {
    package let kind: KubernetesResource
    package let namespace: String
    package let name: String

    /// An object by its place.
    package init(_ kind: KubernetesResource, namespace: String, name: String) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }
}

/// How far a write goes.
package enum WriteMode: Sendable {
    case real
    /// The server checks and answers as if, and keeps nothing.
    case dryRun
}

/// What happens to the objects that a deleted one owns.
package enum Propagation: String, Sendable {
    case background = "Background"
    /// The object stays until what it owns is gone.
    case foreground = "Foreground"
}

extension KubernetesClient {
    /// Reads an object.
    package func get(_ object: ObjectReference) async throws(ClusterFailure) -> JSONValue {
        try await answer(ClusterRequest(method: .get, path: object.path()))
    }

    /// Creates an object that has its name inside; refused as a conflict when there is one of that name.
    package func create(
        _ kind: KubernetesResource, namespace: String, _ object: JSONValue, manager: String, mode: WriteMode = .real
    ) async throws(ClusterFailure) -> JSONValue {
        var request = ClusterRequest(method: .post, path: kind.path(namespace: namespace))
        request.query = [("fieldManager", manager)] + mode.query
        request.body = .bytes(object.compactBytes)
        return try await answer(request)
    }

    /// Declares the fields of an object that `manager` owns (server-side apply); what it no longer declares is removed.
    ///
    /// Without `force` the server refuses, with a conflict, to take a field that another manager owns. `isStrict` has it
    /// refuse fields that it does not know.
    package func apply(
        _ object: ObjectReference, subresource: String? = nil, _ fields: JSONValue, manager: String,
        force: Bool = false, mode: WriteMode = .real, isStrict: Bool = false
    ) async throws(ClusterFailure) -> JSONValue {
        try await apply(
            object, subresource: subresource, body: .bytes(fields.compactBytes), manager: manager, force: force,
            mode: mode, isStrict: isStrict)
    }

    /// The same for a body that holds secrets.
    package func apply(
        _ object: ObjectReference, subresource: String? = nil, body: HTTPBody, manager: String, force: Bool,
        mode: WriteMode, isStrict: Bool = false
    ) async throws(ClusterFailure) -> JSONValue {
        var request = ClusterRequest(method: .patch, path: object.path(subresource))
        request.query = [("fieldManager", manager)] + (force ? [("force", "true")] : []) + mode.query
        // Servers before 1.25 do not know the parameter, and pass it over.
        if isStrict { request.query.append(("fieldValidation", "Strict")) }
        // JSON is YAML, and the server takes it as such.
        request.contentType = "application/apply-patch+yaml"
        request.body = body
        return try await answer(request)
    }

    /// Changes the members that a JSON merge patch names; null removes one.
    package func merge(
        _ object: ObjectReference, subresource: String? = nil, _ patch: JSONValue, manager: String,
        mode: WriteMode = .real
    ) async throws(ClusterFailure) -> JSONValue {
        var request = ClusterRequest(method: .patch, path: object.path(subresource))
        request.query = [("fieldManager", manager)] + mode.query
        request.contentType = "application/merge-patch+json"
        request.body = .bytes(patch.compactBytes)
        return try await answer(request)
    }

    /// Replaces an object; refused as a conflict when its `resourceVersion` is not the newest.
    package func replace(
        _ object: ObjectReference, with value: JSONValue, manager: String
    ) async throws(ClusterFailure) -> JSONValue {
        var request = ClusterRequest(method: .put, path: object.path())
        request.query = [("fieldManager", manager)]
        request.body = .bytes(value.compactBytes)
        return try await answer(request)
    }

    /// Deletes an object, only the one with the given `uid` when it is named.
    package func delete(
        _ object: ObjectReference, uid: String? = nil, propagation: Propagation = .background, mode: WriteMode = .real
    ) async throws(ClusterFailure) {
        var options: JSONObject = [
            "apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": .string(propagation.rawValue),
        ]
        options["preconditions"] = uid.map { ["uid": .string($0)] }
        var request = ClusterRequest(method: .delete, path: object.path())
        request.query = mode.query
        request.body = .bytes(JSONValue.object(options).compactBytes)
        _ = try await exchange(request)
    }

    /// Whether the server knows a kind.
    package func serves(_ kind: KubernetesResource) async throws(ClusterFailure) -> Bool {
        let path = kind.group.isEmpty ? "/api/\(kind.version)" : "/apis/\(kind.group)/\(kind.version)"
        do throws(ClusterFailure) {
            let list = try await answer(ClusterRequest(method: .get, path: path))
            return (list["resources"]?.array ?? []).contains { $0["name"]?.string == kind.plural }
        } catch  where error.refusal?.isNotFound == true {
            return false
        }
    }

    /// The minor version of Kubernetes 1, 20 for `v1.20.2`.
    package func minorVersion() async throws(ClusterFailure) -> Int {
        let version = try await answer(ClusterRequest(method: .get, path: "/version"))
        // Some vendors add a '+'.
        guard let minor = version["minor"]?.string.flatMap({ Int($0.prefix { $0.isNumber }) }) else {
            throw .unusable("no version")
        }
        return minor
    }

    private func answer(_ request: ClusterRequest) async throws(ClusterFailure) -> JSONValue {
        try value(try await exchange(request))
    }
}

extension WriteMode {
    fileprivate var query: [(name: String, value: String)] {
        switch self {
        case .real: []
        case .dryRun: [("dryRun", "All")]
        }
    }
}

extension ObjectReference {
    func path(_ subresource: String? = nil) -> String {
        kind.path(namespace: namespace, name: name, subresource: subresource)
    }
}
