import JSON

/// What a catalog says of itself: settings, and the operations that it offers.
///
/// - SeeAlso: Iceberg REST Open API, schema `CatalogConfig`.
struct RESTServerSettings: Sendable, Equatable {
    private let defaults: [String: String]
    private let overrides: [String: String]
    /// The operations by method and path; `nil` when the catalog does not list them.
    private let endpoints: Set<String>?

    /// An operation that only some catalogs have, as the list names it.
    enum Operation: String {
        case commitTransaction = "POST /v1/{prefix}/transactions/commit"
        case loadCredentials = "GET /v1/{prefix}/namespaces/{namespace}/tables/{table}/credentials"
    }

    init(_ document: JSONValue) throws(RESTDocumentFault) {
        guard document.object != nil else { throw RESTDocumentFault("the answer is no JSON object") }
        defaults = try document.texts("defaults")
        overrides = try document.texts("overrides")
        endpoints = document["endpoints"]?.array.map { Set($0.compactMap(\.string)) }
    }

    /// A setting: what the catalog insists on, else what the client wants, else what the catalog proposes.
    func setting(_ name: String, wanted: String? = nil) -> String? {
        overrides[name] ?? wanted ?? defaults[name]
    }

    /// Whether the catalog says that it has an operation.
    func offers(_ operation: Operation) -> Bool {
        endpoints?.contains(operation.rawValue) ?? false
    }
}

/// Why the answer of a catalog cannot be used.
struct RESTDocumentFault: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension JSONValue {
    /// The member `name` as a map of strings; empty when it is absent.
    func texts(_ name: String) throws(RESTDocumentFault) -> [String: String] {
        guard let value = self[name], value != .null else { return [:] }
        guard let members = value.object?.members else { throw RESTDocumentFault("member '\(name)' is no object") }
        return Dictionary(members.compactMap { member in member.value.string.map { (member.name, $0) } }) { $1 }
    }
}
