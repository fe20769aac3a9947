/// Checks RFC 8259's grammar where simdjson stopped at a number or string beyond its own types.
///
/// simdjson has by then proved UTF-8 and closed quotes and listed the structural characters, so this
/// walks that list. It accepts integers of any size and lone surrogate escapes: both stay text here.
enum JSONGrammar {
    /// Deeper nesting is refused, as simdjson does.
    static let maximumDepth = 1_024

    static func check(_ document: JSONDocument) throws(JSONError) {
        var walker = Walker(text: UnsafeRawBufferPointer(document.text), offsets: document.offsets)
        try walker.value(depth: 0)
        guard walker.isAtEnd else { throw JSONError("text after the JSON value") }
    }
}

private struct Walker {
    let text: UnsafeRawBufferPointer
    let offsets: UnsafeBufferPointer<UInt32>
    var index = 0

    var isAtEnd: Bool { index == offsets.count }

    mutating func value(depth: Int) throws(JSONError) {
        guard depth < JSONGrammar.maximumDepth else { throw JSONError("nested deeper than 1024 levels") }
        switch peek() {
        case UInt8(ascii: "{"): try members(closing: UInt8(ascii: "}"), depth: depth, isObject: true)
        case UInt8(ascii: "["): try members(closing: UInt8(ascii: "]"), depth: depth, isObject: false)
        case UInt8(ascii: "\""): try string()
        case nil, UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ","), UInt8(ascii: ":"):
            throw JSONError("a value is missing")
        default: try scalar()
        }
    }

    private mutating func members(closing: UInt8, depth: Int, isObject: Bool) throws(JSONError) {
        index += 1
        if peek() == closing {
            index += 1
            return
        }
        while true {
            if isObject { try key() }
            try value(depth: depth + 1)
            let next = peek()
            index += 1
            if next == closing { return }
            guard next == UInt8(ascii: ",") else { throw JSONError("a comma or closing bracket is missing") }
        }
    }

    private mutating func key() throws(JSONError) {
        guard peek() == UInt8(ascii: "\"") else { throw JSONError("an object key is missing") }
        try string()
        guard peek() == UInt8(ascii: ":") else { throw JSONError("a colon is missing") }
        index += 1
    }

    private mutating func string() throws(JSONError) {
        let token = nextToken()
        guard token.count >= 2, token.last == UInt8(ascii: "\"") else { throw JSONError("text after a string") }
        let content = Array(token.dropFirst().dropLast())
        var position = 0
        while position < content.count {
            guard content[position] == UInt8(ascii: "\\") else {
                position += 1
                continue
            }
            position += try escapeLength(content, at: position)
        }
    }

    private func escapeLength(_ content: [UInt8], at position: Int) throws(JSONError) -> Int {
        let letter = position + 1 < content.count ? content[position + 1] : 0
        if letter == UInt8(ascii: "u") {
            let digits = content.dropFirst(position + 2).prefix(4)
            guard digits.count == 4, digits.allSatisfy(Self.isHexadecimal) else { throw JSONError("a bad \\u escape") }
            return 6
        }
        guard "\"\\/bfnrt".utf8.contains(letter) else { throw JSONError("a bad escape in a string") }
        return 2
    }

    private mutating func scalar() throws(JSONError) {
        let token = nextToken()
        if token.elementsEqual("true".utf8) || token.elementsEqual("false".utf8) || token.elementsEqual("null".utf8) {
            return
        }
        guard Self.isNumber(token) else { throw JSONError("neither a number, true, false nor null") }
    }

    private func peek() -> UInt8? {
        index < offsets.count ? text[Int(offsets[index])] : nil
    }

    /// The text from the current structural character to the next, without trailing white space.
    private mutating func nextToken() -> Slice<UnsafeRawBufferPointer> {
        let start = Int(offsets[index])
        index += 1
        var end = index < offsets.count ? Int(offsets[index]) : text.count
        while end > start, [0x20, 0x0A, 0x0D, 0x09].contains(text[end - 1]) { end -= 1 }
        return text[start..<end]
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
    }

    private static func isNumber(_ token: Slice<UnsafeRawBufferPointer>) -> Bool {
        var rest = token
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        let hasLeadingZero = rest.first == 0x30
        let integerDigits = dropDigits(&rest)
        guard integerDigits > 0, !(hasLeadingZero && integerDigits > 1) else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            guard dropDigits(&rest) > 0 else { return false }
        }
        if let letter = rest.first, letter | 0x20 == UInt8(ascii: "e") {
            rest.removeFirst()
            if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest.removeFirst() }
            guard dropDigits(&rest) > 0 else { return false }
        }
        return rest.isEmpty
    }

    private static func dropDigits(_ rest: inout Slice<UnsafeRawBufferPointer>) -> Int {
        let digits = rest.prefix { (0x30...0x39).contains($0) }.count
        rest.removeFirst(digits)
        return digits
    }
}
