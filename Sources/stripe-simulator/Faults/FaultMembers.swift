/// The members of one object of a fault file, read by type.
struct FaultMembers {
    private let text: JSONText
    /// Where the object is, for error messages.
    private let place: String
    private let members: [JSONText.Member]

    init(_ text: JSONText, _ place: String) throws(OptionError) {
        guard let members = text.members else { throw OptionError("\(place) is not a JSON object") }
        self.text = text
        self.place = place
        self.members = members
    }

    /// Throws when there is a member of another name.
    func allow(_ names: [String]) throws(OptionError) {
        guard let unknown = members.first(where: { !names.contains($0.name) })?.name else { return }
        throw OptionError("\(place) has an unknown key '\(unknown)'; expected \(names.joined(separator: ", "))")
    }

    func required<Value>(_ name: String, _ value: Value?) throws(OptionError) -> Value {
        guard let value else { throw OptionError("\(place) has no '\(name)'") }
        return value
    }

    func error(_ name: String, _ expected: String) -> OptionError {
        let found = text[name].map { String(decoding: $0.bytes, as: UTF8.self) } ?? "nothing"
        return OptionError("'\(name)' in \(place) is \(found); expected \(expected)")
    }

    func string(_ name: String) throws(OptionError) -> String? {
        guard let value = text[name] else { return nil }
        guard let string = value.string else { throw error(name, "a string") }
        return string
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(OptionError) -> Int? {
        guard let value = text[name] else { return nil }
        guard let integer = value.integer, range.contains(integer) else {
            let end = range.upperBound == Int.max ? "" : " and at most \(range.upperBound)"
            throw error(name, "an integer of at least \(range.lowerBound)\(end)")
        }
        return integer
    }

    func fraction(_ name: String) throws(OptionError) -> Double? {
        guard let value = text[name] else { return nil }
        guard let number = value.double, (0...1).contains(number) else { throw error(name, "a number of 0 to 1") }
        return number
    }

    func bool(_ name: String) throws(OptionError) -> Bool? {
        guard let value = text[name] else { return nil }
        guard let bool = value.bool else { throw error(name, "true or false") }
        return bool
    }

    /// The value as it was written.
    func raw(_ name: String) -> [UInt8]? {
        text[name].map { Array($0.bytes) }
    }

    /// A string's text, or any other value as it was written.
    func body(_ name: String) -> [UInt8]? {
        text[name].map { value in value.string.map { Array($0.utf8) } ?? Array(value.bytes) }
    }

    func headers(_ name: String) throws(OptionError) -> [Header] {
        guard let value = text[name] else { return [] }
        guard let members = value.members else { throw error(name, "an object of strings") }
        var headers: [Header] = []
        for member in members {
            guard let string = member.value.string else { throw error(name, "an object of strings") }
            headers.append(Header(name: member.name, value: string))
        }
        return headers
    }
}
