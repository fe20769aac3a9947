/// Why bytes are no XML that a storage would send.
enum XMLFault: Error, Equatable, CustomStringConvertible {
    case unexpected(String, offset: Int)
    case tooDeep(offset: Int)
    case endsEarly

    var description: String {
        switch self {
        case .unexpected(let what, let offset): "\(what) at byte \(offset)"
        case .tooDeep(let offset): "more than \(XMLReader.maximumDepth) levels at byte \(offset)"
        case .endsEarly: "it ends early"
        }
    }
}

/// Reads the small part of XML that storages answer in: elements and their text.
///
/// Attributes, comments and processing instructions are passed over, prefixes of names dropped; a
/// document type, with which XML becomes dangerous, is refused. Nothing is followed or fetched.
struct XMLReader {
    enum Event: Equatable {
        case start(String)
        /// Text inside the innermost element; may come in several pieces.
        case text(String)
        case end(String)
    }

    /// Elements inside elements; answers of storages have five levels.
    static let maximumDepth = 32

    private let bytes: [UInt8]
    private var position = 0
    private var open: [String] = []
    private var hasRoot = false
    /// The name of an element that ended in its own start tag.
    private var pendingEnd: String?

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        // Windows services begin their answers with a byte order mark.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// The next event; `nil` at the end of the document.
    mutating func next() throws(XMLFault) -> Event? {
        if let name = pendingEnd {
            pendingEnd = nil
            open.removeLast()
            return .end(name)
        }
        while position < bytes.count {
            if bytes[position] != UInt8(ascii: "<") {
                if let text = try text() { return .text(text) }
                continue
            }
            switch position + 1 < bytes.count ? bytes[position + 1] : 0 {
            case UInt8(ascii: "/"):
                position += 2
                return try endTag()
            case UInt8(ascii: "?"):
                position += 2
                try pass("?>")
            case UInt8(ascii: "!"): if let text = try declaration() { return text }
            default:
                position += 1
                return try startTag()
            }
        }
        guard open.isEmpty, hasRoot else { throw .endsEarly }
        return nil
    }

    /// What begins with `<!`: a comment (`nil`) or text that is taken as it stands.
    private mutating func declaration() throws(XMLFault) -> Event? {
        if skip("<!--") {
            try pass("-->")
            return nil
        }
        guard skip("<![CDATA[") else { throw .unexpected("a document type", offset: position) }
        let start = position
        try pass("]]>")
        guard !open.isEmpty else { throw .unexpected("text outside of any element", offset: start) }
        return .text(String(decoding: bytes[start..<position - 3], as: UTF8.self))
    }

    private mutating func startTag() throws(XMLFault) -> Event {
        let name = try name()
        guard !open.isEmpty || !hasRoot else { throw .unexpected("a second root element", offset: position) }
        guard open.count < Self.maximumDepth else { throw .tooDeep(offset: position) }
        hasRoot = true
        open.append(name)
        var quote: UInt8?
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if let mark = quote {
                if byte == mark { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: "<") {
                throw .unexpected("'<' inside a tag", offset: position - 1)
            } else if byte == UInt8(ascii: ">") {
                if bytes[position - 2] == UInt8(ascii: "/") { pendingEnd = name }
                return .start(name)
            }
        }
        throw .endsEarly
    }

    private mutating func endTag() throws(XMLFault) -> Event {
        let start = position
        let name = try name()
        while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
        guard position < bytes.count else { throw .endsEarly }
        guard bytes[position] == UInt8(ascii: ">"), open.last == name else {
            throw .unexpected("an end tag that ends no element", offset: start)
        }
        position += 1
        open.removeLast()
        return .end(name)
    }

    /// A name without its prefix.
    private mutating func name() throws(XMLFault) -> String {
        let start = position
        while position < bytes.count, !Self.isSpace(bytes[position]), !"/>=<".utf8.contains(bytes[position]) {
            position += 1
        }
        let whole = bytes[start..<position]
        let name = whole.lastIndex(of: UInt8(ascii: ":")).map { whole[($0 + 1)...] } ?? whole
        guard !name.isEmpty else { throw .unexpected("a tag without a name", offset: start) }
        return String(decoding: name, as: UTF8.self)
    }

    /// The text up to the next tag; `nil` for white space outside of any element.
    private mutating func text() throws(XMLFault) -> String? {
        let start = position
        var text: [UInt8] = []
        while position < bytes.count, bytes[position] != UInt8(ascii: "<") {
            if bytes[position] == UInt8(ascii: "&") {
                text += try reference()
            } else {
                text.append(bytes[position])
                position += 1
            }
        }
        if open.isEmpty {
            guard text.allSatisfy(Self.isSpace) else {
                throw .unexpected("text outside of any element", offset: start)
            }
            return nil
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes that `&name;` or `&#number;` stands for.
    private mutating func reference() throws(XMLFault) -> [UInt8] {
        let start = position
        let body = bytes[(position + 1)...].prefix(12).prefix { $0 != UInt8(ascii: ";") }
        let end = body.endIndex
        guard end < bytes.count, bytes[end] == UInt8(ascii: ";") else {
            throw .unexpected("'&' that begins no reference", offset: start)
        }
        position = end + 1
        let name = String(decoding: body, as: UTF8.self)
        switch name {
        case "amp": return [UInt8(ascii: "&")]
        case "lt": return [UInt8(ascii: "<")]
        case "gt": return [UInt8(ascii: ">")]
        case "quot": return [UInt8(ascii: "\"")]
        case "apos": return [UInt8(ascii: "'")]
        default: break
        }
        let number =
            name.hasPrefix("#x")
            ? UInt32(name.dropFirst(2), radix: 16) : name.hasPrefix("#") ? UInt32(name.dropFirst()) : nil
        guard let scalar = number.flatMap(Unicode.Scalar.init) else {
            throw .unexpected("an unknown reference", offset: start)
        }
        return Array(String(Character(scalar)).utf8)
    }

    private mutating func skip(_ text: String) -> Bool {
        guard bytes[position...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }

    private mutating func pass(_ end: String) throws(XMLFault) {
        let start = position
        while position < bytes.count {
            position += 1
            // Most bytes are not the one that the end ends with.
            if bytes[position - 1] == UInt8(ascii: ">"),
                bytes[start..<position].suffix(end.utf8.count).elementsEqual(end.utf8)
            {
                return
            }
        }
        throw .endsEarly
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}
