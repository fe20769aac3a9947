import JSON
import NilusCore

/// What a catalog answers when it does not do what it is asked.
///
/// - SeeAlso: Iceberg REST Open API, schemas `ErrorModel` and `OAuthError`.
struct RESTRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    let status: Int
    /// The kind of error in the catalog's words, such as `NoSuchTableException`; `nil` when it does not say.
    let type: String?
    /// A sentence for people; `nil` when the catalog does not say one.
    let message: String?

    /// Larger answers are no errors of a catalog, in bytes.
    private static let mostBytes = 65_536
    /// Longer sentences are cut, in characters.
    private static let mostCharacters = 300

    init(status: Int, body: GrowableBytes) {
        let document = body.count <= Self.mostBytes ? body.withBytes { try? JSONValue(parsing: $0) } : nil
        let error = document?["error"]
        self.status = status
        type = Self.shown(error?["type"]?.string ?? error?.string)
        message = Self.shown(error?["message"]?.string ?? document?["error_description"]?.string)
    }

    /// Whether a catalog speaks, and not a proxy or another server.
    var isOfCatalog: Bool { type != nil || message != nil }

    /// Whether the job is not known, or not known any more.
    ///
    /// 419 is what the specification calls an expired session.
    var isAboutIdentity: Bool { status == 401 || status == 419 }

    /// Whether the catalog does not know the namespace that was named.
    var isNamespaceMissing: Bool { status == 404 && type == "NoSuchNamespaceException" }

    /// The status, and what else the catalog said: `404 NoSuchTableException (table does not exist: a)`.
    var description: String {
        [String(status), type, message.map { "(\($0))" }].compactMap(\.self).joined(separator: " ")
    }

    private static func shown(_ text: String?) -> String? {
        text.map { MessageText.withoutCredentials($0, limit: mostCharacters) }
    }
}
