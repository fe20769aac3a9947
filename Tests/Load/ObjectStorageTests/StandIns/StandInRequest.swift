import RequestSigning

/// A request as a stand-in for a storage reads it.
struct StandInRequest {
    let method: String
    /// Decoded path without its first slash.
    let path: String
    /// Decoded query.
    let query: [String: String]
    /// Header lines by lower-case name.
    let headers: [String: String]
    let body: [UInt8]

    init?(_ bytes: [UInt8]) {
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: "\r\n\r\n".utf8) }) else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count == 3 else { return nil }
        method = String(words[0])
        let target = words[1].split(separator: "?", maxSplits: 1)
        path = URIEncoding.decoded(target[0].dropFirst())
        query = Dictionary(
            (target.count == 2 ? target[1] : "").split(separator: "&").map { item in
                let name = item.prefix { $0 != "=" }
                return (URIEncoding.decoded(name), URIEncoding.decoded(item[name.endIndex...].dropFirst()))
            }, uniquingKeysWith: { $1 })
        headers = Dictionary(
            lines.dropFirst().compactMap { line in
                line.firstIndex(of: ":").map { colon in
                    (line[..<colon].lowercased(), String(line[line.index(after: colon)...].drop { $0 == " " }))
                }
            }, uniquingKeysWith: { $1 })
        body = Array(bytes[(end + 4)...])
    }

    /// Container and key.
    var names: (container: String, key: String) {
        let parts = path.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts[0]), parts.count == 2 ? String(parts[1]) : "")
    }

    /// The range asked for, as far as there are bytes; `nil` when all are wanted.
    func range(within count: Int) -> Range<Int>? {
        guard let text = headers["range"], text.hasPrefix("bytes=") else { return nil }
        let ends = text.dropFirst(6).split(separator: "-").compactMap { Int($0) }
        guard ends.count == 2 else { return nil }
        return min(ends[0], count)..<min(ends[1] + 1, count)
    }
}
