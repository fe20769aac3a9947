/// A JSON value in memory, for small documents: table metadata, status resources, error bodies.
///
/// Objects keep the order of their members; numbers keep their written form, so that reading and
/// writing a document changes nothing it does not mean to change.
package indirect enum JSONValue: Sendable, Equatable {
    case null
    case boolean(Bool)
    /// A number as written, for example `1.50`.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

/// The members of a JSON object, in order.
package struct JSONObject: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    /// A name and its value.
    package struct Member: Sendable, Equatable {
        package let name: String
        package var value: JSONValue
    }

    package private(set) var members: [Member] = []

    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (name, value) in elements { self[name] = value }
    }

    /// The value of a member; setting `nil` removes it, setting an unknown name appends it.
    package subscript(name: String) -> JSONValue? {
        get { members.first { $0.name == name }?.value }
        set {
            let position = members.firstIndex { $0.name == name }
            switch (position, newValue) {
            case (let position?, let newValue?): members[position].value = newValue
            case (let position?, nil): members.remove(at: position)
            case (nil, let newValue?): members.append(Member(name: name, value: newValue))
            case (nil, nil): break
            }
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
    package init(integerLiteral value: Int64) { self = .number(String(value)) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(nilLiteral: ()) { self = .null }

    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        var object = JSONObject()
        for (name, value) in elements { object[name] = value }
        self = .object(object)
    }

    /// An integer of any width as a JSON number.
    package static func integer(_ value: some BinaryInteger) -> JSONValue { .number(String(value)) }
}

extension JSONValue {
    /// The member of an object; `nil` for other kinds and for absent names.
    package subscript(name: String) -> JSONValue? { object?[name] }

    package var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    package var array: [JSONValue]? {
        if case .array(let items) = self { items } else { nil }
    }

    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    package var boolean: Bool? {
        if case .boolean(let value) = self { value } else { nil }
    }

    /// The value of a number that is written as an integer and fits 64 bits.
    package var integer: Int64? {
        if case .number(let text) = self { Int64(text) } else { nil }
    }
}
