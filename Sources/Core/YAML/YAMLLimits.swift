/// The bounds within which YAML is read; manifests are small, and a larger one is a mistake or an
/// attack.
package enum YAMLLimits {
    /// Largest text that is read, in bytes; etcd refuses objects above 1.5 MiB, so no cluster holds
    /// more.
    package static let maximumBytes = 1_048_576
    /// Deepest nesting of lists and mappings; the deepest manifest in use has 10 levels.
    package static let maximumDepth = 64
    /// Most nodes of one stream, those that aliases and merge keys repeat counted each time.
    package static let maximumNodes = 100_000
    /// Most faults that one reading collects before it stops.
    package static let maximumFaults = 1_000
}
