/// The CPU and memory that a node asks for.
package struct NodeResources: Sendable, Equatable {
    /// What the node is sure to get; nowhere above `limits`.
    package let requests: ResourceAmounts
    /// What the node may use at most.
    package let limits: ResourceAmounts

    /// Resources from their parts.
    package init(requests: ResourceAmounts = ResourceAmounts(), limits: ResourceAmounts = ResourceAmounts()) {
        self.requests = requests
        self.limits = limits
    }
}

/// Amounts of CPU and memory; `nil` where none is written.
package struct ResourceAmounts: Sendable, Equatable {
    /// Thousandths of a core, rounded up as Kubernetes does; more than zero.
    package let cpuMillicores: Int?
    /// Bytes, rounded up; more than zero.
    package let memoryBytes: Int?

    /// Amounts from their parts.
    package init(cpuMillicores: Int? = nil, memoryBytes: Int? = nil) {
        self.cpuMillicores = cpuMillicores
        self.memoryBytes = memoryBytes
    }
}
