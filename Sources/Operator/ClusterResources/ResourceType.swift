package import KubernetesAPI

/// A type of DataOS resource that a Kubernetes cluster can keep, and as what.
package enum ResourceType: String, Sendable, CaseIterable {
    case workflow
    case instanceSecret = "instance-secret"
    case depot

    /// The type of a word in a manifest or a command; `type: nilus` is a workflow of one node.
    package init?(word: String) {
        switch word {
        case "nilus": self = .workflow
        case "secret": self = .instanceSecret
        default: self.init(rawValue: word)
        }
    }

    /// What it becomes in Kubernetes.
    package var kind: KubernetesResource {
        switch self {
        case .workflow: .workflow
        case .instanceSecret: .secret
        case .depot: .configMap
        }
    }

    /// The labels that tell ours from other objects of the kind; workflows are all ours.
    package var selector: String? {
        self == .workflow ? nil : "\(ResourceMark.type)=\(rawValue)"
    }

    /// The name of the object that keeps a resource.
    package func objectName(_ name: String) -> String {
        self == .depot ? "nilus-depot-\(name)" : name
    }
}

/// Labels and annotations that keep what a Kubernetes object has no field for.
package enum ResourceMark {
    static let type = "nilus.dataos.io/type"
    static let name = "nilus.dataos.io/name"
    static let version = "nilus.dataos.io/version"
    static let owner = "nilus.dataos.io/owner"
    static let layer = "nilus.dataos.io/layer"
    static let tags = "nilus.dataos.io/tags"
    static let description = "nilus.dataos.io/description"
    static let secrets = "nilus.dataos.io/secrets"
    /// Asks the operator, when it changes, for a run now.
    package static let runRequest = "nilus.dataos.io/run-request"
    /// The field manager of what a person applies.
    package static let fieldManager = "nilus-resource"
}
