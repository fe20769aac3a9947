package import NilusCore

/// The variables that a manifest gives a node, in file order.
///
/// They serve `{VAR}` in addresses and never override the job's real environment. Values may be
/// secrets that should not be there, so they do not print.
package struct NodeEnvironment: Sendable {
    /// One variable.
    package struct Variable: Sendable, Equatable {
        /// The name: letters, digits, `_`, `-` and `.`, no digit first.
        package let name: String
        /// The text of the value; empty where the manifest has null.
        package let value: Redacted<String>
        /// Where the name stands.
        package let location: SourceLocation
    }

    /// The variables, each name once.
    package let variables: [Variable]

    /// An environment of the given variables.
    package init(_ variables: [Variable] = []) {
        self.variables = variables
    }

    /// The value of a variable; `nil` when it is not set.
    package subscript(name: String) -> Redacted<String>? {
        variables.first { $0.name == name }?.value
    }
}
