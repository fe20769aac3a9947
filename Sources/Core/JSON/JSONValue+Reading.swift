import NilusCore

extension JSONValue {
    /// Reads one JSON document.
    ///
    /// - Throws: `JSONError` when the bytes are not one JSON value, or nested deeper than 128 levels.
    package init(parsing bytes: some Collection<UInt8>) throws(JSONError) {
        let document = try JSONParserPool().parse(GrowableBytes(bytes))
        self = try document.withRoot { root throws(JSONError) in try JSONValue(root) }
    }

    /// Copies an element out of its document.
    package init(_ element: JSONElement) throws(JSONError) {
        try self.init(element, depth: 0)
    }

    private init(_ element: JSONElement, depth: Int) throws(JSONError) {
        guard depth < 128 else { throw JSONError("nested deeper than 128 levels") }
        switch element.kind {
        case .null: self = .null
        case .boolean: self = .boolean(element.boolean ?? false)
        case .number: self = .number(element.rawText)
        case .string:
            guard let text = element.string else { throw JSONError("a string holds half a surrogate pair") }
            self = .string(text)
        case .array: self = .array(try Self.items(of: element, depth: depth))
        case .object: self = .object(try Self.members(of: element, depth: depth))
        }
    }

    private static func items(of element: JSONElement, depth: Int) throws(JSONError) -> [JSONValue] {
        var items: [JSONValue] = []
        for item in element.items {
            items.append(try JSONValue(item, depth: depth + 1))
        }
        return items
    }

    private static func members(of element: JSONElement, depth: Int) throws(JSONError) -> JSONObject {
        var object = JSONObject()
        for field in element.fields {
            guard let name = JSONElement.unescaped(field.key) else {
                throw JSONError("a key holds half a surrogate pair")
            }
            object[name] = try JSONValue(field.value, depth: depth + 1)
        }
        return object
    }
}
