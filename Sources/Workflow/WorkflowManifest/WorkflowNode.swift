package import NilusCore

/// One job of a workflow: a source, a sink, and how to run between them.
package struct WorkflowNode: Sendable {
    /// What it is called and what it may refer to.
    package let header: NodeHeader
    /// The names of the nodes that must succeed first.
    package let dependencies: [String]
    /// How often it is tried again; `nil` means never.
    package let retry: RetryRule?
    /// The CPU and memory it asks for.
    package let resources: NodeResources
    /// The log level it asks for.
    package let logLevel: NodeLogLevel?
    /// Whether nothing may be written.
    package let isDryRun: Bool
    /// The user in whose name the platform runs it.
    package let runAsUser: String?
    /// The compute resource it asks for.
    package let compute: String?
    /// `nil` where the shape has no `stack`.
    package let stack: StackReference?
    /// Where it reads.
    package let source: SourceSection
    /// Where it writes.
    package let sink: SinkSection

    /// The name, unique in the workflow.
    package var name: String { header.name }
    /// The variables for `{VAR}` in addresses.
    package var environment: NodeEnvironment { header.environment }
    /// The secrets that the platform hands to it.
    package var secrets: [SecretMount] { header.secrets }
    /// Where the node begins.
    package var location: SourceLocation { header.location }

    /// The columns that identify a record, from either section; `nil` leaves them to the source.
    package var primaryKey: [String]? { (sink.options.primaryKey ?? source.options.primaryKey)?.value }
}

/// What a node is called and what it may refer to.
package struct NodeHeader: Sendable {
    /// The name, unique in the workflow; the workflow's own where the shape has no nodes.
    package let name: String
    /// The variables for `{VAR}` in addresses.
    package let environment: NodeEnvironment
    /// The secrets that the platform hands to it.
    package let secrets: [SecretMount]
    /// Where the node begins.
    package let location: SourceLocation
}

/// The least severe log messages that a node shows.
package enum NodeLogLevel: String, Sendable, CaseIterable {
    case trace, debug, info, warning, error
}

/// The stack that a node names: `nilus:1.0`, `nilus+stripe:1.0`.
package struct StackReference: Sendable, Equatable {
    /// The name of the stack, always `nilus` here.
    package let name: String
    /// What stands after `+`.
    package let flavor: String?
    /// What stands after `:`.
    package let version: String
}

/// An instance secret that the platform hands to a node.
package struct SecretMount: Sendable, Equatable {
    /// How the secret reaches the container.
    package enum ConsumptionType: String, Sendable, CaseIterable {
        case envVars, propFile, file
    }

    /// The name of the secret resource.
    package let name: String
    /// The workspace of the secret; `nil` means the workflow's.
    package let workspace: String?
    /// The keys that are wanted, from `key` and `keys`; empty when all are or none is named.
    package let keys: [String]
    /// Whether every key is wanted.
    package let allKeys: Bool
    /// How it arrives.
    package let consumptionType: ConsumptionType
    /// Where the item begins.
    package let location: SourceLocation
}
