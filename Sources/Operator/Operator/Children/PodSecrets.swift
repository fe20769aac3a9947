import JSON
import NilusCore
import WorkflowManifest

/// How the Secrets that nodes and depots name reach a pod.
///
/// Keys that are named one by one and wanted as variables become variables; everything else is mounted, where a
/// rotated secret arrives by itself. All of it is optional: a job that starts can say what is missing, a pod that
/// waits cannot.
struct PodSecrets {
    /// A Secret that is mounted: all of it, or some keys.
    struct Mount: Equatable {
        let secret: String
        var keys: [String]
        var isWhole: Bool
    }

    private(set) var mounts: [Mount] = []
    private(set) var variables: [JSONValue] = []

    init(
        _ nodes: [WorkflowNode], namespace: String, depots: [String], _ depotSecrets: [String: [String]]
    ) throws(NilusError) {
        for secret in nodes.flatMap(\.secrets) {
            if let workspace = secret.workspace, workspace != namespace {
                throw .secretElsewhere(secret.name, workspace, namespace)
            }
            if secret.consumptionType == .envVars, !secret.allKeys, !secret.keys.isEmpty {
                for key in secret.keys { try addVariable(key, of: secret.name) }
            } else {
                addMount(secret.name, secret.allKeys ? [] : secret.keys)
            }
        }
        for depot in depots {
            for secret in depotSecrets[depot] ?? [] { addMount(secret, []) }
        }
    }

    private mutating func addVariable(_ key: String, of secret: String) throws(NilusError) {
        if let reason = RefusedVariable.reason(forName: key) { throw .secretVariable(key, secret, reason) }
        let isKnown = variables.contains { $0["name"]?.string == key }
        guard !isKnown else { return }
        variables.append([
            "name": .string(key),
            "valueFrom": ["secretKeyRef": ["name": .string(secret), "key": .string(key), "optional": true]],
        ])
    }

    /// Mounts keys, or everything when none is named.
    private mutating func addMount(_ secret: String, _ keys: [String]) {
        guard let position = mounts.firstIndex(where: { $0.secret == secret }) else {
            mounts.append(Mount(secret: secret, keys: keys, isWhole: keys.isEmpty))
            return
        }
        mounts[position].isWhole = mounts[position].isWhole || keys.isEmpty
        mounts[position].keys += keys.filter { !mounts[position].keys.contains($0) }
    }

    /// The name of each volume and the folder of its Secret.
    var volumeNames: [(volume: String, secret: String)] {
        mounts.enumerated().map { ("secret-\($0.offset)", $0.element.secret) }
    }

    func volumes(mode: JSONValue) -> [JSONValue] {
        mounts.enumerated().map { position, mount in
            var secret: JSONObject = ["secretName": .string(mount.secret), "defaultMode": mode, "optional": true]
            if !mount.isWhole {
                secret["items"] = .array(mount.keys.map { ["key": .string($0), "path": .string($0)] })
            }
            return ["name": .string("secret-\(position)"), "secret": .object(secret)]
        }
    }
}

extension NilusError {
    fileprivate static func secretElsewhere(_ name: String, _ workspace: String, _ namespace: String) -> NilusError {
        NilusError(
            .secret, .manifestInvalid,
            "cannot mount secret '\(name)' of workspace '\(workspace)': a pod reaches the Secrets of its own namespace "
                + "'\(namespace)' only; apply the secret there")
    }

    fileprivate static func secretVariable(_ key: String, _ secret: String, _ reason: String) -> NilusError {
        NilusError(
            .secret, .manifestInvalid, "cannot make key '\(key)' of secret '\(secret)' a variable: \(reason)")
    }
}
