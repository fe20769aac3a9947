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

/// A named value of an address.
package struct AddressParameter: Sendable {
    /// The name as written; letters, digits, `_`, `-` and `.`.
    package let name: String
    /// What stands after `=`; empty where `=` is missing.
    package let value: AddressValue
    /// Where the name begins.
    package let location: SourceLocation
}

/// A part of an address: text, percent-decoded, and references to what is known only at run time.
package struct AddressValue: Sendable {
    /// A piece of a part.
    package enum Piece: Sendable {
        case text(Redacted<String>)
        /// `{NAME}`: the value of a secret or a variable, taken as it is and never decoded.
        case secret(SecretPlaceholder)
        /// `{endpoint}`: the canonical name of the endpoint.
        case endpoint
    }

    /// The pieces in order; none for an empty value.
    package let pieces: [Piece]
    /// Where the part begins.
    package let location: SourceLocation

    /// Whether nothing is written.
    package var isEmpty: Bool { pieces.isEmpty }

    /// The secrets and variables that the value refers to, in order.
    package var placeholders: [SecretPlaceholder] {
        pieces.compactMap { if case .secret(let placeholder) = $0 { placeholder } else { nil } }
    }

    /// The value when it refers to nothing; empty text for an empty value.
    package var literal: Redacted<String>? {
        var result = ""
        for piece in pieces {
            guard case .text(let text) = piece else { return nil }
            result += text.expose()
        }
        return Redacted(result)
    }

    /// Puts the pieces together.
    ///
    /// `secret` gives the value of a placeholder; `endpoint` takes the place of `{endpoint}`.
    ///
    /// - Throws: what `secret` throws.
    package func resolved<Failure: Error>(
        endpoint: String = DestinationTable.endpointPlaceholder,
        secret: (SecretPlaceholder) throws(Failure) -> Redacted<String>
    ) throws(Failure) -> Redacted<String> {
        var result = ""
        for piece in pieces {
            switch piece {
            case .text(let text): result += text.expose()
            case .secret(let placeholder): result += try secret(placeholder).expose()
            case .endpoint: result += endpoint
            }
        }
        return Redacted(result)
    }
}

/// A reference to a secret or a variable by its name: `{STRIPE_API_KEY}`.
package struct SecretPlaceholder: Sendable, Hashable {
    /// The name between the braces.
    package let name: String
    /// Where the opening brace stands.
    package let location: SourceLocation
}

/// The parts of `dataos://depot:collection/dataset`.
package struct DepotAddress: Sendable, Equatable {
    /// The name of the depot.
    package let depot: String
    /// The schema of the table, after `:`.
    package let collection: String?
    /// The name of the table, after `/`.
    package let dataset: String?
}

extension ManifestAddress {
    /// The depot that a `dataos` address names; `nil` for other schemes and where a part refers to a
    /// secret.
    ///
    /// `{endpoint}` stays as it is written.
    package var depotAddress: DepotAddress? {
        guard scheme == "dataos", authority.placeholders.isEmpty, path.placeholders.isEmpty else { return nil }
        let names = authority.resolved { _ in Redacted("") }.expose().split(
            separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let dataset = path.resolved { _ in Redacted("") }.expose().drop { $0 == "/" }
        guard let depot = names.first, !depot.isEmpty else { return nil }
        let collection = names.count > 1 && !names[1].isEmpty ? String(names[1]) : nil
        return DepotAddress(
            depot: String(depot), collection: collection, dataset: dataset.isEmpty ? nil : String(dataset))
    }
}
