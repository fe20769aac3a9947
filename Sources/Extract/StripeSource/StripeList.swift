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
    /// The field of a row that holds its creation second, in UTF-8.
    private let createdKey: [UInt8]

    init(address: String, operation: String, what: String, pass: String, filter: Window, createdField: String) {
        self.address = address
        self.operation = operation
        self.what = what
        self.pass = pass
        self.filter = filter
        createdKey = Array(createdField.utf8)
    }

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
        var data: JSONElement?
        var hasMore: Bool?
        for field in list.fields {
            if field.key.elementsEqual(Self.data) {
                data = field.value
            } else if field.key.elementsEqual(Self.hasMore) {
                hasMore = field.value.boolean
            }
        }
        guard let data, data.kind == .array, let hasMore else { return nil }
        var rows: [JSONElement] = []
        var facts: [ListFacts.Row] = []
        for row in data.items {
            guard let fact = fact(of: row) else { return nil }
            rows.append(row)
            facts.append(fact)
        }
        return (rows, ListFacts(rows: facts, hasMore: hasMore))
    }

    private static let data = Array("data".utf8)
    private static let hasMore = Array("has_more".utf8)
    private static let id = Array("id".utf8)

    private func fact(of row: JSONElement) -> ListFacts.Row? {
        var id: String?
        var created: Int64?
        for field in row.fields {
            if field.key.elementsEqual(Self.id) {
                id = field.value.string
            } else if field.key.elementsEqual(createdKey) {
                created = field.value.integer
            }
            // The rest of a row is of no interest here, and most of the bytes.
            if id != nil, created != nil { break }
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
