package import NilusCore

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

    /// Whether `{endpoint}` stands in the value, or in the part of it before the first `separator`.
    func holdsEndpoint(before separator: Character? = nil) -> Bool {
        for piece in pieces {
            switch piece {
            case .endpoint: return true
            case .text(let text): if let separator, text.expose().contains(separator) { return false }
            case .secret: continue
            }
        }
        return false
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
