/// The name of a table in a catalog: its namespace, of one level or more, and its leaf.
package struct TableIdentifier: Sendable, Hashable, CustomStringConvertible {
    package let namespace: [String]
    package let name: String

    package init(namespace: [String], name: String) {
        self.namespace = namespace
        self.name = name
    }

    /// `schema.table`, as users write it.
    package var description: String { (namespace + [name]).joined(separator: ".") }
}
