import Extraction
import JSON

/// One list call with its fixed parameters: turns a position into a target and an answer into facts.
struct StripeList {
    /// Path and query of the list itself, such as `/v1/subscription_items?subscription=sub_1`.
    let address: String
    /// The name of the operation for the rate budget.
    let operation: String
    /// For messages: `endpoint 'charge'`.
    let what: String
    /// Query string of the pass, such as `active=true`; may be empty.
    let pass: String
    /// The window that the call is narrowed to; `everything` for calls without a filter.
    let filter: Window
    /// The field of a row that holds its creation second.
    let createdField: String

    /// The path and query that ask for a page.
    func target(_ query: ListQuery, pageSize: Int) -> String {
        var parameters = ["limit=\(pageSize)"]
        if !pass.isEmpty { parameters.append(pass) }
        if let lower = filter.lower { parameters.append("created%5Bgte%5D=\(lower)") }
        if let second = query.createdAtMost {
            parameters.append("created%5Blte%5D=\(second)")
        } else if let upper = filter.upper {
            parameters.append("created%5Blt%5D=\(upper)")
        }
        if let cursor = query.cursor { parameters.append("starting_after=\(Self.encode(cursor))") }
        return address + (address.contains("?") ? "&" : "?") + parameters.joined(separator: "&")
    }

    /// The rows of an answer and what paging needs to know of them.
    ///
    /// - Returns: `nil` when the answer is not a list of objects with ids.
    func read(_ list: JSONElement) -> (rows: [JSONElement], facts: ListFacts)? {
        guard let data = list.field("data"), data.kind == .array, let hasMore = list.field("has_more")?.boolean else {
            return nil
        }
        var rows: [JSONElement] = []
        var facts: [ListFacts.Row] = []
        var isSound = true
        data.forEachItem { row in
            guard let fact = self.fact(of: row) else {
                isSound = false
                return
            }
            rows.append(row)
            facts.append(fact)
        }
        return isSound ? (rows, ListFacts(rows: facts, hasMore: hasMore)) : nil
    }

    private func fact(of row: JSONElement) -> ListFacts.Row? {
        var id: String?
        var created: Int64?
        row.forEachField { key, value in
            if key.elementsEqual("id".utf8) {
                id = value.string
            } else if key.elementsEqual(createdField.utf8) {
                created = value.integer
            }
        }
        return id.map { ListFacts.Row(id: $0, created: created) }
    }

    /// Percent-encodes everything but RFC 3986's unreserved characters: ids may be chosen by users.
    static func encode(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                encoded.append(Character(Unicode.Scalar(byte)))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }
}
