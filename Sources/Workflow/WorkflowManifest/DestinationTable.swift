package import NilusCore

/// The table that a sink section names: `schema.table`, with more levels of schema where wanted.
///
/// Names stand as the user wrote them; what a sink makes of upper case and spaces is its business.
package struct DestinationTable: Sendable, Equatable {
    /// Stands for the canonical name of the endpoint.
    package static let endpointPlaceholder = "{endpoint}"

    /// The namespace levels and the name of the table.
    package let levels: [String]
    /// Where `dest-table`, or else the address, is written.
    package let location: SourceLocation

    /// A table from the levels of its name.
    package init(levels: [String], location: SourceLocation) {
        self.levels = levels
        self.location = location
    }

    /// All levels but the last.
    package var namespace: [String] { Array(levels.dropLast()) }
    /// The last level.
    package var name: String { levels.last ?? "" }
    /// The levels with dots between them.
    package var text: String { levels.joined(separator: ".") }
    /// Whether the endpoint's name is part of the table's.
    package var hasEndpoint: Bool { levels.contains { $0.contains(Self.endpointPlaceholder) } }

    /// The levels for one endpoint.
    package func levels(forEndpoint endpoint: String) -> [String] {
        levels.map { Self.filled($0, with: endpoint) }
    }

    private static func filled(_ level: String, with endpoint: String) -> String {
        var rest = Substring(level)
        var result = ""
        while let range = rest.range(of: endpointPlaceholder) {
            result += rest[..<range.lowerBound] + endpoint
            rest = rest[range.upperBound...]
        }
        return result + rest
    }
}

extension Substring {
    /// The first place of a non-empty text.
    fileprivate func range(of text: String) -> Range<Index>? {
        for start in indices where self[start...].hasPrefix(text) {
            return start..<index(start, offsetBy: text.count)
        }
        return nil
    }
}
