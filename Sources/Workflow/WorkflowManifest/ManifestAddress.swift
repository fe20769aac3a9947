package import NilusCore

/// The address of a source or a sink: `scheme://authority/path?name=value&…`, taken apart.
///
/// Any part may hold a secret, so only the scheme and the names of the parameters print. Messages
/// about an address name the part or the parameter and never show a value.
package struct ManifestAddress: Sendable {
    /// The whole text as written.
    package let text: Redacted<String>
    /// Where the text begins.
    package let location: SourceLocation
    /// The scheme in lower case; empty when none could be read.
    package let scheme: String
    /// What stands between `//` and the next `/` or `?`.
    package let authority: AddressValue
    /// The path with its leading slash, or empty.
    package let path: AddressValue
    /// The parameters in the order written, each name once.
    package let parameters: [AddressParameter]
    /// Whether every part could be read; what could not is reported and left out of `parameters`.
    package let isComplete: Bool

    /// The value of a parameter; `nil` when it is absent.
    package subscript(parameter name: String) -> AddressParameter? {
        parameters.first { $0.name == name }
    }
}

extension ManifestAddress {
    /// Whether two addresses lead to the same tables, as far as their texts tell: all but the parameters.
    package func namesSamePlace(as other: ManifestAddress) -> Bool {
        if let depot = depotAddress, let otherDepot = other.depotAddress { return depot.depot == otherDepot.depot }
        return text.expose().prefix { $0 != "?" } == other.text.expose().prefix { $0 != "?" }
    }
}

/// A named value of an address.
package struct AddressParameter: Sendable {
    /// The name as written; letters, digits, `_`, `-` and `.`.
    package let name: String
    /// What stands after `=`; empty where `=` is missing.
    package let value: AddressValue
    /// Where the name begins.
    package let location: SourceLocation
}
