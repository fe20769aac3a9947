package import JSON

/// The rows of one answer that belong to the read, still as received.
///
/// Used by the task that received it, while it lasts; the rows live in the page's document.
package struct Page {
    private let document: JSONDocument
    private let rows: [JSONElement]

    /// - Precondition: every row is an object inside `document`.
    package init(document: JSONDocument, rows: [JSONElement]) {
        self.document = document
        self.rows = rows
    }

    package var rowCount: Int { rows.count }

    /// Lends each row in order; nothing derived from a row may be kept after its call.
    package func forEachRow<Failure: Error>(_ body: (JSONElement) throws(Failure) -> Void) throws(Failure) {
        defer { withExtendedLifetime(document) {} }
        for row in rows { try body(row) }
    }
}
