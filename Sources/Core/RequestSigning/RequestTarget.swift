/// The parts of a URL that a signature covers, as they are sent.
package struct RequestTarget: Sendable, Hashable {
    /// Host, with the port when the URL names one.
    package let host: String
    /// Encoded path; at least `/`.
    package let path: String
    /// Encoded query without its `?`; may be empty.
    package let query: String

    /// The parts of an absolute URL.
    ///
    /// - Returns: `nil` when the text has no scheme and host, or names a user.
    package init?(url: String) {
        guard let scheme = url.range(of: "://") else { return nil }
        let rest = url[scheme.upperBound...].prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.isEmpty, !authority.contains("@") else { return nil }
        host = String(authority)
        let pathAndQuery = rest[authority.endIndex...]
        let path = pathAndQuery.prefix { $0 != "?" }
        self.path = path.isEmpty ? "/" : String(path)
        query = String(pathAndQuery[path.endIndex...].dropFirst())
    }
}

extension String {
    /// The first occurrence of a text.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
