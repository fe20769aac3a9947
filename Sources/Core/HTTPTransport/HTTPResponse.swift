package import NilusCore

/// A complete answer.
package struct HTTPResponse: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    /// The decoded body, sealed for parsers.
    package let body: GrowableBytes

    package init(status: Int, headers: HTTPHeaders, body: GrowableBytes) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Whether the status is one of success, 200 … 299.
    package var isSuccess: Bool { (200..<300).contains(status) }
}

/// The header lines of an answer; names compare without case.
package struct HTTPHeaders: Sendable {
    private var values: [String: String] = [:]

    package init(_ headers: [HTTPHeader] = []) {
        for header in headers { values[header.name.lowercased()] = header.value }
    }

    package subscript(name: String) -> String? { values[name.lowercased()] }

    mutating func set(_ name: String, _ value: String) {
        values[name.lowercased()] = value
    }

    mutating func removeAll() { values.removeAll() }
}
