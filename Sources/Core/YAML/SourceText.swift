import NilusCore

/// The bytes of a file, proven to be UTF-8 text that YAML allows.
struct SourceText {
    /// The text without its byte order mark.
    let bytes: ContiguousArray<UInt8>
    let file: String

    /// Checks size, encoding and characters.
    ///
    /// libyaml checks the last two as well, but does not tell the place.
    ///
    /// - Throws: `manifestInvalid` at the first byte that is wrong.
    init(_ content: some Collection<UInt8>, file: String) throws(NilusError) {
        let start = SourceLocation(file: file, line: 1, column: 1)
        guard content.count <= YAMLLimits.maximumBytes else { throw .textTooLarge(content.count, at: start) }
        guard !Self.isUTF16(content.prefix(4)) else { throw .utf16(at: start) }
        bytes = ContiguousArray(content.starts(with: Self.byteOrderMark) ? content.dropFirst(3) : content[...])
        self.file = file
        try checkCharacters()
    }

    /// The character at a place counted from 1; `nil` at the end of a line.
    func character(line: Int, column: Int) -> Unicode.Scalar? {
        var scanner = Scanner(bytes)
        while let scalar = scanner.next() {
            if scanner.line == line, scanner.column == column { return scalar == "\n" ? nil : scalar }
            if scanner.line > line { return nil }
        }
        return nil
    }

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// A byte order mark of UTF-16, or every other of the first bytes zero.
    private static func isUTF16(_ head: some Collection<UInt8>) -> Bool {
        let head = Array(head)
        guard head.count >= 2 else { return false }
        if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) { return true }
        return (head[0] == 0) != (head[1] == 0)
    }

    private func checkCharacters() throws(NilusError) {
        var scanner = Scanner(bytes)
        while let scalar = scanner.next() {
            if !scanner.isBroken, Self.isPrintable(scalar) { continue }
            let place = SourceLocation(file: file, line: scanner.line, column: scanner.column)
            throw scanner.isBroken
                ? .notUTF8(byte: scanner.brokenByte, at: place) : .controlCharacter(scalar, at: place)
        }
    }

    /// The characters of `c-printable`, YAML 1.2.2 section 5.1, less the byte order mark.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x1_0000...: true
        default: false
        }
    }
}

/// Walks over UTF-8 text and counts lines and columns as libyaml does.
private struct Scanner {
    private var iterator: ContiguousArray<UInt8>.Iterator
    private let bytes: ContiguousArray<UInt8>
    private var parser = Unicode.UTF8.ForwardParser()
    private var offset = 0
    private var last: Unicode.Scalar?
    /// The place of the character returned last.
    private(set) var line = 1
    private(set) var column = 0
    private(set) var isBroken = false
    private(set) var brokenByte: UInt8 = 0

    init(_ bytes: ContiguousArray<UInt8>) {
        self.bytes = bytes
        iterator = bytes.makeIterator()
    }

    mutating func next() -> Unicode.Scalar? {
        guard !isBroken else { return nil }
        switch parser.parseScalar(from: &iterator) {
        case .emptyInput: return nil
        case .error:
            isBroken = true
            brokenByte = bytes[offset]
            advance(to: "\u{FFFD}")
            return "\u{FFFD}"
        case .valid(let encoded):
            let scalar = Unicode.UTF8.decode(encoded)
            offset += encoded.count
            advance(to: scalar)
            return scalar
        }
    }

    private mutating func advance(to scalar: Unicode.Scalar) {
        switch last {
        case "\r" where scalar == "\n": break
        case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
            line += 1
            column = 0
        default: break
        }
        column += 1
        last = scalar
    }
}

extension NilusError {
    fileprivate static func textTooLarge(_ count: Int, at place: SourceLocation) -> NilusError {
        let limit = YAMLLimits.maximumBytes
        let found = "\(count.grouped) bytes (\(count.asByteCount))"
        return manifest("cannot read the file: it holds \(found); at most \(limit.asByteCount) is read", at: place)
    }

    fileprivate static func utf16(at place: SourceLocation) -> NilusError {
        manifest("cannot read the file: it is UTF-16; save it as UTF-8", at: place)
    }

    fileprivate static func notUTF8(byte: UInt8, at place: SourceLocation) -> NilusError {
        let hexadecimal = (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        return manifest("byte 0x\(hexadecimal) is not UTF-8; save the file as UTF-8", at: place)
    }

    fileprivate static func controlCharacter(_ scalar: Unicode.Scalar, at place: SourceLocation) -> NilusError {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        return manifest("control character U+\(padded) is not allowed; remove it or escape it in quotes", at: place)
    }
}
