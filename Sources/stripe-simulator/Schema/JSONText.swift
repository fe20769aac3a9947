/// A JSON value that keeps the order of its members and the very bytes it was written in.
///
/// Schemas need the order, fault rules need the bytes: a rule may send a number beyond 64 bits or half
/// of a surrogate pair.
struct JSONText: Sendable {
    /// One member of an object.
    struct Member: Sendable {
        let name: String
        let value: JSONText
    }

    /// What the value is.
    enum Shape: Sendable {
        case object([Member])
        case array([JSONText])
        /// The text, or `nil` when it holds half of a surrogate pair.
        case string(String?)
        case number
        case bool(Bool)
        case null
    }

    let shape: Shape
    /// The value as it was written, without surrounding blanks; a part of the whole text.
    let bytes: ArraySlice<UInt8>
}

extension JSONText {
    /// The members, or `nil` for anything but an object.
    var members: [Member]? {
        if case .object(let members) = shape { members } else { nil }
    }

    /// The items, or `nil` for anything but an array.
    var items: [JSONText]? {
        if case .array(let items) = shape { items } else { nil }
    }

    /// The text of a string.
    var string: String? {
        if case .string(let text) = shape { text } else { nil }
    }

    /// The value of a number that fits 64 bits and has no fraction.
    var integer: Int? {
        guard case .number = shape else { return nil }
        return Int(String(decoding: bytes, as: UTF8.self))
    }

    /// The value of a number.
    var double: Double? {
        guard case .number = shape else { return nil }
        return Double(String(decoding: bytes, as: UTF8.self))
    }

    /// The value of a boolean.
    var bool: Bool? {
        if case .bool(let value) = shape { value } else { nil }
    }

    /// The first member of that name.
    subscript(name: String) -> JSONText? {
        members?.first { $0.name == name }?.value
    }

    /// The texts of an array of strings; empty for anything else.
    var strings: [String] {
        items?.compactMap(\.string) ?? []
    }
}

/// Why a text is not JSON.
struct JSONTextError: Error, Equatable, CustomStringConvertible {
    /// The number of bytes before the fault.
    let offset: Int
    let expected: String

    var description: String { "not JSON at byte \(offset): expected \(expected)" }
}
