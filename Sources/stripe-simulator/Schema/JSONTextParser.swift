/// Reads JSON by recursive descent; strict about the grammar, careful about depth.
struct JSONTextParser {
    /// Deeper texts are refused, so that a hostile one cannot exhaust the stack.
    static let depthLimit = 64

    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Reads one value and nothing after it.
    static func parse(_ bytes: some Sequence<UInt8>) throws(JSONTextError) -> JSONText {
        var parser = JSONTextParser(Array(bytes))
        let value = try parser.value(depth: 0)
        parser.skipBlanks()
        guard parser.position == parser.bytes.count else { throw parser.error("the end of the text") }
        return value
    }

    private mutating func value(depth: Int) throws(JSONTextError) -> JSONText {
        guard depth < Self.depthLimit else { throw error("at most \(Self.depthLimit) levels") }
        skipBlanks()
        let start = position
        let shape: JSONText.Shape
        switch next {
        case UInt8(ascii: "{"): shape = .object(try members(depth: depth))
        case UInt8(ascii: "["): shape = .array(try items(depth: depth))
        case UInt8(ascii: "\""): shape = .string(try string())
        case UInt8(ascii: "t"): shape = try literal("true", .bool(true))
        case UInt8(ascii: "f"): shape = try literal("false", .bool(false))
        case UInt8(ascii: "n"): shape = try literal("null", .null)
        default: shape = try number()
        }
        return JSONText(shape: shape, bytes: bytes[start..<position])
    }

    private mutating func members(depth: Int) throws(JSONTextError) -> [JSONText.Member] {
        var members: [JSONText.Member] = []
        position += 1
        skipBlanks()
        if take(UInt8(ascii: "}")) { return members }
        repeat {
            skipBlanks()
            guard next == UInt8(ascii: "\""), let name = try string() else { throw error("a member name") }
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw error("':'") }
            members.append(.init(name: name, value: try value(depth: depth + 1)))
            skipBlanks()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw error("',' or '}'") }
        return members
    }

    private mutating func items(depth: Int) throws(JSONTextError) -> [JSONText] {
        var items: [JSONText] = []
        position += 1
        skipBlanks()
        if take(UInt8(ascii: "]")) { return items }
        repeat {
            items.append(try value(depth: depth + 1))
            skipBlanks()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw error("',' or ']'") }
        return items
    }

    private mutating func literal(_ text: String, _ shape: JSONText.Shape) throws(JSONTextError) -> JSONText.Shape {
        for byte in text.utf8 {
            guard take(byte) else { throw error("'\(text)'") }
        }
        return shape
    }

    private mutating func number() throws(JSONTextError) -> JSONText.Shape {
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits("a value") }
        if take(UInt8(ascii: ".")) { try digits("a digit") }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits("a digit")
        }
        return .number
    }

    private mutating func digits(_ expected: String) throws(JSONTextError) {
        let start = position
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw error(expected) }
    }

    // MARK: - Strings

    private mutating func string() throws(JSONTextError) -> String? {
        position += 1
        var units: [UInt16] = []
        var isPlain = true
        let start = position
        let count = bytes.count
        while position < count {
            let byte = bytes[position]
            if byte == 0x22 { break }
            guard byte >= 0x20 else { throw error("no control character") }
            position += 1
            guard byte == UInt8(ascii: "\\") else { continue }
            isPlain = false
            position += next == UInt8(ascii: "u") ? 5 : 1
        }
        let end = position
        guard take(UInt8(ascii: "\"")) else { throw error("the end of a string") }
        guard let text = String(validating: bytes[start..<end], as: UTF8.self) else { throw error("UTF-8") }
        if isPlain { return text }
        try resolve(start..<end, into: &units)
        return String(validating: units, as: UTF16.self)
    }

    private func resolve(_ range: Range<Int>, into units: inout [UInt16]) throws(JSONTextError) {
        var at = range.lowerBound
        while at < range.upperBound {
            let end = bytes[at..<range.upperBound].firstIndex(of: UInt8(ascii: "\\")) ?? range.upperBound
            units.append(contentsOf: String(decoding: bytes[at..<end], as: UTF8.self).utf16)
            guard end < range.upperBound else { return }
            let (unit, length) = try escape(at: end)
            units.append(unit)
            at = end + length
        }
    }

    private func escape(at start: Int) throws(JSONTextError) -> (unit: UInt16, length: Int) {
        switch bytes[start + 1] {
        case UInt8(ascii: "n"): return (0x0A, 2)
        case UInt8(ascii: "t"): return (0x09, 2)
        case UInt8(ascii: "r"): return (0x0D, 2)
        case UInt8(ascii: "b"): return (0x08, 2)
        case UInt8(ascii: "f"): return (0x0C, 2)
        case let byte where "\"\\/".utf8.contains(byte): return (UInt16(byte), 2)
        case UInt8(ascii: "u"):
            let hex = String(decoding: bytes[(start + 2)..<min(start + 6, bytes.count)], as: UTF8.self)
            guard hex.utf8.count == 4, hex.first != "+", let unit = UInt16(hex, radix: 16) else {
                throw JSONTextError(offset: start, expected: "four hexadecimal digits")
            }
            return (unit, 6)
        default: throw JSONTextError(offset: start, expected: "an escape")
        }
    }

    // MARK: - Bytes

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private func error(_ expected: String) -> JSONTextError {
        JSONTextError(offset: position, expected: expected)
    }
}
