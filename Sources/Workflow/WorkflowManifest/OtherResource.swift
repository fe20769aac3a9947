import NilusCore
import YAML

/// Resources that stand beside workflows in a file and matter to other commands.
///
/// Only their outline is checked: the rooms that use them read the rest.
enum OtherResource: String, CaseIterable {
    case instanceSecret = "instance-secret"
    case secret
    case depot
    case stack

    /// The words in which people speak of it.
    var title: String { self == .instanceSecret ? "instance secret" : rawValue }

    /// The key that holds what is special to the type.
    var bodyKey: String { rawValue }

    var bodyKeys: [String] {
        switch self {
        case .instanceSecret, .secret: ["type", "acl", "data", "files"]
        case .depot:
            [
                "type", "external", "secrets", "spec", "s3", "abfss", "wasbs", "gcs", "local", "owner", "compute",
                "source", "runAsUser", "description", "connectionSecret",
            ]
        case .stack:
            [
                "name", "version", "flavor", "reconciler", "dataOsAddressJqFilters", "secretProjection", "image",
                "command", "arguments", "environmentVars", "stackSpecValueSchema", "workflowJobConfig",
                "serviceConfig", "workerConfig",
            ]
        }
    }

    private enum SecretType: String, CaseIterable {
        case keyValue = "key-value"
        case keyValueProperties = "key-value-properties"
        case certificates
    }

    private enum SecretACL: String, CaseIterable {
        case r, rw
    }

    /// The storage of a depot; `LOCAL` is a folder on this machine, an extension of our own.
    private enum DepotType: String, CaseIterable {
        case s3 = "S3"
        case abfss = "ABFSS"
        case wasbs = "WASBS"
        case gcs = "GCS"
        case local = "LOCAL"
    }

    /// Checks the words of closed sets in the body.
    func check(_ body: SectionReader) {
        switch self {
        case .instanceSecret:
            if body.required("type") != nil { _ = body.choice("type", of: SecretType.self) }
            _ = body.choice("acl", of: SecretACL.self)
            if body["data"] == nil, body["files"] == nil { _ = body.required("data") }
        case .depot: checkDepot(body)
        case .secret, .stack: break
        }
    }

    private func checkDepot(_ body: SectionReader) {
        guard let type = body.required("type") == nil ? nil : body.choice("type", of: DepotType.self)?.value else {
            return
        }
        // Version v1 keeps the connection under 'spec', v2alpha under the name of the type.
        if body["spec"] == nil { _ = body.required(type.rawValue.lowercased()) }
    }
}
