import NilusCore

/// What is known of a depot, by names that are spelled alike wherever they come from.
///
/// `awsAccessKeyId`, `AWS_ACCESS_KEY_ID` and `aws-access-key-id` are one name.
struct DepotProperties: Sendable {
    private var values: [String: DepotSetting] = [:]

    /// A depot is described in fewer lines.
    private static let mostValues = 1_000

    /// The first of several names that has a value; blank values count as none.
    subscript(_ names: String...) -> String? {
        names.lazy.compactMap { values[Self.folded($0)]?.value.expose() }.first
    }

    var isEmpty: Bool { values.isEmpty }

    /// Sets a value, unless there is one already or this one is blank.
    mutating func fill(_ name: String, _ value: String) {
        let trimmed = value.trimmed
        guard !trimmed.isEmpty, values[Self.folded(name)] == nil, values.count < Self.mostValues else { return }
        values[Self.folded(name)] = DepotSetting(trimmed)
    }

    /// Takes what others know and these do not.
    mutating func fill(from others: DepotProperties) {
        values.merge(others.values) { own, _ in own }
    }

    /// Takes `key=value` lines, which may be in Base64 as a whole.
    ///
    /// - Returns: `false`, having taken nothing, when no line is one.
    mutating func fill(fromLines bytes: some Collection<UInt8>) -> Bool {
        // Padding looks like the end of a line's key, so Base64 goes first; only text that holds a line is taken for it.
        var text = ArraySlice(bytes)
        while let last = text.last, [0x0A, 0x0D, 0x20].contains(last) { text.removeLast() }
        if var decoded = Base64.decode(text) {
            defer { decoded.withUnsafeMutableBytes { $0.wipe() } }
            if fillPlain(decoded) { return true }
        }
        return fillPlain(bytes)
    }

    private mutating func fillPlain(_ bytes: some Collection<UInt8>) -> Bool {
        guard let text = String(validating: bytes, as: UTF8.self) else { return false }
        var isFilled = false
        for line in text.split(whereSeparator: \.isNewline) {
            let content = line.drop(while: \.isWhitespace)
            guard let split = content.firstIndex(of: "="), !content.hasPrefix("#") else { continue }
            fill(String(content[..<split]), Self.unquoted(String(content[content.index(after: split)...]).trimmed))
            isFilled = true
        }
        return isFilled
    }

    private static func unquoted(_ text: String) -> String {
        guard text.utf8.count >= 2, let quote = text.first, quote == text.last, quote == "\"" || quote == "'" else {
            return text
        }
        return String(text.dropFirst().dropLast())
    }

    private static func folded(_ name: String) -> String {
        String(name.lowercased().filter { $0.isLetter || $0.isNumber })
    }
}

extension String {
    var trimmed: String {
        var text = self[...].drop(while: \.isWhitespace)
        while text.last?.isWhitespace ?? false { text.removeLast() }
        return String(text)
    }
}
