package import Extraction

/// A Stripe list: what it holds and the calls that together show every row of it.
package struct StripeEndpoint: Sendable {
    package let endpoint: Endpoint
    /// The heading and the words of the documentation.
    package let group: String
    package let summary: String
    /// The path of the list call.
    package let path: String
    /// Other spellings; see ``named(_:)``.
    let aliases: [String]
    /// Whether the list can be narrowed to a range of creation times.
    let hasCreatedFilter: Bool
    /// Query strings of the list calls that together show every row, where one alone hides some.
    let passes: [String]
    /// Whether there are two passes and a row can move from one to the other while the run lasts.
    let passesMayOverlap: Bool
    /// Where the rows are when they come inside another endpoint's objects.
    let embedding: StripeEmbedding?

    init(
        _ endpoint: Endpoint, group: String, summary: String, path: String, aliases: [String], hasCreatedFilter: Bool,
        passes: [String], passesMayOverlap: Bool, embedding: StripeEmbedding?
    ) {
        self.endpoint = endpoint
        self.group = group
        self.summary = summary
        self.path = path
        self.aliases = aliases
        self.hasCreatedFilter = hasCreatedFilter
        self.passes = passes
        self.passesMayOverlap = passesMayOverlap
        self.embedding = embedding
    }

    package var name: String { endpoint.name }
}

/// A list that arrives inside another endpoint's objects, so that reading it costs no request of its own.
struct StripeEmbedding: Sendable, Hashable {
    /// The name of the endpoint whose objects hold the list.
    let parent: String
    /// The field that holds it.
    let field: String
}

extension StripeEndpoint {
    /// Finds an endpoint by any of its spellings: singular or plural, snake, kebab, camel or API case.
    package static func named(_ name: String) -> StripeEndpoint? {
        let folded = fold(name)
        return all.first { endpoint in
            ([endpoint.name, endpoint.endpoint.name + "s"] + endpoint.aliases).contains { fold($0) == folded }
        }
    }

    private static func fold(_ name: String) -> String {
        name.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
    }
}
