import JSON
import NilusCore

/// A depot as the platform's depot service describes it.
struct ResolvedDepot {
    let type: String
    var properties: DepotProperties
    /// The secrets that hold its credentials, as far as the answer names them.
    let secrets: [String]

    /// Reads the answer to `GET /api/v2/resolve`.
    init(_ document: JSONValue) throws(DepotFault) {
        guard let type = document["type"]?.string else { throw DepotFault("its answer names no 'type'") }
        self.type = type
        properties = DepotProperties()
        if let format = document["format"]?.string { properties.fill("format", format) }
        if let connection = document["connection"] { properties.fill(from: connection) }
        let named = document["secrets"]?.array ?? document["connection"]?["secrets"]?.array ?? []
        secrets = named.compactMap { $0.string ?? $0["name"]?.string }
    }
}

/// A secret as Heimdall keeps it: pieces, each `key=value` lines in Base64.
struct HeimdallSecret {
    var properties = DepotProperties()

    /// Reads the answer to `GET /api/v1/secrets/{name}`.
    init(_ document: JSONValue) throws(DepotFault) {
        guard let pieces = document["data"]?.array else { throw DepotFault("its answer has no 'data'") }
        for piece in pieces {
            guard let text = piece["base64Value"]?.string, var bytes = Base64.decode(ArraySlice(text.utf8)) else {
                throw DepotFault("an item of its 'data' has no 'base64Value'")
            }
            defer { bytes.withUnsafeMutableBytes { $0.wipe() } }
            if !properties.fill(fromLines: bytes), let key = piece["key"]?.string {
                properties.fill(key, String(decoding: bytes, as: UTF8.self))
            }
        }
    }
}

extension DepotProperties {
    /// Takes the texts and numbers of an object, and of the objects in it.
    fileprivate mutating func fill(from value: JSONValue) {
        for member in value.object?.members ?? [] {
            switch member.value {
            case .string(let text), .number(let text): fill(member.name, text)
            case .object(let inner):
                for member in inner.members { if let text = member.value.string { fill(member.name, text) } }
            case .null, .boolean, .array: break
            }
        }
    }
}
