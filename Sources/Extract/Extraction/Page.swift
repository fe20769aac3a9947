package import JSON

/// The rows of one answer that belong to the read, still as received.
///
/// Used by the task that received it, while it lasts; the rows live in the page's document.
package struct Page {
    private let document: JSONDocument
    /// The rows in order; valid as long as the page.
    package let rows: [JSONElement]
    /// The source's clock when the read began, in seconds since the epoch; the same for all pages of a read.
    package let moment: Int64

    /// - Precondition: every row is an object inside `document`.
    package init(document: JSONDocument, rows: [JSONElement], moment: Int64) {
        self.document = document
        self.rows = rows
        self.moment = moment
    }
}
