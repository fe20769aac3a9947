import Loading
import NilusCore
import RequestSigning

/// The URLs of a catalog's namespaces and tables.
///
/// - SeeAlso: Iceberg REST Open API, `paths`.
struct RESTRoutes: Sendable, Equatable {
    /// The URL before `/v1`.
    let base: String
    /// What stands between `/v1/` and the rest; empty, or in the form that URLs take.
    let prefix: String
    /// What stands between the levels of a namespace, percent-encoded.
    let separator: String

    /// The unit separator, which no sensible name holds.
    static let standardSeparator = "%1F"

    /// Reads prefix and separator from what the catalog says of itself.
    init(base: String, _ settings: RESTServerSettings) throws(RESTDocumentFault) {
        self.base = base
        prefix = settings.setting("prefix") ?? ""
        // The setting is spelled in URL form by some catalogs and as the bare character by others.
        let written = settings.setting("namespace-separator") ?? Self.standardSeparator
        separator = written.contains("%") ? written : URIEncoding.encoded(written)
        for (name, part) in [("prefix", prefix), ("namespace-separator", separator)] {
            guard part.utf8.allSatisfy(Self.isURLByte) else {
                throw RESTDocumentFault("setting '\(name)' holds characters that no URL can have")
            }
        }
    }

    /// Where a catalog says what it is like.
    static func settings(base: String, warehouse: String?) -> String {
        "\(base)/v1/config" + (warehouse.map { "?warehouse=\(URIEncoding.encoded($0))" } ?? "")
    }

    var namespaces: String { "\(root)/namespaces" }
    var transactions: String { "\(root)/transactions/commit" }

    func namespace(_ levels: [String]) throws(NilusError) -> String {
        guard !levels.isEmpty else { throw .catalogNameUnusable("") }
        for level in levels { try check(level) }
        return "\(namespaces)/\(levels.map { URIEncoding.encoded($0) }.joined(separator: separator))"
    }

    func tables(in namespace: [String]) throws(NilusError) -> String {
        "\(try self.namespace(namespace))/tables"
    }

    func table(_ table: TableName) throws(NilusError) -> String {
        try check(table.name)
        return "\(try tables(in: table.namespace))/\(URIEncoding.encoded(table.name))"
    }

    func credentials(of table: TableName) throws(NilusError) -> String {
        "\(try self.table(table))/credentials"
    }

    private var root: String { prefix.isEmpty ? "\(base)/v1" : "\(base)/v1/\(prefix)" }

    private func check(_ name: String) throws(NilusError) {
        guard !name.isEmpty, name != ".", name != "..", !name.unicodeScalars.contains(where: { $0.value < 0x20 }) else {
            throw .catalogNameUnusable(name)
        }
    }

    private static func isURLByte(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && ![UInt8(ascii: "?"), UInt8(ascii: "#")].contains(byte)
    }
}

extension NilusError {
    fileprivate static func catalogNameUnusable(_ name: String) -> NilusError {
        NilusError(
            .load, .sinkRefused,
            "cannot use name \(MessageText.quoted(name)) in a catalog: expected printable text other than '.' and '..'")
    }
}
