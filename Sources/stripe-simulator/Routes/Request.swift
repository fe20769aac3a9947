/// A request as the simulator sees it.
struct Request: Sendable {
    let method: String
    /// The path as it was sent, without the query.
    let path: String
    let query: [QueryItem]
    private let headers: [Header]
    let body: [UInt8]

    struct QueryItem: Equatable, Sendable {
        let name: String
        let value: String
    }

    init(method: String, uri: String, headers: [Header] = [], body: [UInt8] = []) {
        self.method = method
        let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts.first ?? "/")
        query = parts.count > 1 ? Self.items(parts[1]) : []
        self.headers = headers
        self.body = body
    }

    /// The parts of the path, decoded after it was split: an id may hold a slash.
    var segments: [String] {
        path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
            .map { Self.decoded($0, plusIsBlank: false) }
    }

    /// The first header of that name.
    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The last value of a parameter.
    func value(_ name: String) -> String? {
        query.last { $0.name == name }?.value
    }

    private static func items(_ text: Substring) -> [QueryItem] {
        text.split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return QueryItem(
                name: decoded(sides[0], plusIsBlank: true),
                value: sides.count > 1 ? decoded(sides[1], plusIsBlank: true) : "")
        }
    }

    private static func decoded(_ text: Substring, plusIsBlank: Bool) -> String {
        var bytes: [UInt8] = []
        let source = Array(text.utf8)
        var place = 0
        while place < source.count {
            let byte = source[place]
            if byte == UInt8(ascii: "%"), place + 2 < source.count,
                let value = UInt8(String(decoding: source[(place + 1)...(place + 2)], as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                place += 3
            } else {
                bytes.append(byte == UInt8(ascii: "+") && plusIsBlank ? UInt8(ascii: " ") : byte)
                place += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
